//! Strategies as deployed, their reviews, and the numbers the server must remember.

use super::{Postgres, away, tell};
use crate::memory::ANOTHER_NAME;
use crate::rows::{self, StrategyColumns, corrupt, count};
use cobro_engine::calendar::Instant;
use cobro_engine::durable::store::*;

pub(super) async fn deploy(
    db: &Postgres,
    tenant: &Tenant,
    name: &str,
    version: Version,
    text: &str,
    now: Instant,
) -> Result<Deployed> {
    let mut tx = db.begin().await?;
    // Deployments are rare: those of a tenant take turns.
    let turn = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
    sqlx::query(turn).bind(tenant).execute(&mut *tx).await.map_err(away)?;
    let known: Option<(String, bool)> =
        sqlx::query_as("SELECT name, is_current FROM strategies WHERE tenant = $1 AND version = $2")
            .bind(tenant)
            .bind(version.to_string())
            .fetch_optional(&mut *tx)
            .await
            .map_err(away)?;
    let answer = match known {
        Some((other, _)) if other != name => return Err(corrupt(format!("strategy {name}"), ANOTHER_NAME)),
        Some((_, true)) => return Ok(Deployed::Unchanged),
        Some((_, false)) => Deployed::Again,
        None => Deployed::New,
    };
    let update =
        "UPDATE strategies SET is_current = false WHERE tenant = $1 AND name = $2 AND is_current = true";
    sqlx::query(update).bind(tenant).bind(name).execute(&mut *tx).await.map_err(away)?;
    sqlx::query(
        "INSERT INTO strategies (tenant, name, version, text, deployed_at, is_current)
         VALUES ($1, $2, $3, $4, $5, true)
         ON CONFLICT (tenant, name, version) DO UPDATE
           SET text = excluded.text, deployed_at = excluded.deployed_at, is_current = true",
    )
    .bind(tenant)
    .bind(name)
    .bind(version.to_string())
    .bind(text)
    .bind(now.0)
    .execute(&mut *tx)
    .await
    .map_err(away)?;
    tell(&mut tx, tenant).await?;
    tx.commit().await.map_err(away)?;
    Ok(answer)
}

pub(super) async fn deployed(db: &Postgres, tenant: &Tenant) -> Result<(u64, Option<Instant>)> {
    let (versions, last): (i64, Option<i64>) =
        sqlx::query_as("SELECT COUNT(*), MAX(deployed_at) FROM strategies WHERE tenant = $1")
            .bind(tenant)
            .fetch_one(&db.pool)
            .await
            .map_err(away)?;
    Ok((count(versions), last.map(Instant)))
}

pub(super) async fn all(db: &Postgres, tenant: &Tenant) -> Result<Vec<StrategyRow>> {
    let found: Vec<StrategyColumns> = sqlx::query_as(
        "SELECT name, version, text, deployed_at, is_current FROM strategies
         WHERE tenant = $1 ORDER BY name, deployed_at, version",
    )
    .bind(tenant)
    .fetch_all(&db.pool)
    .await
    .map_err(away)?;
    found.into_iter().map(rows::strategy).collect()
}

pub(super) async fn by_version(
    db: &Postgres,
    tenant: &Tenant,
    version: Version,
) -> Result<Option<StrategyRow>> {
    let found: Option<StrategyColumns> = sqlx::query_as(
        "SELECT name, version, text, deployed_at, is_current FROM strategies
         WHERE tenant = $1 AND version = $2",
    )
    .bind(tenant)
    .bind(version.to_string())
    .fetch_optional(&db.pool)
    .await
    .map_err(away)?;
    found.map(rows::strategy).transpose()
}

pub(super) async fn current(db: &Postgres, tenant: &Tenant, name: &str) -> Result<Option<StrategyRow>> {
    let found: Option<StrategyColumns> = sqlx::query_as(
        "SELECT name, version, text, deployed_at, is_current FROM strategies
         WHERE tenant = $1 AND name = $2 AND is_current = true",
    )
    .bind(tenant)
    .bind(name)
    .fetch_optional(&db.pool)
    .await
    .map_err(away)?;
    found.map(rows::strategy).transpose()
}

pub(super) async fn reviewed_at(db: &Postgres, tenant: &Tenant, name: &str) -> Result<Option<Instant>> {
    let found: Option<(i64,)> =
        sqlx::query_as("SELECT reviewed_at FROM reviews WHERE tenant = $1 AND name = $2")
            .bind(tenant)
            .bind(name)
            .fetch_optional(&db.pool)
            .await
            .map_err(away)?;
    Ok(found.map(|(at,)| Instant(at)))
}

pub(super) async fn set_reviewed_at(db: &Postgres, tenant: &Tenant, name: &str, at: Instant) -> Result<()> {
    let mut tx = db.begin().await?;
    let upsert = "INSERT INTO reviews (tenant, name, reviewed_at) VALUES ($1, $2, $3)
        ON CONFLICT (tenant, name) DO UPDATE SET reviewed_at = GREATEST(reviews.reviewed_at, excluded.reviewed_at)";
    sqlx::query(upsert).bind(tenant).bind(name).bind(at.0).execute(&mut *tx).await.map_err(away)?;
    tx.commit().await.map_err(away)
}

const CLOCK_OFFSET: &str = "clock_offset_millis";

pub(super) async fn clock_offset(db: &Postgres, tenant: &Tenant) -> Result<i64> {
    let found: Option<(i64,)> = sqlx::query_as("SELECT value FROM settings WHERE tenant = $1 AND name = $2")
        .bind(tenant)
        .bind(CLOCK_OFFSET)
        .fetch_optional(&db.pool)
        .await
        .map_err(away)?;
    Ok(found.map_or(0, |(millis,)| millis))
}

pub(super) async fn advance_clock_offset(db: &Postgres, tenant: &Tenant, millis: i64) -> Result<i64> {
    let mut tx = db.begin().await?;
    let upsert = "INSERT INTO settings (tenant, name, value) VALUES ($1, $2, GREATEST(0, $3))
        ON CONFLICT (tenant, name) DO UPDATE SET value = GREATEST(settings.value, excluded.value) RETURNING value";
    let (now,): (i64,) = sqlx::query_as(upsert)
        .bind(tenant)
        .bind(CLOCK_OFFSET)
        .bind(millis)
        .fetch_one(&mut *tx)
        .await
        .map_err(away)?;
    tell(&mut tx, tenant).await?;
    tx.commit().await.map_err(away)?;
    Ok(now)
}
