//! A strategy compared with itself under another salt of its experiment, for a thousand seeds.
//!
//! `cargo run -p cobro-tests --release --example same_strategy`

fn main() -> anyhow::Result<()> {
    let seeds: u64 = std::env::args().nth(1).map_or(Ok(1_000), |text| text.parse())?;
    let mut found = 0_u64;
    for seed in 1..=seeds {
        found += u64::from(cobro_tests::same::differs(seed, 400)?);
    }
    let share = 100.0 - found as f64 * 100.0 / seeds as f64;
    println!("{seeds} seeds, 400 customers: no significant difference in {share:.1} % (the level is 95 %)");
    anyhow::ensure!((93.0..=97.0).contains(&share) || seeds < 1_000, "outside 95 ± 2 %");
    Ok(())
}
