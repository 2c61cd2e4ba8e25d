//! The real agent as a process of a test's own: its own folders, a free port, a card in its own pcscd's reader, and the
//! prompt `auto-prompt` in the person's place. Tests that go through the agent from outside come in.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use tempfile::TempDir;

use crate::Result;
use crate::pcscd::Pcscd;

/// How long the agent may take to say that it is ready; it takes milliseconds on a machine that is not busy.
const START: Duration = Duration::from_secs(30);

/// What the agent says when it is ready, before its port.
const READY: &str = "is ready on port ";

/// A running agent; ends when dropped.
#[derive(Debug)]
pub struct Agent {
    child: Child,
    port: u16,
    folder: TempDir,
}

impl Agent {
    /// Starts the agent on a free port, with `prompt` (see `auto-prompt`) and the readers of `pcscd`.
    ///
    /// # Errors
    /// If it can't be built or doesn't become ready.
    pub fn start(pcscd: &Pcscd, prompt: &Path) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut command = pcscd.command(program("jpki-bridge")?);
        command
            .args(["run", "--port", "0", "--no-tray", "--prompt"])
            .arg(prompt)
            .env("HOME", folder.path())
            .env_remove("XDG_CONFIG_HOME")
            .env("AUTO_PROMPT_SCRIPT", script(&folder))
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let stdout = child.stdout.take().ok_or("no standard output")?;
        let mut agent = Self { child, port: 0, folder };
        let (found, wanted) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(std::result::Result::ok) {
                if let Some((_, port)) = line.split_once(READY) {
                    // Said once; nobody listens any more if it comes too late.
                    let _ = found.send(port.to_owned());
                }
            }
        });
        agent.port = wanted.recv_timeout(START).map_err(|_| "the agent doesn't become ready")?.parse()?;
        Ok(agent)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What the prompt does from the next operation on; the lines of `auto-prompt`'s script.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn prompt_will(&self, turns: &[&str]) -> Result<()> {
        Ok(std::fs::write(script(&self.folder), turns.join("\n"))?)
    }

    /// What the agent has told the last prompt, a JSON message a line.
    ///
    /// # Errors
    /// If there was no prompt yet.
    pub fn told_prompt(&self) -> Result<String> {
        Ok(std::fs::read_to_string(script(&self.folder).with_added_extension("log"))?)
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        // Errors mean that it is gone already, which is what was wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn script(folder: &TempDir) -> PathBuf {
    folder.path().join("prompt")
}

/// Builds a program of the workspace as the tests were built, and says where it is.
fn program(package: &str) -> Result<PathBuf> {
    // A test runs as `target/PROFILE/deps/NAME-HASH`.
    let test = std::env::current_exe()?;
    let folder = test.parent().and_then(Path::parent).ok_or("the test stands in no target folder")?;
    let target = folder.parent().ok_or("the test stands in no target folder")?;
    let release = folder.file_name().is_some_and(|name| name == "release");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--package", package, "--bin", package, "--target-dir"]).arg(target);
    if release {
        cargo.arg("--release");
    }
    if !cargo.status()?.success() {
        return Err(format!("{package} can't be built").into());
    }
    Ok(folder.join(package))
}
