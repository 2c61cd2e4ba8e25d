//! The APIs of a running portal against their own description: schemathesis makes requests of it, right ones and wrong ones,
//! and no answer may be a failure or one that isn't described. What was counted meanwhile is there for the operator.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do: at once")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use e2e::agent::program;
use e2e::tools::installed;
use tempfile::TempDir;

/// How long a portal may take to start.
const PATIENCE: Duration = Duration::from_secs(60);
/// For how many seconds schemathesis makes up requests.
const SECONDS: &str = "30";

/// A portal of the environment for tests, which ends with the test.
struct Portal {
    child: Child,
    folder: TempDir,
    address: String,
    metrics: String,
}

impl Portal {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let metrics = free_address();
        let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/portal/assets");
        let mut child = Command::new(program("jpki-portal").unwrap())
            .current_dir(folder.path())
            .args(["serve", "--listen", "127.0.0.1:0", "--environment", "test", "--revocation", "off"])
            .args(["--limit-address", "off", "--limit-browser", "off", "--log", "warn", "--metrics-listen", &metrics])
            .arg("--calendar")
            .arg(assets.join("hours/always-open.json"))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (sender, started) = mpsc::channel();
        thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                match line.strip_prefix("Portal:") {
                    Some(rest) => {
                        let address = rest.split_once("listening on ").unwrap().1.trim_end_matches(')');
                        let _ = sender.send(address.to_owned());
                    }
                    None => eprintln!("{line}"),
                }
            }
        });
        let address = started.recv_timeout(PATIENCE).unwrap();
        Self { child, folder, address, metrics }
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address that nobody listens on.
fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// What an address answers to a request without a body.
fn ask(address: &str, path: &str) -> String {
    let mut connection = TcpStream::connect(address).unwrap();
    write!(connection, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn no_request_gets_a_failure_or_an_answer_that_is_not_described() {
    let portal = Portal::start();
    let run = Command::new(installed("schemathesis/bin/schemathesis").unwrap())
        .current_dir(portal.folder.path())
        .arg("run")
        .arg(format!("http://{}/openapi.json", portal.address))
        .args(["--max-time", SECONDS, "--no-color", "--generation-database", ":memory:", "--warnings", "off"])
        // That one day comes after another, or that a code was issued, is nothing that a description can say.
        .args(["--exclude-checks", "positive_data_acceptance"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}{}", String::from_utf8_lossy(&run.stderr));
    assert!(ask(&portal.address, "/ready").starts_with("HTTP/1.1 200 "), "it isn't ready any more");

    let metrics = ask(&portal.metrics, "/metrics");
    let counted = |name: &str| metrics.lines().filter(|line| line.starts_with(name)).collect::<Vec<_>>();
    let requests = counted("jpki_portal_requests_total");
    let tokens =
        requests.iter().find(|line| line.contains("route=\"/oauth/token\"") && line.contains("status=\"400\""));
    assert!(tokens.is_some(), "{metrics}");
    assert!(!requests.iter().any(|line| line.contains("status=\"500\"")), "{requests:#?}");
    assert!(!counted("jpki_portal_request_duration_seconds_bucket").is_empty());
}
