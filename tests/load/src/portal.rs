//! The portal under test: the program that was built beside this one, with a folder of its own.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::Result;
use crate::database::Database;
use crate::service::Service;

/// What its client may ask for.
const SCOPE: &str = "openid registration user_status.registration";

/// A running portal. It ends with this value.
pub(crate) struct Portal {
    process: Child,
    /// Where it is.
    pub(crate) url: String,
    /// The service that is registered with it.
    pub(crate) service: Service,
}

impl Portal {
    /// Starts it, trusting a CA, and registers a service.
    pub(crate) fn start(folder: &Path, database: &Database, root_pem: &str) -> Result<Self> {
        let roots = folder.join("roots.pem");
        std::fs::write(&roots, root_pem)?;
        let key = Service::fresh_key()?;
        let keys = folder.join("service.jwks");
        std::fs::write(&keys, Service::public_keys(&key)?)?;
        let secret = folder.join("portal.secret");
        let command = |name: &str| -> Result<Command> {
            let mut command = Command::new(program()?);
            command.arg(name).arg("--database").arg(database.url()).arg("--secret").arg(&secret);
            command.args(["--environment", "test"]);
            Ok(command)
        };
        let added = command("client")?
            .args([
                "add",
                "--name-ja",
                "負荷試験",
                "--name-en",
                "Load test",
                "--scope",
                SCOPE,
                "--allow-private-clients",
            ])
            .args(["--redirect-uri", Service::REDIRECT, "--post-logout-redirect-uri", Service::AFTER_LOGOUT])
            .arg("--jwks")
            .arg(&keys)
            .output()?;
        if !added.status.success() {
            return Err(format!("no client could be added: {}", String::from_utf8_lossy(&added.stderr)).into());
        }
        let client_id = String::from_utf8(added.stdout)?.split_whitespace().next().unwrap_or_default().to_owned();
        let mut process = command("serve")?
            .args(["--listen", "127.0.0.1:0", "--revocation", "off", "--log", "error", "--allow-private-clients"])
            .args(["--limit-address", "off", "--limit-browser", "off", "--limit-client", "off"])
            .arg("--trust")
            .arg(&roots)
            .stderr(Stdio::piped())
            .spawn()?;
        let mut said = BufReader::new(process.stderr.take().ok_or("the portal has no standard error")?);
        let mut line = String::new();
        while !line.starts_with("Portal:") {
            line.clear();
            if said.read_line(&mut line)? == 0 {
                return Err("the portal ended before it listened".into());
            }
        }
        // What it says later is passed on: errors alone.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::stderr()));
        let url = line.split_whitespace().nth(1).unwrap_or_default().trim_end_matches('/').to_owned();
        Ok(Self { process, service: Service::new(&url, &client_id, &key)?, url })
    }

    /// Its resident memory in bytes; none where the system doesn't say it in /proc.
    pub(crate) fn memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
    }

    /// The processor time it took, in seconds (clock ticks of 10 ms, proc(5)).
    pub(crate) fn processor_time(&self) -> Option<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id())).ok()?;
        let fields: Vec<_> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
        Some(ticks / 100.0)
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn program() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    let path = own.with_file_name(format!("jpki-portal{}", std::env::consts::EXE_SUFFIX));
    if path.exists() { Ok(path) } else { Err("build the portal first: cargo build --release -p jpki-portal".into()) }
}
