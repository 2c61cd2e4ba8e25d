//! A proxy that hands each request to the next replica that takes it. One request a connection, so that none stays with one replica.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use crate::Result;

/// The longest head of a request.
const LONGEST_HEAD: usize = 64 * 1024;

/// A running proxy; ends when dropped.
#[derive(Debug)]
pub(super) struct Proxy {
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
    pub(super) fn start() -> Result<Self> {
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

    /// Where browsers find it.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Hands requests to this replica, too.
    pub(super) fn add(&self, address: SocketAddr) {
        self.shared.lock().push(Target { address, served: 0 });
    }

    /// How many requests each replica was handed.
    pub(super) fn served(&self) -> Vec<usize> {
        self.shared.lock().iter().map(|replica| replica.served).collect()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Vec<Target>> {
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
