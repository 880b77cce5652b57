//! Everything that is kept, as text.

use super::Memory;
use crate::conformance::Dump;
use cobro_engine::durable::store::*;

impl Dump for Memory {
    async fn dump(&self, tenant: &Tenant) -> Vec<String> {
        self.with(tenant, |kept| {
            let mut lines = Vec::new();
            for known in kept.customers.values() {
                lines.push(format!("customer {:?}", known.customer));
                lines.push(format!(
                    "version {} due {:?} lease {} until {:?} parked {:?} inputs {} rows {}",
                    known.version,
                    known.due_at().map(|at| at.0),
                    known.lease,
                    known.lease_until.map(|at| at.0),
                    known.parked,
                    known.last_input,
                    known.history.len()
                ));
            }
            for (id, known) in &kept.customers {
                let waiting = known.inbox.iter();
                lines.extend(waiting.map(|waiting| format!("waits {id} {:?}", waiting.row)));
            }
            lines.extend(kept.seen.iter().map(|(source, id)| format!("seen {source} {id}")));
            for (id, known) in &kept.customers {
                let rows = known.history.iter().zip(1_u64..);
                lines.extend(rows.map(|(row, number)| format!("history {id} {number} {row:?}")));
            }
            for (id, known) in &kept.customers {
                lines.extend(known.turns.iter().map(|turn| format!("turn {id} {turn:?}")));
            }
            lines.extend(kept.outbox.values().map(|row| format!("outbox {row:?}")));
            for ((customer, account, entered_at, task), (row, closed)) in &kept.tasks {
                let closed_at = closed.as_ref().map(|closed| closed.closed_at.0);
                let result = closed.as_ref().and_then(|closed| closed.result.clone());
                let (queue, opened_at) = (&row.task.queue, row.task.opened_at.0);
                let task = (customer, account, entered_at.0, task, closed_at, result, queue, opened_at);
                lines.push(format!("task {task:?}"));
            }
            let mut strategies: Vec<_> = kept.strategies.values().collect();
            strategies.sort_by(|a, b| {
                (&a.name, a.deployed_at, a.version).cmp(&(&b.name, b.deployed_at, b.version))
            });
            lines.extend(strategies.into_iter().map(|row| format!("{row:?}")));
            lines.extend(kept.reviews.iter().map(|(name, at)| format!("review {:?}", (name, at.0))));
            let mut stops: Vec<_> = kept.stops.values().collect();
            stops.sort_by(|a, b| (a.stop.kind(), a.stop.name()).cmp(&(b.stop.kind(), b.stop.name())));
            lines.extend(stops.into_iter().map(|stopped| format!("{stopped:?}")));
            lines.push(format!("clock {}", kept.clock_offset));
            lines
        })
    }
}
