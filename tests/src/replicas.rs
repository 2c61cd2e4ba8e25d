//! Portals as processes, replicas of one database, behind a proxy that hands each request to the next of them. Tests that
//! walk through the portal with a browser come in.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use tempfile::TempDir;

use crate::Result;
use crate::agent::program;

/// Tests run on third weekends, too.
const CALENDAR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../src/portal/assets/hours/always-open.json");

/// The longest head of a request.
const LONGEST_HEAD: usize = 64 * 1024;

/// Portals behind a proxy; they end when dropped.
#[derive(Debug)]
pub struct Portals {
    replicas: Vec<Replica>,
    proxy: Proxy,
    folder: TempDir,
    database: String,
}

#[derive(Debug)]
struct Replica {
    child: Child,
    log: Arc<Mutex<String>>,
    logger: Option<JoinHandle<()>>,
}

impl Portals {
    /// Starts `count` replicas for test cards of the authorities in `trust` (PEM), on a database: a URL, or an SQLite file
    /// in a folder of their own.
    ///
    /// # Errors
    /// If the program can't be built or doesn't start.
    pub fn start(count: usize, database: Option<String>, trust: &str, agent_port: u16) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let database = database.unwrap_or_else(|| format!("sqlite:{}", folder.path().join("portal.db").display()));
        let roots = folder.path().join("roots.pem");
        std::fs::write(&roots, trust)?;
        let mut portals = Self { replicas: Vec::new(), proxy: Proxy::start()?, folder, database };
        for _ in 0..count {
            let (replica, address) = portals.start_replica(&roots, agent_port)?;
            portals.replicas.push(replica);
            portals.proxy.add(address);
        }
        Ok(portals)
    }

    fn start_replica(&self, roots: &Path, agent_port: u16) -> Result<(Replica, SocketAddr)> {
        let mut child = self
            .command("serve")?
            .args(["--listen", "127.0.0.1:0", "--environment", "test", "--allow-private-clients"])
            .args(["--issuer", &self.issuer(), "--agent-port", &agent_port.to_string()])
            .args(["--revocation", "off", "--calendar", CALENDAR, "--trust"])
            .arg(roots)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let mut output = BufReader::new(child.stderr.take().ok_or("no standard error")?);
        let mut text = String::new();
        let address = loop {
            let start = text.len();
            if output.read_line(&mut text)? == 0 {
                child.wait()?;
                return Err(format!("the portal doesn't start: {text}").into());
            }
            if let Some((_, address)) = text[start..].split_once("(listening on ") {
                break address.trim().trim_end_matches(')').parse()?;
            }
        };
        let log = Arc::new(Mutex::new(text));
        let kept = Arc::clone(&log);
        let logger = thread::spawn(move || {
            for line in output.lines().map_while(std::result::Result::ok) {
                let mut log = kept.lock().unwrap_or_else(PoisonError::into_inner);
                log.push_str(&line);
                log.push('\n');
            }
        });
        Ok((Replica { child, log, logger: Some(logger) }, address))
    }

    /// The program with a command on this database.
    ///
    /// # Errors
    /// If it can't be built.
    pub fn command(&self, name: &str) -> Result<Command> {
        let mut command = Command::new(program("jpki-portal")?);
        command.arg(name).args(["--database", &self.database]).arg("--secret").arg(self.secret());
        Ok(command)
    }

    /// Where browsers find the portal.
    pub fn issuer(&self) -> String {
        format!("http://localhost:{}", self.proxy.port)
    }

    /// The file with the portal's secret.
    pub fn secret(&self) -> PathBuf {
        self.folder.path().join("portal.secret")
    }

    /// Kills a replica as a power cut would.
    ///
    /// # Errors
    /// If there is none with this number.
    pub fn kill(&mut self, replica: usize) -> Result<()> {
        let replica = self.replicas.get_mut(replica).ok_or("no such replica")?;
        replica.child.kill()?;
        replica.child.wait()?;
        Ok(())
    }

    /// How many requests each replica was handed.
    pub fn served(&self) -> Vec<usize> {
        self.proxy.shared.lock().iter().map(|replica| replica.served).collect()
    }

    /// What all replicas have logged so far.
    pub fn log(&self) -> String {
        let text = |replica: &Replica| replica.log.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.replicas.iter().map(text).collect()
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        // Errors mean that it is gone already, which is what was wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.logger.take().map(JoinHandle::join);
    }
}

/// Hands each request to the next replica that takes it. One request a connection, so that none stays with one replica.
#[derive(Debug)]
struct Proxy {
    port: u16,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    replicas: Mutex<Vec<Target>>,
    next: AtomicUsize,
    is_over: AtomicBool,
}

#[derive(Debug)]
struct Target {
    address: SocketAddr,
    served: usize,
}

impl Proxy {
    fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let shared = Arc::<Shared>::default();
        let known = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            for stream in listener.incoming().map_while(std::result::Result::ok) {
                if known.is_over.load(Ordering::SeqCst) {
                    return;
                }
                let known = Arc::clone(&known);
                thread::spawn(move || {
                    // Browsers open connections on the off chance and drop them: those fail here and concern nobody.
                    let _ = known.carry(stream);
                });
            }
        });
        Ok(Self { port, shared, thread: Some(thread) })
    }

    fn add(&self, address: SocketAddr) {
        self.shared.lock().push(Target { address, served: 0 });
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Target>> {
        self.replicas.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn carry(&self, mut browser: TcpStream) -> Result<()> {
        let mut request = Vec::new();
        let mut part = [0; 4096];
        let end = loop {
            match browser.read(&mut part)? {
                0 => return Ok(()),
                count => request.extend_from_slice(&part[..count]),
            }
            if let Some(end) = request.windows(4).position(|four| four == b"\r\n\r\n") {
                break end;
            }
            if request.len() > LONGEST_HEAD {
                return Err("a head without end".into());
            }
        };
        let (head, rest) = request.split_at(end);
        let head = std::str::from_utf8(head)?;
        let kept = head.split("\r\n").filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
        let head = kept.collect::<Vec<_>>().join("\r\n") + "\r\nConnection: close";
        let mut portal = self.connect()?;
        portal.write_all(&[head.as_bytes(), rest].concat())?;
        let (mut more, mut onwards) = (browser.try_clone()?, portal.try_clone()?);
        let sender = thread::spawn(move || std::io::copy(&mut more, &mut onwards));
        std::io::copy(&mut portal, &mut browser)?;
        browser.shutdown(Shutdown::Both)?;
        // It ended because the connection did.
        let _ = sender.join();
        Ok(())
    }

    /// A connection to the next replica; to the one after it, if that is gone.
    fn connect(&self) -> Result<TcpStream> {
        let addresses: Vec<_> = self.lock().iter().map(|replica| replica.address).collect();
        let first = self.next.fetch_add(1, Ordering::SeqCst);
        for turn in 0..addresses.len() {
            let place = (first + turn) % addresses.len();
            if let Ok(stream) = TcpStream::connect(addresses[place]) {
                self.lock()[place].served += 1;
                return Ok(stream);
            }
        }
        Err("no replica is there".into())
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::SeqCst);
        // Wakes the thread; without it there is nothing to wake.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
