//! What every statement costs, by its plan on a filled database: no walk along a table, no search in the rows of
//! another customer.

use super::*;
use cobro_engine::customer::Account;
use sqlx::{AssertSqlSafe, Row};

const FILES: &[&str] = &[
    include_str!("customers.rs"),
    include_str!("inbox.rs"),
    include_str!("timers.rs"),
    include_str!("commit.rs"),
    include_str!("history.rs"),
    include_str!("outbox.rs"),
    include_str!("tasks.rs"),
    include_str!("strategies.rs"),
    include_str!("stops.rs"),
    include_str!("round.rs"),
];

/// Unique over all customers, so kept apart from them: see the migration.
const APART: &[&str] = &["account_names", "inbox_names", "strategies", "reviews", "settings", "stops"];

/// Looks that go through all of a tenant's rows and may: the index holds only what is open, or few exist.
const WHOLE: &[&str] = &[
    "inbox_waiting",
    "outbox_queued",
    "outbox_marked",
    "outbox_unknown",
    "timers_parked",
    "tasks_open",
    "strategies",
    "stops",
];

/// The statements of a file: its string literals that begin like one.
fn statements(file: &str) -> impl Iterator<Item = &str> {
    let verbs = ["SELECT", "UPDATE", "INSERT", "DELETE", "WITH"];
    let literals =
        file.split('"').filter(move |text| verbs.iter().any(|verb| text.trim_start().starts_with(verb)));
    literals.filter(|text| !text.contains("pg_advisory") && !text.contains("pg_notify"))
}

/// One look of a plan: where, along what, by what.
struct Look {
    table: String,
    index: String,
    by: String,
}

async fn plan(session: &mut sqlx::PgConnection, sql: &str) -> Vec<String> {
    let binds = (1..=19).filter(|n| sql.contains(&format!("${n}"))).max().unwrap_or(0);
    let nulls = vec!["NULL"; binds].join(", ");
    let prepare = format!("DEALLOCATE ALL; PREPARE look AS {sql}");
    sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut *session).await.expect(sql);
    let explain = format!("EXPLAIN EXECUTE look({nulls})");
    let rows = sqlx::raw_sql(AssertSqlSafe(explain)).fetch_all(&mut *session).await.expect(sql);
    rows.iter().map(|row| row.get::<String, _>(0)).collect()
}

/// The looks of a plan; a walk along a table is none and fails.
fn looks(plan: &[String], sql: &str) -> Vec<Look> {
    let mut looks: Vec<Look> = Vec::new();
    let mut bitmap: Option<String> = None;
    for line in plan {
        let line = line.trim().trim_start_matches("->").trim();
        let words: Vec<&str> = line.split_whitespace().collect();
        assert!(!line.starts_with("Seq Scan"), "{sql}\n{}", plan.join("\n"));
        if let Some(at) = words.iter().position(|word| *word == "using").filter(|_| line.starts_with("Index"))
        {
            let (index, table) = (words[at + 1].to_owned(), words[at + 3].to_owned());
            looks.push(Look { table, index, by: String::new() });
        } else if line.starts_with("Bitmap Heap Scan on") {
            bitmap = Some(words[4].to_owned());
        } else if line.starts_with("Bitmap Index Scan on") {
            let (index, table) = (words[4].to_owned(), bitmap.take().unwrap_or_default());
            looks.push(Look { table, index, by: String::new() });
        } else if let (Some(by), Some(last)) = (line.strip_prefix("Index Cond: "), looks.last_mut()) {
            last.by = by.to_owned();
        }
    }
    looks
}

/// Rows for every customer in the tables that an import leaves empty. The planner follows the size of a table; an
/// empty one it may well walk.
const FILL: &str = "
    INSERT INTO inbox SELECT 't', customer, 1, 'A' || substr(customer, 2), 's', customer, 1, false, '', 1 FROM customers;
    INSERT INTO inbox_names SELECT 't', 's', customer FROM customers;
    INSERT INTO history SELECT 't', customer, 1, 1, 'A' || substr(customer, 2), 'v', '' FROM customers;
    INSERT INTO outbox (tenant, customer, id, account, entered_at, version, number, decided_at, not_before, state, message)
      SELECT 't', customer, customer, 'A' || substr(customer, 2), 1, 'v', 1, 1, 1, 'accepted', '' FROM customers;
    INSERT INTO tasks SELECT 't', customer, 'A' || substr(customer, 2), 1, 1, 'v', 'q', 0, 1, NULL, 1 FROM customers;
    ANALYZE";

/// A database with five thousand customers.
async fn filled() -> Option<Postgres> {
    let store = Postgres::open(&crate::temporary::postgres().await?).await.unwrap();
    let brought = store.import("t", customers(5_000), Instant(0)).await.unwrap();
    assert!(matches!(brought, Import::Imported { accounts: 5_000, .. }), "{brought:?}");
    sqlx::raw_sql(FILL).execute(&store.pool).await.unwrap();
    Some(store)
}

fn customers(count: usize) -> Vec<Customer> {
    (0..count)
        .map(|at| {
            let mut customer = Customer::new(format!("C{at}"));
            let currency = Currency::parse("PEN").unwrap();
            customer.accounts.push(Account::new(format!("A{at}"), currency));
            customer
        })
        .collect()
}

#[tokio::test]
async fn no_statement_walks_a_table_or_looks_at_other_customers() {
    let Some(store) = filled().await else { return };
    check(&store).await;
}

/// A plan that is made while nothing is known of a table stays for as long as its session: it must be as good.
#[tokio::test]
async fn nor_does_it_while_nothing_is_known_of_the_tables() {
    let Some(url) = crate::temporary::postgres().await else { return };
    check(&Postgres::open(&url).await.unwrap()).await;
}

async fn check(store: &Postgres) {
    let mut session = store.pool.acquire().await.unwrap();
    let mut count = 0;
    for sql in FILES.iter().flat_map(|file| statements(file)) {
        let plan = plan(&mut session, sql).await;
        let looks = looks(&plan, sql);
        let told = || format!("{sql}\n{}", plan.join("\n"));
        for look in &looks {
            let is_whole = !look.by.contains(" AND ");
            let may = WHOLE.iter().any(|index| look.index.starts_with(index));
            assert!(
                !look.by.is_empty() && (!is_whole || may),
                "{} walks {}: {}",
                look.table,
                look.index,
                told()
            );
        }
        // On a database that is distributed by customer: one look may search who is due; all others stay with
        // the customers that are named or found.
        let of_customers = looks.iter().filter(|look| !APART.contains(&look.table.as_str()));
        let of_customers: Vec<&Look> = of_customers.collect();
        let searching = of_customers.iter().filter(|look| !look.by.contains("customer =")).count();
        let is_backlog = sql.contains("outbox_unknown")
            || sql.matches("COUNT(*)").count() > 1
            || sql.contains("UNION ALL");
        assert!(searching <= 1 || is_backlog, "more than one search over customers: {}", told());
        assert!(of_customers.is_empty() || of_customers.len() == looks.len(), "shards are mixed: {}", told());
        count += 1;
    }
    assert!(count > 40, "only {count} statements were found");
}

/// What one transition writes and reads, but for what it searches by: each look names the customer.
#[tokio::test]
async fn a_commit_stays_with_its_customers() {
    let Some(store) = filled().await else { return };
    let mut session = store.pool.acquire().await.unwrap();
    for (file, text) in [("commit.rs", FILES[3]), ("history.rs", FILES[4])] {
        for sql in statements(text) {
            let plan = plan(&mut session, sql).await;
            for look in looks(&plan, sql) {
                let stays = look.by.contains("customer =");
                assert!(
                    stays,
                    "{file}: {} is searched by {}\n{sql}\n{}",
                    look.table,
                    look.by,
                    plan.join("\n")
                );
            }
        }
    }
}
