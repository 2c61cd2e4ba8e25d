//! A PostgreSQL of a test's own, in a folder of its own, on a socket there; gone with the test. Tests of several portals on
//! one database come in.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;

use crate::Result;
use crate::page::PATIENCE;

/// Makes a cluster and a database, says where it is, and waits for its input to end: that of the test's process, however it ends.
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
as_server pg_ctl --pgdata=data --wait --silent --log=data/log -o "-k $folder -c listen_addresses= -c fsync=off" start >&2
as_server createdb --host="$folder" --username=test portal >&2
echo "$folder"
cat >/dev/null || true
as_server pg_ctl --pgdata=data --mode=immediate --silent stop
"#;

/// A running server; ends when dropped.
#[derive(Debug)]
pub struct Postgres {
    shell: Child,
    folder: String,
}

impl Postgres {
    /// Starts one with an empty database.
    ///
    /// # Errors
    /// If it isn't installed or doesn't start.
    pub fn start() -> Result<Self> {
        let mut shell = Command::new("sh").args(["-c", SCRIPT]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut output = BufReader::new(shell.stdout.take().ok_or("no standard output")?);
        let (sender, ready) = mpsc::channel();
        thread::spawn(move || {
            let mut folder = String::new();
            // No line is an empty one: it didn't start. A test that doesn't wait any more needs nothing.
            let _ = output.read_line(&mut folder);
            let _ = sender.send(folder.trim().to_owned());
        });
        match ready.recv_timeout(PATIENCE) {
            Ok(folder) if !folder.is_empty() => Ok(Self { shell, folder }),
            _ => {
                shell.kill()?;
                shell.wait()?;
                Err("PostgreSQL doesn't start: run installer/setup.sh --tests".into())
            }
        }
    }

    /// The database's address.
    pub fn url(&self) -> String {
        format!("postgres://test@localhost/portal?host={}", self.folder)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // The end of its input ends it; errors mean that it is gone already.
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}
