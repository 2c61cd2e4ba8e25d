//! What is short-lived doesn't make the database grow.

use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Row as _};

use crate::support::{Browser, TestCard, TestPortal, on_both, sign_in};

/// A number that the database knows.
async fn number(portal: &TestPortal, query: &str) -> i64 {
    let mut connection = AnyConnection::connect(&portal.database).await.unwrap();
    sqlx::query(AssertSqlSafe(query)).fetch_one(&mut connection).await.unwrap().get(0)
}

async fn tell(portal: &TestPortal, statement: &str) {
    let mut connection = AnyConnection::connect(&portal.database).await.unwrap();
    sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
}

/// How many rows lie in the tables of a ring.
async fn rows(portal: &TestPortal, ring: &str, tables: usize) -> i64 {
    let counts: Vec<_> = (0..tables).map(|table| format!("(SELECT COUNT(*) FROM {ring}_{table})")).collect();
    number(portal, &format!("SELECT {}", counts.join(" + "))).await
}

#[test]
fn used_challenges_and_sessions_are_gone_soon_after_they_end_and_not_before() {
    on_both(async |portal| {
        let mut browser = Browser::new(&portal);
        sign_in(&mut browser, &TestCard::new()).await;
        let (mut challenges, mut sessions) = (Vec::new(), Vec::new());
        // As often as the program does it.
        for _ in 0..=40 * 6 {
            portal.app.store().sweep(portal.app.now()).await.unwrap();
            challenges.push(rows(&portal, "single_use", 16).await);
            sessions.push(rows(&portal, "sessions", 8).await);
            portal.clock.pass(10);
        }
        let gone = |counts: &[i64]| counts.iter().position(|count| *count == 0).unwrap() * 10;
        assert!((300..=360 + 60).contains(&gone(&challenges)), "after {} s", gone(&challenges));
        assert!((1800..=1800 + 310).contains(&gone(&sessions)), "after {} s", gone(&sessions));
        for counts in [challenges, sessions] {
            assert!(counts.is_sorted_by(|before, after| before >= after), "{counts:?}");
        }
    });
}

#[cfg(unix)]
#[test]
fn a_database_in_a_file_is_its_owner_s_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    on_both(async |portal| {
        let Some(path) = portal.database.strip_prefix("sqlite:") else { return };
        for path in [path.to_owned(), format!("{path}-wal")] {
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{path}: {mode:o}");
        }
    });
}

#[test]
fn tables_whose_rows_were_all_deleted_give_their_indexes_back() {
    on_both(async |portal| {
        if portal.database.starts_with("sqlite:") {
            // Its pages are free for other tables at once.
            return;
        }
        // One in whose slot nothing ends for a while.
        let table = format!("sessions_{}", (portal.app.now().as_second() / 300 + 3) % 8);
        let names =
            "SELECT CAST(n AS TEXT), CAST(n AS TEXT), CAST(n AS TEXT), 0, 0 FROM generate_series(1, 40000) AS n";
        tell(&portal, &format!("INSERT INTO {table} (hash, id, account, auth_time, expires) {names}")).await;
        let size = async || number(&portal, &format!("SELECT pg_indexes_size(CAST('{table}' AS REGCLASS))")).await;
        let full = size().await;
        portal.app.store().sweep(portal.app.now()).await.unwrap();
        assert_eq!(size().await, full, "with rows in it, it stays");
        tell(&portal, &format!("DELETE FROM {table}")).await;
        assert_eq!(size().await, full);
        // Whoever reads it isn't disturbed.
        let mut reader = AnyConnection::connect(&portal.database).await.unwrap();
        let mut reading = reader.begin().await.unwrap();
        sqlx::query(AssertSqlSafe(format!("SELECT 1 FROM {table}"))).fetch_optional(&mut *reading).await.unwrap();
        portal.app.store().sweep(portal.app.now()).await.unwrap();
        assert_eq!(size().await, full);
        reading.rollback().await.unwrap();
        portal.app.store().sweep(portal.app.now()).await.unwrap();
        assert!(size().await < full / 10);
    });
}
