//! `jpki-portal` as a process of a test's own: its own folder, a free port, and the authority of the test's card.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
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
    process: Process,
    folder: TempDir,
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
        let calendar = folder.path().join("hours.json");
        std::fs::write(&calendar, hours)?;
        std::fs::create_dir(folder.path().join("mails"))?;
        let mut command = command(folder.path(), &["serve"])?;
        command
            .args(["--listen", "127.0.0.1:0", "--revocation", "off", "--trust"])
            .arg(&trust)
            .arg("--calendar")
            .arg(&calendar)
            .arg("--mail-folder")
            .arg(folder.path().join("mails"))
            // Tests are quicker than people.
            .args(["--limit-browser", "off"]);
        Ok(Self { process: Process::start(command)?, folder })
    }

    /// Its address, as it stands in tokens.
    pub fn issuer(&self) -> &str {
        self.process.issuer()
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        self.process.log()
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
        said(command(self.folder.path(), arguments)?, input)
    }
}

/// A process that serves; ends when dropped.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    /// What it said of its addresses when it became ready.
    ready: String,
    log: Arc<Mutex<String>>,
}

impl Process {
    /// Starts it and waits until it is ready.
    pub(super) fn start(mut command: Command) -> Result<Self> {
        let mut child = command.stderr(Stdio::piped()).spawn()?;
        let stderr = BufReader::new(child.stderr.take().ok_or("no standard error")?);
        let log = Arc::<Mutex<String>>::default();
        let kept = Arc::clone(&log);
        let (sender, ready) = mpsc::channel();
        thread::spawn(move || {
            for line in stderr.lines().map_while(std::result::Result::ok) {
                if let Some(addresses) = line.strip_prefix(READY) {
                    // A test that doesn't wait any more needs nothing.
                    let _ = sender.send(addresses.trim().to_owned());
                }
                let mut log = kept.lock().unwrap_or_else(PoisonError::into_inner);
                log.push_str(&line);
                log.push('\n');
            }
        });
        let mut process = Self { child, ready: String::new(), log };
        process.ready =
            ready.recv_timeout(PATIENCE).map_err(|_| format!("the portal doesn't become ready:\n{}", process.log()))?;
        Ok(process)
    }

    fn issuer(&self) -> &str {
        self.ready.split_whitespace().next().unwrap_or_default().trim_end_matches('/')
    }

    /// Where it listens.
    pub(super) fn address(&self) -> Result<SocketAddr> {
        let address = self.ready.split_once("(listening on ").and_then(|(_, address)| address.strip_suffix(')'));
        Ok(address.ok_or("the portal doesn't say where it listens")?.parse()?)
    }

    /// What it has logged so far.
    pub(super) fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends it as a power cut would.
    pub(super) fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Errors mean that it is gone already, which is what was wanted.
        let _ = self.kill();
    }
}

/// The program with its data in this folder, and nothing from the environment of the tests.
pub(super) fn command(folder: &Path, arguments: &[&str]) -> Result<Command> {
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
        .env("JPKI_PORTAL_ALLOW_PRIVATE_CLIENTS", "true")
        .stdin(Stdio::null());
    Ok(command)
}

/// What a command says that reads this and ends by itself.
pub(super) fn said(mut command: Command, input: &str) -> Result<String> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    child.stdin.take().ok_or("no standard input")?.write_all(input.as_bytes())?;
    let output = child.wait_with_output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(text);
    }
    Err(format!("{:?}: {text}{}", command.get_args(), String::from_utf8_lossy(&output.stderr)).into())
}
