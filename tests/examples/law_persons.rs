//! Ten thousand persons with two accounts each, in two strategies, played by two workers in memory, on one SQLite file
//! and, where `COBRO_TEST_POSTGRES` names one, on PostgreSQL; prints how many messages each person got in each week.
//! Takes the number of persons as an argument.

use cobro_tests::law_persons::{Outcome, WEEKS, play};
use std::sync::Arc;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    let persons = std::env::args().nth(1).map_or(Ok(10_000), |text| text.parse())?;
    let memory = Arc::new(cobro_store::Memory::new());
    told("memory", persons, play([memory.clone(), memory], persons).await?)?;
    let file = std::env::temp_dir().join(format!("law_persons_{}.db", std::process::id()));
    let name = file.to_string_lossy().into_owned();
    // One process, as `cobro serve` is: two workers over one handle. Two handles wait for each other's commits, and under
    // a load of thousands longer than a store may be away; the small test in `tests/tests/law_persons.rs` has two.
    let store = Arc::new(cobro_store::Sqlite::open(&name).await?);
    let outcome = play([store.clone(), store], persons).await?;
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{name}{end}"));
    }
    told("one SQLite file", persons, outcome)?;
    let Some(url) = cobro_store::temporary::postgres().await else { return Ok(()) };
    let one = Arc::new(cobro_store::Postgres::open(&url).await?);
    let two = Arc::new(cobro_store::Postgres::open(&url).await?);
    told("PostgreSQL, a connection pool for each worker", persons, play([one, two], persons).await?)
}

fn told(store: &str, persons: u64, outcome: Outcome) -> anyhow::Result<()> {
    let Outcome { sent, persons_by_weeks, by_worker: [one, two], conflicts, least_hours_between } = &outcome;
    println!("{store}: {persons} persons, {sent} messages ({one} by worker one, {two} by worker two)");
    println!(
        "  conflicts between the workers: {conflicts}; least time between two messages to one person: {least_hours_between} h"
    );
    for (weeks, persons) in persons_by_weeks {
        println!("  messages per week {weeks:?}: {persons} persons");
    }
    let exactly = vec![2; WEEKS as usize];
    anyhow::ensure!(persons_by_weeks.get(&exactly) == Some(&persons), "not two a week for everybody");
    Ok(())
}
