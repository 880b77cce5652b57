//! The accounts that fared least like those that began as they did.
//!
//! In: how each account fared. Out: the most surprising, the first the most. An account's surprise is the squared distance,
//! in standard deviations, of what it paid (as a share of what it owed) and of the messages it got from the averages of its
//! age bucket at the start. Accounts that owed nothing, and buckets of fewer than [`ACCOUNTS_MIN`], surprise nobody.

use super::{BUCKETS, Fate};

/// A bucket of fewer accounts has no average worth the name.
pub const ACCOUNTS_MIN: u64 = 20;

/// A surprising account.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Surprise {
    /// Its place in the list it was found in.
    pub at: usize,
    /// The squared distance from its bucket's average.
    pub score: f64,
    /// Average share paid in its bucket.
    pub usual_share: f64,
    /// Average number of messages in its bucket.
    pub usual_messages: f64,
}

#[derive(Clone, Copy, Default)]
struct Moments {
    accounts: u64,
    /// Sums of share paid and messages, and of their squares.
    sums: [f64; 2],
    squares: [f64; 2],
}

/// The most surprising accounts; `key` names an account, so that equal ones come in the same order whatever the file's.
pub fn most<'a>(fates: &[Fate], most: usize, key: impl Fn(usize) -> &'a str) -> Vec<Surprise> {
    // Added up in the order of keys: sums of fractions depend on their order.
    let mut order: Vec<usize> = (0..fates.len()).collect();
    order.sort_by_key(|at| key(*at));
    let mut buckets = [Moments::default(); BUCKETS];
    let known =
        || order.iter().filter_map(|at| Some((*at, fates.get(*at)?))).filter(|(_, fate)| fate.owed > 0);
    for (_, fate) in known() {
        let Some(bucket) = buckets.get_mut(fate.bucket.index()) else { continue };
        bucket.accounts += 1;
        for ((sum, square), value) in bucket.sums.iter_mut().zip(&mut bucket.squares).zip(values(fate)) {
            *sum += value;
            *square += value * value;
        }
    }
    let mut found: Vec<(Surprise, &str)> = Vec::new();
    for (at, fate) in known() {
        let Some(bucket) = buckets.get(fate.bucket.index()) else { continue };
        if bucket.accounts < ACCOUNTS_MIN {
            continue;
        }
        let accounts = bucket.accounts as f64;
        let mut score = 0.0;
        for ((sum, square), value) in bucket.sums.iter().zip(&bucket.squares).zip(values(fate)) {
            let mean = sum / accounts;
            let spread = (square / accounts - mean * mean).max(0.0);
            if spread > 1e-12 {
                score += (value - mean) * (value - mean) / spread;
            }
        }
        let [usual_share, usual_messages] = bucket.sums.map(|sum| sum / accounts);
        found.push((Surprise { at, score, usual_share, usual_messages }, key(at)));
    }
    found.sort_by(|(one, a), (other, b)| other.score.total_cmp(&one.score).then_with(|| a.cmp(b)));
    found.into_iter().take(most).filter(|(one, _)| one.score > 0.0).map(|(one, _)| one).collect()
}

fn values(fate: &Fate) -> [f64; 2] {
    let share = fate.paid as f64 / fate.owed.max(1) as f64;
    [share, fate.sent.iter().sum::<u32>().into()]
}

#[cfg(test)]
mod tests {
    use super::super::Bucket;
    use super::*;

    fn fate(paid: i64, messages: u32) -> Fate {
        let sent = [messages, 0, 0, 0];
        Fate { entered: true, bucket: Bucket::To30, owed: 100, paid, sent, tasks: 0 }
    }

    #[test]
    fn who_is_unlike_the_others_comes_first_whatever_the_order() {
        let mut fates: Vec<(String, Fate)> =
            (0..40).map(|at| (format!("A{at:02}"), fate(10 * (at % 2), 3))).collect();
        fates.push(("odd".to_owned(), fate(100, 3)));
        let name = |list: &[(String, Fate)]| {
            let only: Vec<Fate> = list.iter().map(|(_, fate)| *fate).collect();
            let found = most(&only, 1, |at| list[at].0.as_str());
            (list[found[0].at].0.clone(), found[0].score.to_bits())
        };
        let first = name(&fates);
        assert_eq!(first.0, "odd");
        fates.reverse();
        assert_eq!(name(&fates), first);
    }

    #[test]
    fn a_few_accounts_surprise_nobody() {
        assert_eq!(most(&[fate(0, 1), fate(100, 9)], 10, |at| ["a", "b"][at]), []);
    }
}
