//! Counts the rows that the portal writes, with triggers of the database itself.

use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Row as _};

use super::TestPortal;

/// A count that began.
pub(crate) struct Writes(AnyConnection);

impl Writes {
    /// Begins to count.
    pub(crate) async fn of(portal: &TestPortal) -> Self {
        let mut connection = AnyConnection::connect(&portal.database).await.unwrap();
        let is_sqlite = portal.database.starts_with("sqlite:");
        let tables = if is_sqlite {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        } else {
            "SELECT CAST(tablename AS TEXT) AS name FROM pg_tables WHERE schemaname = 'public'"
        };
        let tables = sqlx::query(tables).fetch_all(&mut connection).await.unwrap();
        let mut statements = vec!["CREATE TABLE written (what TEXT NOT NULL)".to_owned()];
        if !is_sqlite {
            let body = "BEGIN INSERT INTO written VALUES (TG_OP || ' ' || TG_TABLE_NAME); RETURN NULL; END";
            statements.push(format!(
                "CREATE FUNCTION count_write() RETURNS trigger LANGUAGE plpgsql AS $count$ {body} $count$"
            ));
        }
        for table in tables {
            let table: String = table.get("name");
            for what in ["INSERT", "UPDATE", "DELETE"] {
                let head = format!("CREATE TRIGGER count_{what}_{table} AFTER {what} ON {table} FOR EACH ROW");
                statements.push(match is_sqlite {
                    true => format!("{head} BEGIN INSERT INTO written VALUES ('{what} {table}'); END"),
                    false => format!("{head} EXECUTE FUNCTION count_write()"),
                });
            }
        }
        for statement in statements {
            sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
        }
        Self(connection)
    }

    /// What was written since it was asked last, such as `INSERT sessions_3`.
    pub(crate) async fn since(&mut self) -> Vec<String> {
        let rows = sqlx::query("DELETE FROM written RETURNING what").fetch_all(&mut self.0).await.unwrap();
        rows.iter().map(|row| row.get("what")).collect()
    }

    /// The texts of a table's rows.
    pub(crate) async fn rows(&mut self, table: &str) -> Vec<String> {
        let rows = sqlx::query(AssertSqlSafe(format!("SELECT * FROM {table}"))).fetch_all(&mut self.0).await.unwrap();
        let text = |row: &sqlx::any::AnyRow| {
            (0..row.len()).filter_map(|column| row.try_get::<String, _>(column).ok()).collect::<Vec<_>>().join(" ")
        };
        rows.iter().map(text).collect()
    }
}
