//! `split`: one of several ways, drawn by experiment and account, so that an account always takes the same one.

use super::{Next, Walk};
use crate::record::{Entry, Recorder};
use crate::stable::{hash, mix};
use cobro_dsl::program::{NameId, OpId, Way};
use cobro_dsl::values::Number;

/// The way that an account takes. The ways lie side by side on a line as long as their shares: moving a share
/// moves only the accounts at its edge.
pub fn way_of<'a>(ways: &'a [Way], experiment: &str, account: &str) -> Option<&'a Way> {
    let whole = Number::whole(100).0.unsigned_abs();
    let point = mix(hash([experiment, account])) % whole;
    let mut end = 0;
    let is_past = |way: &&Way| {
        end += way.share.0.unsigned_abs();
        point < end
    };
    ways.iter().find(is_past).or(ways.last())
}

impl<R: Recorder> Walk<'_, R> {
    pub(super) fn split(&mut self, at: OpId, experiment: NameId, ways: &[Way], next: OpId) -> Next {
        let Some(account) = self.account() else { return Next::Rest };
        let name = self.context.program.name(experiment);
        let Some(way) = way_of(ways, name, &account.id).copied() else { return Next::Op(next) };
        self.record(|| Entry::Split { experiment: experiment.0, way: way.name.0, op: at.0 });
        Next::Op(way.body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ways(shares: &[i64]) -> Vec<Way> {
        let way = |(at, share): (usize, &i64)| Way {
            share: Number::whole(*share),
            name: NameId(at as u16),
            body: OpId(0),
        };
        shares.iter().enumerate().map(way).collect()
    }

    fn taken(ways: &[Way], experiment: &str, account: usize) -> u16 {
        way_of(ways, experiment, &format!("A-{account}")).unwrap().name.0
    }

    #[test]
    fn accounts_spread_by_the_shares() {
        let ways = ways(&[70, 0, 30]);
        let count = |way| (0..10_000).filter(|account| taken(&ways, "tone", *account) == way).count();
        assert!((6_800..7_200).contains(&count(0)), "{}", count(0));
        assert_eq!(count(1), 0);
    }

    #[test]
    fn a_share_that_grows_takes_accounts_and_gives_none_back() {
        let (before, after) = (ways(&[50, 50]), ways(&[60, 40]));
        let stays =
            |account: &usize| taken(&before, "tone", *account) == 0 && taken(&after, "tone", *account) == 1;
        assert_eq!((0..10_000).filter(stays).count(), 0);
    }

    #[test]
    fn two_experiments_do_not_go_together() {
        let ways = ways(&[50, 50]);
        let same = |account: &usize| taken(&ways, "tone", *account) == taken(&ways, "hour", *account);
        assert!((4_800..5_200).contains(&(0..10_000).filter(same).count()));
    }
}
