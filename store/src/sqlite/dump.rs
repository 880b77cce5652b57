//! Everything that is kept, as text, in the words of the model.

use super::Sqlite;
use crate::conformance::Dump;
use crate::rows;
use cobro_engine::durable::store::*;

impl Dump for Sqlite {
    async fn dump(&self, tenant: &Tenant) -> Vec<String> {
        let mut lines = Vec::new();
        type Known = (String, i64, String, Option<i64>, i64, Option<i64>, Option<String>, i64, i64);
        let found: Vec<Known> = sqlx::query_as(
            "SELECT customer, version, state, due_at, lease, lease_until, parked, last_input, last_history
             FROM customers JOIN timers USING (tenant, customer) WHERE tenant = ?1 ORDER BY customer",
        )
        .bind(tenant)
        .fetch_all(&self.reader)
        .await
        .expect("customers");
        for (id, version, state, due_at, lease, until, parked, last_input, last_history) in found {
            let state = rows::customer(&id, &state).expect("a state that was written");
            lines.push(format!("customer {state:?}"));
            lines.push(format!(
                "version {version} due {due_at:?} lease {lease} until {until:?} parked {parked:?} inputs {last_input} rows {last_history}"
            ));
        }
        let found: Vec<(String, i64, String, i64, String)> = sqlx::query_as(
            "SELECT customer, number, account, arrived_at, what FROM inbox
             WHERE tenant = ?1 AND taken_at IS NULL ORDER BY customer, number",
        )
        .bind(tenant)
        .fetch_all(&self.reader)
        .await
        .expect("inbox");
        for (customer, number, account, arrived_at, what) in found {
            let row = rows::inbox(&customer, (number, account, arrived_at, what)).expect("an input");
            lines.push(format!("waits {customer} {row:?}"));
        }
        let found: Vec<(String, String)> = sqlx::query_as(
            "SELECT source, id FROM inbox
                 WHERE tenant = ?1 AND (is_offer = 0 OR taken_at IS NULL) ORDER BY source, id",
        )
        .bind(tenant)
        .fetch_all(&self.reader)
        .await
        .expect("inbox");
        lines.extend(found.into_iter().map(|(source, id)| format!("seen {source} {id}")));
        let found: Vec<(String, i64, i64, String, String, String)> = sqlx::query_as(
            "SELECT customer, number, at, account, version, entry FROM history
             WHERE tenant = ?1 ORDER BY customer, number",
        )
        .bind(tenant)
        .fetch_all(&self.reader)
        .await
        .expect("history");
        for (customer, number, at, account, version, entry) in found {
            let rows = rows::timeline((number, at, account, version, entry)).expect("a history row");
            lines.extend(
                rows.into_iter().map(|row| format!("history {customer} {} {:?}", row.number, row.row)),
            );
        }
        let mut after: Option<String> = None;
        while let Some(id) = self.customers(tenant, after.as_deref(), 1).await.expect("customers").pop() {
            let turns = self.turns(tenant, &id).await.expect("turns");
            lines.extend(turns.iter().map(|turn| format!("turn {id} {turn:?}")));
            after = Some(id);
        }
        let found: Vec<rows::OutboxColumns> = sqlx::query_as(
            "SELECT id, customer, account, entered_at, version, decided_at, not_before, state, attempts, mark,
               provider_id, why, message
             FROM outbox WHERE tenant = ?1 ORDER BY customer, id",
        )
        .bind(tenant)
        .fetch_all(&self.reader)
        .await
        .expect("outbox");
        lines.extend(
            found.into_iter().map(|row| format!("outbox {:?}", rows::outbox(row).expect("a message"))),
        );
        type Task = (String, String, i64, i64, Option<i64>, Option<String>, String, i64);
        let found: Vec<Task> = sqlx::query_as(
            "SELECT customer, account, entered_at, task, closed_at, result, queue, opened_at FROM tasks
             WHERE tenant = ?1 ORDER BY customer, account, entered_at, task",
        )
        .bind(tenant)
        .fetch_all(&self.reader)
        .await
        .expect("tasks");
        lines.extend(found.into_iter().map(|task| format!("task {task:?}")));
        let strategies = self.strategies(tenant).await.expect("strategies");
        lines.extend(strategies.into_iter().map(|row| format!("{row:?}")));
        let found: Vec<(String, i64)> =
            sqlx::query_as("SELECT name, reviewed_at FROM reviews WHERE tenant = ?1 ORDER BY name")
                .bind(tenant)
                .fetch_all(&self.reader)
                .await
                .expect("reviews");
        lines.extend(found.into_iter().map(|review| format!("review {review:?}")));
        let stops = self.stops(tenant).await.expect("stops");
        lines.extend(stops.into_iter().map(|stopped| format!("{stopped:?}")));
        lines.push(format!("clock {}", self.clock_offset(tenant).await.expect("settings")));
        lines
    }
}
