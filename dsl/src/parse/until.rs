//! What stands behind `until`: a time, a date, a business day of the month, a date of the account, a schedule.

use super::cursor::Cursor;
use super::expressions::date_or_parameter as date;
use super::items::{figure_out_of_range, time_or_parameter as time, whole};
use super::statements::lapse;
use super::{Kind, unquote};
use crate::ast::parameter::ParameterType;
use crate::keywords::Keyword as K;
use crate::program::{Anchor, Side, Until};
use crate::values::{Lapse, TimeOfDay};
use crate::vocabulary::Fact;

/// The most business days of a month.
const BUSINESS_DAYS_MAX: u32 = 23;

/// The words behind a length of time that say from which date it is measured.
const SIDES: [(K, (Side, Anchor)); 7] = [
    (K::AfterLastMessage, (Side::After, Anchor::LastMessage)),
    (K::AfterLastReply, (Side::After, Anchor::LastReply)),
    (K::AfterEntry, (Side::After, Anchor::Entry)),
    (K::BeforeDue, (Side::Before, Anchor::Due)),
    (K::AfterDue, (Side::After, Anchor::Due)),
    (K::BeforePromise, (Side::Before, Anchor::Promise)),
    (K::AfterPromise, (Side::After, Anchor::Promise)),
];

/// What may stand behind `until` as a word.
pub(super) const WORDS: [(K, K); 4] = [
    (K::AtDue, K::AtDue),
    (K::AtPromise, K::AtPromise),
    (K::BusinessDays, K::BusinessDays),
    (K::MonthEnd, K::MonthEnd),
];

/// `may_be_lapse`: the word before it may also mean "at most so long".
pub(super) fn until(c: &mut Cursor<'_>, may_be_lapse: bool) -> Option<Until> {
    if let Some((anchor, tokens)) = anchor(c) {
        c.skip(tokens);
        let side = if c.eat_sign("+") { Side::After } else { Side::Before };
        if side == Side::Before {
            c.skip(1);
        }
        let lapse = lapse(c)?.is;
        return Some(Until::Near { lapse, side, anchor, time: at_time(c)? });
    }
    let token = c.peek();
    let kind = match c.parameter_type() {
        Some(ParameterType::Time) => Kind::Time,
        Some(ParameterType::Date) => Kind::Date,
        Some(_) => Kind::Number,
        None => token.kind,
    };
    match kind {
        Kind::Time => {
            let time = time(c)?;
            // `10:00 on business day 4` is `business day 4 at 10:00`.
            let is_of_a_day = !c.peek().starts_line && c.eat(K::PromisedFor);
            if !is_of_a_day {
                return Some(Until::Time(time));
            }
            if !c.want(K::BusinessDays, "`día hábil 5`", "`business day 5`") {
                return None;
            }
            Some(Until::BusinessDay(business_day(c)?, Some(time)))
        }
        Kind::Date => {
            let date = date(c)?;
            let next = c.peek();
            let is_time = next.kind == Kind::Time || c.parameter_type() == Some(ParameterType::Time);
            let has_time = (is_time && !next.starts_line) || c.sees(K::AtTime) > 0;
            c.eat(K::AtTime);
            Some(Until::Date(date, if has_time { Some(time(c)?) } else { None }))
        }
        Kind::Text => {
            c.skip(1);
            Some(Until::Schedule(unquote(c.written(token))))
        }
        Kind::Number => {
            let lapse = lapse(c)?.is;
            if c.which(&SIDES).is_none() && c.sees(K::AfterStep) == 0 && may_be_lapse {
                return Some(Until::For(lapse));
            }
            let mut until = near(c, lapse)?;
            let at = at_time(c)?;
            if let Until::Near { time, .. } | Until::NearStep { time, .. } = &mut until {
                *time = at;
            }
            Some(until)
        }
        _ => {
            let expected = (
                "una hora, una fecha, `el vencimiento`, `día hábil 5`, un plazo o una condición",
                "a time, a date, `due`, `business day 5`, a length of time or a condition",
            );
            match c.choose(expected.0, expected.1, &WORDS)? {
                K::MonthEnd => {
                    let of = if !c.peek().starts_line && c.eat(K::EndAfter) {
                        let lapse = lapse(c)?.is;
                        Some(Box::new(near(c, lapse)?))
                    } else {
                        None
                    };
                    Some(Until::MonthEnd { of, time: at_time(c)? })
                }
                word @ (K::AtDue | K::AtPromise) => {
                    let anchor = if word == K::AtDue { Anchor::Due } else { Anchor::Promise };
                    let (lapse, side) = (Lapse::Days(0), Side::After);
                    Some(Until::Near { lapse, side, anchor, time: at_time(c)? })
                }
                _ => Some(Until::BusinessDay(business_day(c)?, at_time(c)?)),
            }
        }
    }
}

/// `promise + 1 business day`, `promise.date + 1 day`, `due_date - 3 days`: a date of the account by its name, and how many
/// tokens the name takes. It is written `1 business day after promise`.
pub(super) fn anchor(c: &Cursor<'_>) -> Option<(Anchor, usize)> {
    const UNITS: [K; 6] = [K::Minutes, K::Hour, K::BusinessDays, K::Days, K::Week, K::Month];
    let is_sign = |ahead: usize| ["+", "-"].contains(&c.written(c.peek_at(ahead)));
    let has_lapse = |ahead: usize| {
        is_sign(ahead)
            && c.peek_at(ahead + 1).kind == Kind::Number
            && UNITS.iter().any(|unit| c.sees_at(ahead + 2, *unit) > 0)
    };
    let named = match crate::vocabulary::find(c.written(c.peek()), c.lang) {
        Some(Fact::PromiseDate) => Some((Anchor::Promise, 1)),
        Some(Fact::DueDate) => Some((Anchor::Due, 1)),
        _ => None,
    };
    let of = [(K::AtPromise, Anchor::Promise), (K::AtDue, Anchor::Due)];
    let worded = of.iter().map(|(word, anchor)| (*anchor, c.sees(*word))).find(|(_, tokens)| *tokens > 0);
    let worded = worded.map(|(anchor, tokens)| {
        let has_date = c.written(c.peek_at(tokens)) == "." && c.sees_at(tokens + 1, K::DateType) > 0;
        (anchor, if has_date { tokens + 2 } else { tokens })
    });
    named.or(worded).filter(|(_, tokens)| has_lapse(*tokens))
}

/// The number of a business day of the month, behind its keyword.
fn business_day(c: &mut Cursor<'_>) -> Option<u8> {
    let token = c.peek();
    let day = whole(c)?;
    if !(1..=BUSINESS_DAYS_MAX).contains(&day) {
        figure_out_of_range(c, c.written(token), token.span);
    }
    Some(day.clamp(1, BUSINESS_DAYS_MAX) as u8)
}

/// What a length of time is measured from, without a time of day.
fn near(c: &mut Cursor<'_>, lapse: Lapse) -> Option<Until> {
    if c.eat(K::AfterStep) {
        let step = c.name("el nombre de un paso", "a step's name")?;
        return Some(Until::NearStep { lapse, step: step.text, time: None });
    }
    let expected = (
        "`antes del vencimiento`, `después del vencimiento`, `después de la promesa`, `después del último mensaje`…",
        "`before due`, `after due`, `after promise`, `after last message`…",
    );
    let (side, anchor) = c.choose(expected.0, expected.1, &SIDES)?;
    Some(Until::Near { lapse, side, anchor, time: None })
}

/// `at 09:00`, when it stands here.
#[allow(clippy::option_option, reason = "outer: could be read; inner: was written")]
fn at_time(c: &mut Cursor<'_>) -> Option<Option<TimeOfDay>> {
    if c.peek().starts_line || !c.eat(K::AtTime) {
        return Some(None);
    }
    time(c).map(Some)
}
