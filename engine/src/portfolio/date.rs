//! Dates: which day is this?
//!
//! In: a date as the file writes it, the declared forms. Out: the day, or why it is none.
//! Nothing is guessed: 04/05/2026 is a day only by a declared form.

use crate::portfolio::problem::Fault;
use chrono::Datelike as _;
use chrono::format::{Item, ParseErrorKind, StrftimeItems};
use cobro_dsl::values::NaiveDate;

/// The form of dates in canonical files.
pub(super) const CANONICAL: &str = "%Y-%m-%d";

/// Forms that are tried only to say which would fit.
const USUAL: &[&str] = &["%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d"];

/// Years that a debt can have. An `%Y` that meets a two-digit year lands outside.
const YEARS: std::ops::RangeInclusive<i32> = 1990..=2100;

/// Is this a form of dates?
pub(super) fn is_form(form: &str) -> bool {
    let mut items = StrftimeItems::new(form);
    form.contains('%') && !items.any(|item| matches!(item, Item::Error))
}

/// Reads a date by the declared forms. Two forms that read two different days make it ambiguous.
pub(super) fn read<'a>(text: &str, forms: impl Iterator<Item = &'a str> + Clone) -> Result<NaiveDate, Fault> {
    let mut found: Option<NaiveDate> = None;
    let mut is_no_day = false;
    for form in forms.clone() {
        match by_form(text, form) {
            Ok(day) => match found {
                Some(other) if other != day => {
                    return Err(Fault::AmbiguousDate { one: other.to_string(), other: day.to_string() });
                }
                _ => found = Some(day),
            },
            Err(kind) => is_no_day |= matches!(kind, ParseErrorKind::OutOfRange | ParseErrorKind::Impossible),
        }
    }
    match found {
        Some(day) if YEARS.contains(&day.year()) => Ok(day),
        Some(_) => Err(Fault::DateTooFar),
        None if is_no_day => Err(Fault::NoSuchDay),
        None => Err(Fault::DateForm {
            accepted: forms.map(spoken).collect::<Vec<_>>().join(", "),
            fits: USUAL
                .iter()
                .copied()
                .find(|form| by_form(text, form).is_ok_and(|day| YEARS.contains(&day.year()))),
        }),
    }
}

/// Reads a date of the canonical form.
pub(super) fn canonical(text: &str) -> Result<NaiveDate, Fault> {
    read(text, std::iter::once(CANONICAL))
}

fn by_form(text: &str, form: &str) -> Result<NaiveDate, ParseErrorKind> {
    // Canonical files hold a dozen dates per row; this is most of their reading time.
    if form == CANONICAL
        && let Some(day) = quick(text)
    {
        return Ok(day);
    }
    NaiveDate::parse_from_str(text, form).map_err(|error| error.kind())
}

fn quick(text: &str) -> Option<NaiveDate> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return None };
    let number = |digits: &[u8]| {
        digits
            .iter()
            .try_fold(0_u32, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + u32::from(digit - b'0')))
    };
    let year = i32::try_from(number(&[y1, y2, y3, y4])?).ok()?;
    NaiveDate::from_ymd_opt(year, number(&[m1, m2])?, number(&[d1, d2])?)
}

/// A form as people write it: `DD/MM/YYYY`.
fn spoken(form: &str) -> String {
    form.replace("%Y", "YYYY").replace("%m", "MM").replace("%d", "DD").replace("%y", "YY")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, forms: &[&str], expected: Result<&str, &str>) {
        let found = read(text, forms.iter().copied()).map(|day| day.to_string());
        assert_eq!(found.as_deref().map_err(|fault| fault.name()), expected, "{text}");
    }

    #[test]
    fn dates_are_read_by_declared_forms_only() {
        check("2026-03-02", &["%Y-%m-%d"], Ok("2026-03-02"));
        check("1/2/2013", &["%m/%d/%Y"], Ok("2013-01-02"));
        check("02/03/2026", &["%d/%m/%Y"], Ok("2026-03-02"));
        check("02/03/2026", &["%Y-%m-%d"], Err("date-form"));
        check("02/03/2026", &["%d/%m/%Y", "%m/%d/%Y"], Err("ambiguous-date"));
        check("25/03/2026", &["%d/%m/%Y", "%m/%d/%Y"], Ok("2026-03-25"));
        check("2026-03-02 00:00:00", &["%Y-%m-%d %H:%M:%S"], Ok("2026-03-02"));
    }

    #[test]
    fn days_that_no_calendar_has_are_refused() {
        check("31/02/2026", &["%d/%m/%Y"], Err("no-such-day"));
        check("2026-02-29", &["%Y-%m-%d"], Err("no-such-day"));
        check("2026-13-01", &["%Y-%m-%d"], Err("no-such-day"));
        check("02/03/26", &["%d/%m/%Y"], Err("date-too-far"));
        check("mañana", &["%d/%m/%Y"], Err("date-form"));
    }

    #[test]
    fn the_form_that_would_fit_is_offered() {
        assert_eq!(
            canonical("25/03/2026"),
            Err(Fault::DateForm { accepted: "YYYY-MM-DD".to_owned(), fits: Some("%d/%m/%Y") })
        );
    }

    #[test]
    fn forms_are_checked() {
        assert!(is_form("%d/%m/%Y"));
        assert!(!is_form("dd/mm/yyyy"));
        assert!(!is_form("%Q"));
    }
}
