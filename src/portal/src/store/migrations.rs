//! The tables, in the order in which they came. A migration that was released is never changed.

use std::borrow::Cow;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyPool, AssertSqlSafe, SqlSafeStr as _, SqlStr};

use super::Kind;
use crate::error::Result;

/// Number, name and statements of each. Numbers leave room: hundreds are areas.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "single use", include_str!("../../migrations/0001_single_use.sql")),
    (100, "clients", include_str!("../../migrations/0100_clients.sql")),
    (110, "signing keys", include_str!("../../migrations/0110_signing_keys.sql")),
    (120, "sign ons", include_str!("../../migrations/0120_sign_ons.sql")),
    (130, "offline grants", include_str!("../../migrations/0130_offline_grants.sql")),
    (150, "deliveries", include_str!("../../migrations/0150_deliveries.sql")),
    (200, "sessions", include_str!("../../migrations/0200_sessions.sql")),
    (210, "accounts", include_str!("../../migrations/0210_accounts.sql")),
    (300, "hours overrides", include_str!("../../migrations/0300_hours_overrides.sql")),
    (400, "desk", include_str!("../../migrations/0400_desk.sql")),
    (410, "applications", include_str!("../../migrations/0410_applications.sql")),
    (420, "enquiries", include_str!("../../migrations/0420_enquiries.sql")),
    (430, "audit", include_str!("../../migrations/0430_audit.sql")),
    (500, "status", include_str!("../../migrations/0500_status.sql")),
    (510, "notices", include_str!("../../migrations/0510_notices.sql")),
];

/// How SQLite is told to keep rows in the index of their key alone, for tables whose rows are many and short. PostgreSQL has no such
/// tables.
const WITHOUT_ROWID: &str = " WITHOUT ROWID";

/// Brings a database up to date. Replicas that start at once wait for each other.
pub(super) async fn run(pool: &AnyPool, kind: Kind) -> Result<()> {
    let all = MIGRATIONS.iter().map(|&(version, name, sql)| {
        let sql = match kind {
            Kind::Sqlite => SqlStr::from_static(sql),
            Kind::Postgres => AssertSqlSafe(sql.replace(WITHOUT_ROWID, "")).into_sql_str(),
        };
        Migration::new(version, Cow::Borrowed(name), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(all.collect()).run(pool).await?;
    Ok(())
}
