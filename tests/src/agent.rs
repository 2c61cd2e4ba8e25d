//! The real agent as a process of a test's own: its own folders, a free port, a card in its own pcscd's reader, and the
//! prompt `auto-prompt` in the person's place. Tests that go through the agent from outside come in.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
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
    stdout: Receiver<String>,
    log: Arc<Mutex<String>>,
    logger: Option<JoinHandle<()>>,
}

impl Agent {
    /// Starts the agent on a free port, with `prompt` (see `auto-prompt`) and the readers of `pcscd`.
    ///
    /// # Errors
    /// If it can't be built or doesn't become ready.
    pub fn start(pcscd: &Pcscd, prompt: &Path) -> Result<Self> {
        Self::start_with(pcscd, prompt, |_| ())
    }

    /// The same, with arguments and environment as `adjust` leaves them.
    ///
    /// # Errors
    /// If it can't be built or doesn't become ready.
    pub fn start_with(pcscd: &Pcscd, prompt: &Path, adjust: impl FnOnce(&mut Command)) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut command = pcscd.command(program("jpki-bridge")?);
        command
            .args(["run", "--port", "0", "--no-tray", "--prompt"])
            .arg(prompt)
            .env("HOME", folder.path())
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_DATA_HOME")
            .env("XDG_RUNTIME_DIR", folder.path().join(".config"))
            .env("AUTO_PROMPT_SCRIPT", script(&folder));
        adjust(&mut command);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let stderr = child.stderr.take().ok_or("no standard error")?;
        let log = Arc::<Mutex<String>>::default();
        let kept = Arc::clone(&log);
        let logger = thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(std::result::Result::ok) {
                let mut log = kept.lock().unwrap_or_else(PoisonError::into_inner);
                log.push_str(&line);
                log.push('\n');
            }
        });
        let output = BufReader::new(child.stdout.take().ok_or("no standard output")?);
        let (sender, stdout) = mpsc::channel();
        thread::spawn(move || {
            for line in output.lines().map_while(std::result::Result::ok) {
                // A test that doesn't listen any more needs nothing.
                let _ = sender.send(line);
            }
        });
        let mut agent = Self { child, port: 0, folder, stdout, log, logger: Some(logger) };
        let line = agent.stdout.recv_timeout(START).unwrap_or_default();
        let port = line.split_once(READY).and_then(|(_, port)| port.parse().ok());
        agent.port = port.ok_or_else(|| format!("the agent doesn't become ready: {line}\n{}", agent.log()))?;
        Ok(agent)
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its home folder.
    pub fn home(&self) -> &Path {
        self.folder.path()
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks it to end, as a system that shuts down does.
    ///
    /// # Errors
    /// If it is gone already.
    pub fn terminate(&self) -> Result<()> {
        let process = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).ok_or("not a process")?;
        Ok(kill_process(process, Signal::TERM)?)
    }

    /// Waits for its end, and gives that and the whole log.
    ///
    /// # Errors
    /// If it doesn't end.
    pub fn ended(mut self) -> Result<(ExitStatus, String)> {
        // Its standard output ends with it.
        match self.stdout.recv_timeout(START) {
            Err(mpsc::RecvTimeoutError::Disconnected) => {}
            other => return Err(format!("the agent doesn't end: {other:?}").into()),
        }
        let status = self.child.wait()?;
        self.logger.take().map(JoinHandle::join);
        Ok((status, self.log()))
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

/// Names a folder of programs to use instead of such as the tests build: those of a release, to be measured.
const PROGRAMS: &str = "E2E_PROGRAMS";

/// Builds a program of the workspace as the tests were built, once, and says where it is.
///
/// # Errors
/// If it can't be built.
pub fn program(name: &'static str) -> Result<PathBuf> {
    if let Some(folder) = std::env::var_os(PROGRAMS) {
        return Ok(PathBuf::from(folder).join(name));
    }
    static BUILT: OnceLock<Mutex<Vec<(&str, PathBuf)>>> = OnceLock::new();
    let mut built = BUILT.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, path)) = built.iter().find(|(known, _)| *known == name) {
        return Ok(path.clone());
    }
    let path = build(name)?;
    built.push((name, path.clone()));
    Ok(path)
}

fn build(name: &str) -> Result<PathBuf> {
    let package = if name == "jpki-verify" { "jpki-trust" } else { name };
    // A test runs as `target/PROFILE/deps/NAME-HASH`.
    let test = std::env::current_exe()?;
    let folder = test.parent().and_then(Path::parent).ok_or("the test stands in no target folder")?;
    let target = folder.parent().ok_or("the test stands in no target folder")?;
    let release = folder.file_name().is_some_and(|name| name == "release");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--package", package, "--bin", name, "--target-dir"]).arg(target);
    if release {
        cargo.arg("--release");
    }
    if !cargo.status()?.success() {
        return Err(format!("{name} can't be built").into());
    }
    Ok(folder.join(name))
}
