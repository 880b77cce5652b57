//! `block channel`: nothing more goes out to this customer on a channel, by no strategy.
//!
//! In: a channel, or none: the one that the run wrote on last. Out: every channel of the same address is blocked, as when a
//! wrong person answered there. What the gate put off is asked again, and refused. Absent: taking it back; that is done by
//! who puts the address right.

use super::{Next, Walk};
use crate::record::{Entry, Recorder};
use cobro_dsl::program::OpId;
use cobro_dsl::values::{Channel, ChannelSet};

impl<R: Recorder> Walk<'_, R> {
    pub(super) fn block(&mut self, at: OpId, channel: Option<Channel>, next: OpId) -> Next {
        let channel = channel.or_else(|| self.run().and_then(|run| run.channel));
        let blocked = channel.map_or(ChannelSet::default(), |channel| self.customer.same_address(channel));
        self.customer.blocked.0 |= blocked.0;
        self.record(|| Entry::Blocked {
            channels: blocked.iter().map(|it| it.word().to_owned()).collect(),
            op: at.0,
        });
        Next::Op(next)
    }
}
