//! What somebody has stopped.

use super::{Postgres, away};
use crate::rows;
use cobro_engine::calendar::Instant;
use cobro_engine::durable::store::*;

pub(super) async fn stop(
    db: &Postgres,
    tenant: &Tenant,
    stop: &Stop,
    why: &str,
    now: Instant,
) -> Result<bool> {
    let mut tx = db.begin().await?;
    let insert = "INSERT INTO stops (tenant, kind, name, why, at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (tenant, kind, name) DO NOTHING";
    let insert = sqlx::query(insert).bind(tenant).bind(stop.kind()).bind(stop.name()).bind(why).bind(now.0);
    let stopped = insert.execute(&mut *tx).await.map_err(away)?;
    tx.commit().await.map_err(away)?;
    Ok(stopped.rows_affected() > 0)
}

pub(super) async fn lift(db: &Postgres, tenant: &Tenant, stop: &Stop) -> Result<bool> {
    let mut tx = db.begin().await?;
    let delete = "DELETE FROM stops WHERE tenant = $1 AND kind = $2 AND name = $3";
    let delete = sqlx::query(delete).bind(tenant).bind(stop.kind()).bind(stop.name());
    let lifted = delete.execute(&mut *tx).await.map_err(away)?;
    tx.commit().await.map_err(away)?;
    Ok(lifted.rows_affected() > 0)
}

pub(super) async fn all(db: &Postgres, tenant: &Tenant) -> Result<Vec<Stopped>> {
    let found: Vec<(String, String, String, i64)> =
        sqlx::query_as("SELECT kind, name, why, at FROM stops WHERE tenant = $1 ORDER BY kind, name")
            .bind(tenant)
            .fetch_all(&db.pool)
            .await
            .map_err(away)?;
    found.into_iter().map(rows::stopped).collect()
}
