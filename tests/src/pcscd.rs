//! A pcscd of a test's own, with vpcd's virtual reader: its own mount namespace, folder, socket and port, so that any number
//! run beside each other and beside the machine's. Tests that need a real PC/SC stack come in and reach it through
//! [`Pcscd::command`] or the environment variable [`SOCKET_VARIABLE`]. It never touches the machine's `/run/pcscd` and
//! leaves nothing behind.
//!
//! Needs the Debian packages pcscd and vsmartcard-vpcd, and root or user namespaces.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead as _, BufReader, Read};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::Result;

/// Where libpcsclite looks for the socket's path.
pub const SOCKET_VARIABLE: &str = "PCSCLITE_CSOCK_NAME";
/// The first reader of every instance, the one [`Pcscd::vpcd_address`] leads to.
pub const READER: &str = "Virtual PCD 00 00";

/// Lives for as long as its standard input is open: pcscd ends with the test's process, however that ends. Only pcscd holds
/// the outputs, so that its end shows there. The folder of pcscd's socket is there only where a service manager made it.
const SCRIPT: &str = r#"
[ -d /run/pcscd ] || { mount -t tmpfs tmpfs /run && mkdir /run/pcscd; } || exit
mount --bind "$1" /run/pcscd || exit
pcscd --foreground --info --config "$2" </dev/null &
exec >/dev/null 2>&1
cat
kill -KILL $!
wait
"#;
const DRIVER: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
/// A start takes some 10 ms; the rest is for machines under load.
const START: Duration = Duration::from_secs(20);
/// Two free ports can be taken by others before vpcd has them.
const PORT_TRIES: usize = 5;

/// A running pcscd; ends when dropped.
#[derive(Debug)]
pub struct Pcscd {
    folder: TempDir,
    port: u16,
    has_reader: bool,
    child: Option<Child>,
    log: Arc<Log>,
}

/// What pcscd has logged.
#[derive(Debug, Default)]
struct Log {
    text: Mutex<String>,
    grown: Condvar,
}

impl Log {
    fn text(&self) -> MutexGuard<'_, String> {
        self.text.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pcscd {
    /// Starts an instance and returns when it takes clients and cards.
    ///
    /// # Errors
    /// If something it needs isn't installed or allowed; the message has pcscd's log.
    pub fn start() -> Result<Self> {
        Self::start_one(true)
    }

    /// The same on a machine without any reader.
    ///
    /// # Errors
    /// As [`Pcscd::start`].
    pub fn start_without_reader() -> Result<Self> {
        Self::start_one(false)
    }

    fn start_one(has_reader: bool) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("pcscd-").tempdir()?;
        fs::create_dir(folder.path().join("run"))?;
        fs::create_dir(folder.path().join("conf"))?;
        let mut pcscd = Self { folder, port: 0, has_reader, child: None, log: Arc::default() };
        for _ in 0..PORT_TRIES {
            pcscd.port = free_pair_of_ports()?;
            if pcscd.run()? {
                return Ok(pcscd);
            }
            pcscd.stop();
        }
        Err(format!("no free port for vpcd in {PORT_TRIES} tries:\n{}", pcscd.log()).into())
    }

    /// The socket clients connect to.
    pub fn socket(&self) -> PathBuf {
        self.run_folder().join("pcscd.comm")
    }

    /// Where a card connects to, as `host:port`.
    pub fn vpcd_address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// A program that will talk to this instance.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env(SOCKET_VARIABLE, self.socket());
        command
    }

    /// pcscd's process, while it runs.
    pub fn id(&self) -> Option<u32> {
        let text = fs::read_to_string(self.run_folder().join("pcscd.pid")).ok()?;
        // pcscd writes the terminating NUL, too.
        text.trim_end_matches(['\n', '\0']).parse().ok()
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        self.log.text().clone()
    }

    /// Returns once it knows that no card is in the first reader; it looks every 400 ms. A card that is put in before
    /// that is the old one to it.
    ///
    /// # Errors
    /// If a card stays there.
    pub fn notices_removal(&self) -> Result<()> {
        if self.child.is_none() {
            return Ok(());
        }
        let last = |text: &str, event: &str| text.rfind(&format!("{event} {READER}"));
        let holds_card = |text: &mut String| last(text, "Card inserted into") > last(text, "Card Removed From");
        let (log, waited) = self
            .log
            .grown
            .wait_timeout_while(self.log.text(), START, holds_card)
            .unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() { Err(format!("the card stays in the reader:\n{log}").into()) } else { Ok(()) }
    }

    /// Ends it at once, as a crash would. Clients and cards lose their connections.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.stdin.take());
            // An error means that it is gone already, which is what was wanted.
            let _ = child.wait();
        }
    }

    /// Starts it again after [`Pcscd::stop`], with the same socket and port.
    ///
    /// # Errors
    /// If it doesn't start; the message has its log.
    pub fn start_again(&mut self) -> Result<()> {
        self.stop();
        if self.run()? { Ok(()) } else { Err(format!("vpcd's port was taken:\n{}", self.log()).into()) }
    }

    fn run_folder(&self) -> PathBuf {
        self.folder.path().join("run")
    }

    /// pcscd calls itself ready a moment before it listens.
    fn wait_for_socket(&self) -> Result<()> {
        let end = Instant::now() + START;
        while let Err(error) = UnixStream::connect(self.socket()) {
            if Instant::now() > end {
                return Err(format!("pcscd's socket: {error}\n{}", self.log()).into());
            }
            thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// False if vpcd didn't get its port.
    fn run(&mut self) -> Result<bool> {
        let configuration = self.folder.path().join("conf");
        if self.has_reader {
            fs::write(configuration.join("vpcd"), configuration_for(self.port))?;
        }
        for stale in ["pcscd.comm", "pcscd.pid"] {
            // Usually there is none.
            let _ = fs::remove_file(self.run_folder().join(stale));
        }
        let mut command = Command::new("unshare");
        if !rustix::process::geteuid().is_root() {
            command.arg("--map-root-user");
        }
        // pcscd knows one folder for its socket, so that folder becomes ours inside a mount namespace.
        command.args(["--mount", "sh", "-c", SCRIPT, "sh"]).arg(self.run_folder()).arg(&configuration);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|e| format!("unshare can't be started: {e}"))?;
        let (sender, events) = mpsc::channel();
        let outputs: [Option<Box<dyn Read + Send>>; 2] =
            [child.stdout.take().map(|o| Box::new(o) as _), child.stderr.take().map(|o| Box::new(o) as _)];
        for output in outputs.into_iter().flatten() {
            let (sender, log) = (sender.clone(), Arc::clone(&self.log));
            thread::spawn(move || follow(output, &log, &sender));
        }
        drop(sender);
        self.child = Some(child);
        match events.recv_timeout(START) {
            Ok(Event::Ready) => self.wait_for_socket().map(|()| true),
            Ok(Event::PortTaken) => Ok(false),
            Err(RecvTimeoutError::Disconnected) => Err(format!(
                "pcscd did not start (needs pcscd, vsmartcard-vpcd, and root or user namespaces):\n{}",
                self.log()
            )
            .into()),
            Err(RecvTimeoutError::Timeout) => {
                Err(format!("pcscd is not ready after {START:?}:\n{}", self.log()).into())
            }
        }
    }
}

impl Drop for Pcscd {
    fn drop(&mut self) {
        self.stop();
    }
}

enum Event {
    Ready,
    PortTaken,
}

/// Keeps what pcscd logs and tells of the lines that matter. Reads to the end, or pcscd would stop at a full pipe.
fn follow(output: impl Read, log: &Log, events: &mpsc::Sender<Event>) {
    for line in BufReader::new(output).lines().map_while(std::io::Result::ok) {
        let event = if line.contains("daemon ready") {
            Some(Event::Ready)
        } else if line.contains("Open Port") && line.contains("Failed") {
            Some(Event::PortTaken)
        } else {
            None
        };
        {
            let mut text = log.text();
            text.push_str(&line);
            text.push('\n');
        }
        log.grown.notify_all();
        if let Some(event) = event {
            // Nobody listens any more once the start is decided.
            let _ = events.send(event);
        }
    }
}

fn configuration_for(port: u16) -> String {
    format!("FRIENDLYNAME \"Virtual PCD\"\nDEVICENAME /dev/null:{port:#06X}\nLIBPATH {DRIVER}\nCHANNELID {port:#06X}\n")
        .replace("0X", "0x")
}

/// vpcd has two slots: a port each, one after the other.
fn free_pair_of_ports() -> Result<u16> {
    for _ in 0..100 {
        let first = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0))?;
        let port = first.local_addr()?.port();
        if port.checked_add(1).is_some_and(|next| TcpListener::bind((Ipv4Addr::UNSPECIFIED, next)).is_ok()) {
            return Ok(port);
        }
    }
    Err("no two free ports beside each other".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn instances_run_beside_each_other_and_leave_nothing_behind() {
        let all: Vec<_> = (0..3).map(|_| thread::spawn(|| Pcscd::start().unwrap())).collect();
        let all: Vec<Pcscd> = all.into_iter().map(|start| start.join().unwrap()).collect();
        for pcscd in &all {
            UnixStream::connect(pcscd.socket()).unwrap();
            std::net::TcpStream::connect(pcscd.vpcd_address()).unwrap();
        }
        let folders: Vec<_> = all.iter().map(|pcscd| pcscd.folder.path().to_owned()).collect();
        let processes: Vec<_> = all.iter().map(|pcscd| format!("/proc/{}", pcscd.id().unwrap())).collect();
        drop(all);
        assert!(folders.iter().all(|folder| !folder.exists()));
        assert!(processes.iter().all(|process| !Path::new(process).exists()));
    }

    #[test]
    fn it_starts_again_at_the_same_place() {
        let mut pcscd = Pcscd::start().unwrap();
        let (socket, address) = (pcscd.socket(), pcscd.vpcd_address());
        pcscd.stop();
        assert!(UnixStream::connect(&socket).is_err());
        pcscd.start_again().unwrap();
        UnixStream::connect(&socket).unwrap();
        assert_eq!(pcscd.vpcd_address(), address);
    }
}
