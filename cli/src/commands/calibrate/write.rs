//! A fit as a behaviour file, with the origin of each number.

use super::Found;
use cobro_engine::calibrate::{Event, chance, daily};
use std::fmt::Write;

/// What no payments tell: as in `behaviours/tipica.toml`, and all assumed.
const ASSUMED: &str = r#"
# Nothing in payments tells these. All assumed, as in behaviours/tipica.toml.
opt_out = 0.005
dispute = 0.003

[whatsapp]
delivered = 0.92
read = 0.75
answered = 0.18

[email]
delivered = 0.95
read = 0.22

[sms]
delivered = 0.90
read = 0.60

[call]
delivered = 0.35
read = 1.0

[answers]
"*" = 1

[tasks]
days = 2

[tasks.results]
"*" = 1
"#;

/// The file.
pub(super) fn model(found: &Found, name: &str) -> String {
    let fitted = &found.fitted;
    let last = found.months.iter().map(|month| month.month).max().unwrap_or(0);
    let span = format!("{}, {} to {}", found.file, found.month(0), found.month(last));
    let mut out = format!(
        "# Made by `cobro calibrate` from {span}. The format: docs/behaviour.md.\nname = {name:?}\n{ASSUMED}"
    );
    let lift = found.contacts.as_ref().filter(|_| found.by_lot).and_then(|seen| seen.lift());
    let event = match found.event {
        Event::Payment => "paid something in a month",
        Event::Cure => "were not late any more a month later",
    };
    let mut sources = vec![("*".to_owned(), "assumed".to_owned())];
    let mut measured = |key: &str, what: String| sources.push((key.to_owned(), format!("measured ({what})")));
    out += "\n[payment]\n";
    let _ = writeln!(out, "lift = {:.4}\nlift_days = 30", lift.map_or(1.0, |lift| lift.0.clamp(0.0, 1000.0)));
    if let Some((_, low, high)) = lift {
        let rates = "contacts by lot, among equals";
        measured("payment.lift", format!("{span}: {rates}; 95 % from {low:.2} to {high:.2}"));
    }
    let full = fitted.full.share();
    // What the others pay on average, spread evenly around it.
    let least = (fitted.part * 0.2).clamp(0.0, 1.0);
    let most = (2.0 * fitted.part - least).clamp(least, 1.0);
    let _ = writeln!(out, "full = {full:.4}\npart = [{least:.4}, {most:.4}]");
    let (low, high) = fitted.full.bounds();
    measured(
        "payment.full",
        format!("{span}: {} of {}, 95 % from {low:.4} to {high:.4}", fitted.full.count, fitted.full.of),
    );
    measured("payment.part", format!("{span}: {:.4} of what was owed on average", fitted.part));
    out += "\n# Chance of a day; of a debtor of the first type.\n[payment.daily]\n";
    for ((ages, rate), hazard) in fitted.cells.ages.iter().zip(&fitted.ages).zip(&fitted.hazards) {
        let (key, (low, high)) = (format!("{}..{}", ages.0, ages.1), rate.bounds());
        if rate.of == 0 {
            if ages.0 < 0 {
                let _ = writeln!(out, "\"{key}\" = 0.01 # assumed: not in the data");
            }
            continue;
        }
        let _ = writeln!(out, "\"{key}\" = {:.6}", daily(chance(*hazard)));
        measured(
            &format!("payment.daily.{key}"),
            format!(
                "{span}: {:.1} % of {} {event}, 95 % from {:.1} to {:.1}",
                rate.share() * 100.0,
                rate.of,
                low * 100.0,
                high * 100.0
            ),
        );
    }
    out += "\n# Factors by what is owed, in whole units of the currency.\n[payment.owed]\n";
    let mut from = 0;
    for (at, factor) in fitted.amounts.iter().enumerate() {
        let next = fitted.cells.amounts.get(at).map(|amount| amount / found.minor);
        let to = next.map_or(1_000_000_000_000, |next| (next - 1).max(from));
        let _ = writeln!(out, "\"{from}..{to}\" = {factor:.4}");
        from = to + 1;
    }
    measured("payment.owed", format!("{span}: fitted with ages and types"));
    if fitted.kinds.len() > 1 {
        for (at, kind) in fitted.kinds.iter().enumerate() {
            let name = char::from(b'a' + u8::try_from(at).unwrap_or(0));
            let _ = write!(
                out,
                "\n[[types]]\nname = \"{name}\"\nshare = {:.4}\npayment = {:.6}\n",
                kind.share, kind.factor
            );
        }
        measured("types", format!("{span}: by expectation and maximisation"));
    }
    out += "\n[sources]\n";
    for (key, source) in sources {
        let _ = writeln!(out, "{key:?} = {source:?}");
    }
    out
}
