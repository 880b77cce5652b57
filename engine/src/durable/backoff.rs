//! How long to leave a provider alone that did not take a message.
//!
//! In: how often it has put the message off. Out: milliseconds to wait, or that it is time to give up.
//! Absent: the clock, and chance: a message's gate is asked again each time, so nothing is gained by haste.

/// The first pause: five seconds.
const FIRST_MILLIS: i64 = 5_000;
/// No pause is longer than an hour.
const LONGEST_MILLIS: i64 = 3_600_000;
/// After so many attempts, in some six hours, the message counts as refused.
const ATTEMPTS_MAX: u32 = 16;

/// The pause after the n-th attempt, counted from 1; `None` when there is to be no other.
pub fn pause(attempt: u32) -> Option<i64> {
    if attempt >= ATTEMPTS_MAX {
        return None;
    }
    let doublings = attempt.saturating_sub(1).min(20);
    Some((FIRST_MILLIS << doublings).min(LONGEST_MILLIS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pause_is_twice_the_last_up_to_an_hour() {
        let check = |attempt, millis| assert_eq!(pause(attempt), millis, "attempt {attempt}");
        check(0, Some(5_000));
        check(1, Some(5_000));
        check(2, Some(10_000));
        check(10, Some(2_560_000));
        check(11, Some(3_600_000));
        check(15, Some(3_600_000));
        check(16, None);
        check(u32::MAX, None);
    }
}
