//! `call webhook`: another system is told; the run waits for its answer only where somebody handles it.

use super::{Next, Walk};
use crate::calendar;
use crate::effect::Effect;
use crate::record::{Entry, EventSeen, Recorder};
use crate::run::Park;
use cobro_dsl::program::{NameId, OpId, Trigger};
use cobro_dsl::values::Lapse;

impl<R: Recorder> Walk<'_, R> {
    pub(super) fn call(&mut self, at: OpId, webhook: NameId, waits: bool, up_to: Option<Lapse>) -> Next {
        let until = up_to.map(|up_to| calendar::add(self.now, up_to, self.zone, &self.context.law.holidays));
        let Some(run) = self.run_mut() else { return Next::Rest };
        run.calls += 1;
        let call = run.calls;
        self.record(|| Entry::Called { call, webhook: webhook.0, until, op: at.0 });
        self.effects.push(Effect::CallWebhook { call, webhook });
        match waits {
            true => self.park(at, Park::Call(call), until),
            false => Next::Op(self.context.program.settled(at, Trigger::AnyDone)),
        }
    }

    pub(super) fn webhook_answered(&mut self, call: u32, is_done: bool) {
        let seen = EventSeen::WebhookAnswered { call, is_done };
        let run = self.run().filter(|run| run.is_open());
        let place = run.and_then(|run| {
            let depth = run.stack.iter().position(|place| place.park == Park::Call(call))?;
            run.stack.get(depth).map(|place| (depth, place.op))
        });
        match place {
            Some((depth, op)) => {
                let trigger = if is_done { Trigger::AnyDone } else { Trigger::Failed };
                self.settle(seen, trigger, depth, op);
            }
            None => self.happened(seen, None, None),
        }
    }
}
