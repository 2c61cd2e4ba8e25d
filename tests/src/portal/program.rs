//! `jpki-portal` as a process of a test's own: its own folder, a free port, and the authority of the test's card.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use tempfile::TempDir;

use super::card::Card;
use crate::Result;
use crate::agent::program;
use crate::page::PATIENCE;

/// What the portal says when it is ready, before its address.
const READY: &str = "Portal:";

/// Service hours without an end: tests run at any time, also on a third Saturday.
const ALWAYS: &str = include_str!("../../../src/portal/assets/hours/always-open.json");

/// A running portal, 接続確認環境; ends when dropped.
#[derive(Debug)]
pub struct PortalProgram {
    child: Child,
    issuer: String,
    folder: TempDir,
    log: Arc<Mutex<String>>,
}

impl PortalProgram {
    /// Starts a portal with an empty database in a file, which believes cards of this card's authority.
    ///
    /// # Errors
    /// If it can't be built or doesn't become ready.
    pub fn start(card: &Card) -> Result<Self> {
        Self::start_with(card, ALWAYS)
    }

    /// The same with these service hours, a calendar document.
    ///
    /// # Errors
    /// As [`PortalProgram::start`].
    pub fn start_with(card: &Card, hours: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let trust = folder.path().join("authority.pem");
        std::fs::write(&trust, card.authority())?;
        std::fs::write(folder.path().join("hours.json"), hours)?;
        std::fs::create_dir(folder.path().join("mails"))?;
        let mut child = command(folder.path(), &["serve"])?
            .args(["--listen", "127.0.0.1:0", "--revocation", "off", "--trust"])
            .arg(&trust)
            .arg("--mail-folder")
            .arg(folder.path().join("mails"))
            // Tests are quicker than people.
            .args(["--limit-browser", "off"])
            .stderr(Stdio::piped())
            .spawn()?;
        let stderr = BufReader::new(child.stderr.take().ok_or("no standard error")?);
        let log = Arc::<Mutex<String>>::default();
        let kept = Arc::clone(&log);
        let (sender, ready) = mpsc::channel();
        thread::spawn(move || {
            for line in stderr.lines().map_while(std::result::Result::ok) {
                if let Some(address) = line.strip_prefix(READY) {
                    // A test that doesn't wait any more needs nothing.
                    let _ = sender.send(address.split_whitespace().next().unwrap_or_default().to_owned());
                }
                let mut log = kept.lock().unwrap_or_else(PoisonError::into_inner);
                log.push_str(&line);
                log.push('\n');
            }
        });
        let mut portal = Self { child, issuer: String::new(), folder, log };
        let address =
            ready.recv_timeout(PATIENCE).map_err(|_| format!("the portal doesn't become ready:\n{}", portal.log()))?;
        portal.issuer = address.trim_end_matches('/').to_owned();
        Ok(portal)
    }

    /// Its address, as it stands in tokens.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The text of the only mail so far.
    ///
    /// # Errors
    /// If there is none, or more than one.
    pub fn mail(&self) -> Result<String> {
        let mails: Vec<_> = std::fs::read_dir(self.folder.path().join("mails"))?.collect::<std::io::Result<_>>()?;
        let [mail] = mails.as_slice() else { return Err(format!("{} mails", mails.len()).into()) };
        let message = std::fs::read_to_string(mail.path())?;
        let (_, body) = message.split_once("\r\n\r\n").ok_or("the mail has no text")?;
        Ok(String::from_utf8(BASE64_STANDARD.decode(body.replace("\r\n", ""))?)?)
    }

    /// What a command of the program for the same database says.
    ///
    /// # Errors
    /// If it fails.
    pub fn run(&self, arguments: &[&str]) -> Result<String> {
        self.run_with(arguments, "")
    }

    /// The same, with something to read on its standard input.
    ///
    /// # Errors
    /// As [`PortalProgram::run`].
    pub fn run_with(&self, arguments: &[&str], input: &str) -> Result<String> {
        let mut command = command(self.folder.path(), arguments)?;
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        child.stdin.take().ok_or("no standard input")?.write_all(input.as_bytes())?;
        let output = child.wait_with_output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            return Ok(text);
        }
        Err(format!("jpki-portal {}: {text}{}", arguments.join(" "), String::from_utf8_lossy(&output.stderr)).into())
    }
}

/// The program with its data in this folder, and nothing from the environment of the tests.
fn command(folder: &Path, arguments: &[&str]) -> Result<Command> {
    let mut command = Command::new(program("jpki-portal")?);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("JPKI_PORTAL_") {
            command.env_remove(name);
        }
    }
    command
        .args(arguments)
        .env("JPKI_PORTAL_DATABASE", format!("sqlite:{}", folder.join("portal.db").display()))
        .env("JPKI_PORTAL_SECRET", folder.join("portal.secret"))
        .env("JPKI_PORTAL_ENVIRONMENT", "test")
        .env("JPKI_PORTAL_CALENDAR", folder.join("hours.json"))
        .env("JPKI_PORTAL_ALLOW_PRIVATE_CLIENTS", "true")
        .stdin(Stdio::null());
    Ok(command)
}

impl Drop for PortalProgram {
    fn drop(&mut self) {
        // Errors mean that it is gone already, which is what was wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
