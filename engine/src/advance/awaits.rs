//! Statements that wait for how something turns out: parked until it is settled, then on behind them.

use super::{Next, Walk};
use crate::calendar;
use crate::customer::VERIFIED_FOR_EVER;
use crate::record::{Entry, EventSeen, NotWaited, Recorder};
use crate::run::Park;
use cobro_dsl::program::{Awaited, Op, OpId, Trigger};
use cobro_dsl::values::{Channel, ChannelSet, Lapse};

impl<R: Recorder> Walk<'_, R> {
    pub(super) fn awaits(&mut self, at: OpId, what: Awaited, up_to: Option<Lapse>, timeout: OpId) -> Next {
        match what {
            Awaited::Offer(plan) => self.offer(at, plan, up_to, timeout),
            Awaited::Follow(plan) => self.follow(at, plan),
            Awaited::Webhook { name, waits } => self.call(at, name, waits, up_to),
            Awaited::Verify if self.customer.is_verified(self.today) => {
                self.record(|| Entry::NotWaited { why: NotWaited::Verified, op: at.0 });
                Next::Op(self.context.program.settled(at, Trigger::Verified))
            }
            Awaited::Verify => {
                let holidays = &self.context.law.holidays;
                let until = up_to.map(|up_to| calendar::add(self.now, up_to, self.zone, holidays));
                if let Some(until) = until {
                    self.record(|| Entry::Waits { until, op: at.0 });
                }
                self.park(at, Park::Wait, until)
            }
        }
    }

    /// The innermost statement that is settled by what happened.
    pub(super) fn settled_place(&self, trigger: Trigger) -> Option<(usize, OpId)> {
        let program = self.context.program;
        let run = self.run()?;
        run.stack.iter().enumerate().rev().find_map(|(depth, place)| match program.op(place.op) {
            Op::Await { what, .. } if place.park == Park::Wait && what.settled_by().contains(&trigger) => {
                Some((depth, place.op))
            }
            _ => None,
        })
    }

    /// The customer showed who they are on a channel, and so on every channel of the same address; on all of them when
    /// none is named.
    pub(super) fn identity(&mut self, channel: Option<Channel>, is_verified: bool) {
        let valid = self.context.program.identity.flatten();
        let until = match valid {
            None => VERIFIED_FOR_EVER,
            Some(valid) => {
                calendar::add(self.now, valid, self.zone, &self.context.law.holidays).local(self.zone).date()
            }
        };
        let reached = channel.map_or(ChannelSet::ALL, |channel| self.customer.same_address(channel));
        for channel in reached.iter() {
            if let Some(verified) = self.customer.verified.get_mut(channel.index()) {
                *verified = is_verified.then_some(until);
            }
        }
        let channel = channel.map(|channel| channel.word().to_owned());
        let (seen, trigger) = match is_verified {
            true => (EventSeen::IdentityVerified { channel }, Trigger::Verified),
            false => (EventSeen::IdentityNotVerified { channel }, Trigger::Failed),
        };
        self.happened(seen, Some(trigger), None);
    }
}
