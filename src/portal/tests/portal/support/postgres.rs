//! One PostgreSQL for all tests of this process, in a folder of its own, gone with the process.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

/// Makes a cluster, starts it on a socket in its own folder, says where, and waits for its input to end: that of this process, however it ends.
const SCRIPT: &str = r#"
set -eu
PATH="$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1):$PATH"
folder="$(mktemp -d)"
as_server() { "$@"; }
if [ "$(id -u)" = 0 ]; then
    chown postgres "$folder"
    as_server() { setpriv --reuid=postgres --regid=postgres --init-groups "$@"; }
fi
cd "$folder"
trap 'cd /; rm -rf "$folder"' EXIT
as_server initdb --pgdata=data --auth=trust --username=test --no-sync --encoding=UTF8 --locale=C >log 2>&1 || { cat log >&2; exit 1; }
as_server pg_ctl --pgdata=data --wait --silent --log=data/log -o "-k $folder -c listen_addresses= -c fsync=off -c max_connections=400" start >&2
echo "$folder"
cat >/dev/null || true
as_server pg_ctl --pgdata=data --mode=immediate --silent stop
"#;

static SERVER: OnceLock<(Child, String)> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

fn folder() -> &'static str {
    let (_, folder) = SERVER.get_or_init(|| {
        let mut shell =
            Command::new("sh").args(["-c", SCRIPT]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(shell.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(!line.is_empty(), "PostgreSQL doesn't start: run installer/setup.sh --tests");
        (shell, line.trim().to_owned())
    });
    folder
}

/// The URL of a new, empty database.
pub(crate) async fn fresh_database() -> String {
    let folder = folder();
    let name = format!("portal_{}", DATABASES.fetch_add(1, Ordering::SeqCst));
    let url = |name: &str| format!("postgres://test@localhost/{name}?host={folder}");
    let mut connection = PgConnection::connect(&url("postgres")).await.unwrap();
    connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    url(&name)
}
