//! The person, played live by a test: each window the agent opens is a connection that the test reads from and types
//! into. Tests that need more than `auto-prompt`'s scripts come in, through the program `relay-prompt`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, JoinHandle};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::Result;
use crate::page::PATIENCE;

/// Names the socket to `relay-prompt`.
pub const SOCKET_VARIABLE: &str = "RELAY_PROMPT_SOCKET";

/// Waits for windows.
#[derive(Debug)]
pub struct Person {
    folder: TempDir,
    windows: Receiver<UnixStream>,
    away: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// One window: one process of `relay-prompt`.
#[derive(Debug)]
pub struct Window {
    process: Pid,
    lines: BufReader<UnixStream>,
}

impl Person {
    /// A person who looks at the screen from now on.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let listener = UnixListener::bind(socket(folder.path()))?;
        let (sender, windows) = channel();
        let away = Arc::new(AtomicBool::new(false));
        let gone = Arc::clone(&away);
        let thread = thread::spawn(move || {
            for window in listener.incoming().map_while(std::result::Result::ok) {
                if gone.load(Ordering::SeqCst) || sender.send(window).is_err() {
                    return;
                }
            }
        });
        Ok(Self { folder, windows, away, thread: Some(thread) })
    }

    /// Where windows connect to.
    pub fn socket(&self) -> PathBuf {
        socket(self.folder.path())
    }

    /// The next window that opens.
    ///
    /// # Errors
    /// If none does.
    pub fn window(&self) -> Result<Window> {
        let stream = self.windows.recv_timeout(PATIENCE).map_err(|_| "no window opens")?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut lines = BufReader::new(stream);
        let mut process = String::new();
        lines.read_line(&mut process)?;
        let process = Pid::from_raw(process.trim().parse()?).ok_or("not a process")?;
        Ok(Window { process, lines })
    }

    /// Whether a window opened that nobody took yet.
    pub fn sees_another_window(&self) -> bool {
        self.windows.try_recv().is_ok()
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        self.away.store(true, Ordering::SeqCst);
        // Wakes the thread; without it there is nothing to wake.
        let _ = UnixStream::connect(self.socket());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn socket(folder: &Path) -> PathBuf {
    folder.join("window")
}

impl Window {
    /// The next message of the agent.
    ///
    /// # Errors
    /// If none comes: the window was closed, or nothing happens.
    pub fn hear(&mut self) -> Result<Value> {
        let mut line = String::new();
        if self.lines.read_line(&mut line)? == 0 {
            return Err("the window's process ended".into());
        }
        Ok(serde_json::from_str(&line)?)
    }

    /// The next message that is `wanted`, past all others.
    ///
    /// # Errors
    /// If none comes.
    pub fn until(&mut self, mut wanted: impl FnMut(&Value) -> bool) -> Result<Value> {
        loop {
            let message = self.hear()?;
            if wanted(&message) {
                return Ok(message);
            }
            if message["type"] == "close" {
                return Err(format!("the window was closed: {message}").into());
            }
        }
    }

    /// The next message of this type.
    ///
    /// # Errors
    /// If none comes.
    pub fn until_type(&mut self, kind: &str) -> Result<Value> {
        self.until(|message| message["type"] == kind)
    }

    /// Waits until the window shows a card that can be used.
    ///
    /// # Errors
    /// If none comes.
    pub fn until_ready(&mut self) -> Result<Value> {
        self.until(|message| message["type"] == "status" && message["card"] == "ready")
    }

    /// Sends a message.
    ///
    /// # Errors
    /// If the process is gone.
    pub fn say(&mut self, message: &Value) -> Result<()> {
        self.say_bytes(format!("{message}\n").as_bytes())
    }

    /// Sends any bytes.
    ///
    /// # Errors
    /// If the process is gone.
    pub fn say_bytes(&mut self, bytes: &[u8]) -> Result<()> {
        Ok(self.lines.get_mut().write_all(bytes)?)
    }

    /// Types a PIN and consents.
    ///
    /// # Errors
    /// If the process is gone.
    pub fn accept(&mut self, pin: &str) -> Result<()> {
        self.say(&json!({ "type": "accept", "pin": pin, "remember": false, "lastTryConfirmed": false }))
    }

    /// Declines.
    ///
    /// # Errors
    /// If the process is gone.
    pub fn cancel(&mut self) -> Result<()> {
        self.say(&json!({ "type": "cancel" }))
    }

    /// Makes the process close its standard output and live on.
    ///
    /// # Errors
    /// If the process is gone.
    pub fn close_output(&self) -> Result<()> {
        Ok(self.lines.get_ref().shutdown(Shutdown::Write)?)
    }

    /// Kills the process, as a crash would.
    ///
    /// # Errors
    /// If it is gone already.
    pub fn kill(&self) -> Result<()> {
        Ok(kill_process(self.process, Signal::KILL)?)
    }

    /// Waits until the process is no more, whatever it was still told.
    ///
    /// # Errors
    /// If it lives on.
    pub fn ended(mut self) -> Result<()> {
        let mut rest = Vec::new();
        match self.lines.read_to_end(&mut rest) {
            Err(error) if error.kind() != std::io::ErrorKind::ConnectionReset => Err(error.into()),
            _ => Ok(()),
        }
    }
}
