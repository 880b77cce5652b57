//! A schema of its own in PostgreSQL for each test, so that tests do not disturb each other.
//!
//! In: `COBRO_TEST_POSTGRES`, the URL of a database that may be filled; `./test.sh` starts one. Out: the URL of an
//! empty schema in it. Absent: cleaning up; the whole cluster goes when the tests are over.

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::sync::atomic::{AtomicU64, Ordering};

static SCHEMAS: AtomicU64 = AtomicU64::new(0);

/// The URL of an empty schema; `None` when there is no PostgreSQL to test on, which is said in one line. Under
/// continuous integration that is a failure instead.
///
/// # Panics
///
/// When PostgreSQL does not answer, or `CI` is set and there is none.
pub async fn postgres() -> Option<String> {
    let Ok(url) = std::env::var("COBRO_TEST_POSTGRES") else {
        assert!(
            std::env::var_os("CI").is_none(),
            "COBRO_TEST_POSTGRES is not set: nothing may be skipped here"
        );
        eprintln!("skipped on PostgreSQL: COBRO_TEST_POSTGRES is not set; ./test.sh sets it");
        return None;
    };
    let number = SCHEMAS.fetch_add(1, Ordering::SeqCst);
    let name = format!("test_{}_{number}", std::process::id());
    let mut session = PgConnection::connect(&url).await.expect("PostgreSQL answers");
    for statement in [format!("DROP SCHEMA IF EXISTS {name} CASCADE"), format!("CREATE SCHEMA {name}")] {
        sqlx::query(AssertSqlSafe(statement)).execute(&mut session).await.expect("a schema");
    }
    session.close().await.expect("closed");
    let sign = if url.contains('?') { '&' } else { '?' };
    Some(format!("{url}{sign}options[search_path]={name}"))
}
