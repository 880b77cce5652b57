//! Every promise of a store, on every store; and memory against each database, step by step.

use cobro_store::conformance::differential::differential;
use cobro_store::{Memory, Postgres, Sqlite, temporary};
use tempfile::TempDir;

struct Opened<S> {
    store: S,
    _kept: Option<TempDir>,
}

async fn memory() -> Opened<Memory> {
    Opened { store: Memory::new(), _kept: None }
}

async fn sqlite() -> Opened<Sqlite> {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("cobro.db");
    Opened { store: Sqlite::open(path.to_str().unwrap()).await.unwrap(), _kept: Some(dir) }
}

async fn postgres() -> Option<Opened<Postgres>> {
    let store = Postgres::open(&temporary::postgres().await?).await.unwrap();
    Some(Opened { store, _kept: None })
}

mod on_memory {
    cobro_store::suite! { async { Some(super::memory().await) } }
}

mod on_sqlite {
    cobro_store::suite! { async { Some(super::sqlite().await) } }
}

mod on_postgres {
    cobro_store::suite! { super::postgres() }
}

/// One seed is one test, so that a failure names it.
macro_rules! seeds {
    ($($name:ident $seed:literal)*) => {
        mod sqlite_agrees_with_memory {
            $(#[tokio::test]
            async fn $name() {
                let (a, b) = (super::memory().await, super::sqlite().await);
                super::differential(&a.store, &b.store, $seed, 600).await;
            })*
        }

        mod postgres_agrees_with_memory {
            $(#[tokio::test]
            async fn $name() {
                let Some(b) = super::postgres().await else { return };
                super::differential(&super::memory().await.store, &b.store, $seed, 600).await;
            })*
        }
    };
}

seeds! { seed_1 1 seed_2 2 seed_3 3 seed_4 4 seed_5 5 seed_6 6 seed_7 7 seed_8 8 }

#[tokio::test]
async fn what_was_kept_is_there_after_opening_again() {
    use cobro_engine::durable::store::Store;
    use cobro_store::conformance::{Dump, world};
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("cobro.db");
    let path = path.to_str().unwrap();
    let first = Sqlite::open(path).await.unwrap();
    world::queued(&first).await;
    first.advance_clock_offset(world::T, 7).await.unwrap();
    let before = first.dump(world::T).await;
    first.close().await;
    let second = Sqlite::open(path).await.unwrap();
    assert_eq!(second.dump(world::T).await, before);
}
