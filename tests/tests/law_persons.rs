//! Two accounts of one person, two strategies, two workers: the weekly limit holds exactly. Ten thousand persons:
//! `cargo run -p cobro-tests --release --example law_persons`.

use cobro_tests::law_persons::{WEEKS, play};
use std::sync::Arc;

const PERSONS: u64 = 40;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_weekly_limit_holds_exactly_on_memory() {
    let store = Arc::new(cobro_store::Memory::new());
    let outcome = play([store.clone(), store], PERSONS).await.expect("it plays");
    let exactly = vec![2; WEEKS as usize];
    assert_eq!(outcome.persons_by_weeks.get(&exactly), Some(&PERSONS), "{outcome:?}");
    assert!(outcome.least_hours_between >= 48, "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_weekly_limit_holds_exactly_on_one_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("cobro.db").to_string_lossy().into_owned();
    let mut handles = Vec::new();
    for _ in 0..2 {
        handles.push(Arc::new(cobro_store::Sqlite::open(&file).await.expect("a database")));
    }
    let [one, two] = handles.try_into().unwrap_or_else(|_| panic!("two handles"));
    let outcome = play([one, two], PERSONS).await.expect("it plays");
    let exactly = vec![2; WEEKS as usize];
    assert_eq!(outcome.persons_by_weeks.get(&exactly), Some(&PERSONS), "{outcome:?}");
    assert!(outcome.least_hours_between >= 48, "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_weekly_limit_holds_exactly_on_postgresql() {
    let Some(url) = cobro_store::temporary::postgres().await else { return };
    let one = Arc::new(cobro_store::Postgres::open(&url).await.expect("a database"));
    let two = Arc::new(cobro_store::Postgres::open(&url).await.expect("a database"));
    let outcome = play([one, two], PERSONS).await.expect("it plays");
    let exactly = vec![2; WEEKS as usize];
    assert_eq!(outcome.persons_by_weeks.get(&exactly), Some(&PERSONS), "{outcome:?}");
    assert!(outcome.least_hours_between >= 48, "{outcome:?}");
}
