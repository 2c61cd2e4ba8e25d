//! The operator at the command line, beside a portal that runs.

use std::io::Write as _;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use tempfile::NamedTempFile;

use super::TestPortal;

/// An operator with the portal's database and secret.
pub(crate) struct Operator {
    database: String,
    secret: NamedTempFile,
}

impl Operator {
    pub(crate) fn of(portal: &TestPortal) -> Self {
        // Only its owner can read a temporary file.
        let mut secret = NamedTempFile::new().unwrap();
        writeln!(secret, "{}", BASE64_STANDARD.encode(TestPortal::SECRET)).unwrap();
        Self { database: portal.database.clone(), secret }
    }

    /// Runs `jpki-portal` with a command and its arguments. What it prints, or what it says went wrong.
    pub(crate) fn does(&self, command: &[&str]) -> Result<String, String> {
        let mut program = Command::new(env!("CARGO_BIN_EXE_jpki-portal"));
        program.args(command).args(["--environment", "test", "--database", &self.database, "--secret"]);
        let output = program.arg(self.secret.path()).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
    }

    /// Runs `jpki-portal` with a command for the whole database, and types something.
    pub(crate) fn reads(&self, command: &[&str], typed: &str) -> Result<String, String> {
        let mut program = Command::new(env!("CARGO_BIN_EXE_jpki-portal"));
        program.arg(command[0]).args(["--database", &self.database]).args(&command[1..]);
        let pipes = program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = pipes.spawn().unwrap();
        // A command that wants nothing may be over already.
        let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
        let output = child.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
    }
}
