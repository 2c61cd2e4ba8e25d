//! Taking a port on both loopback addresses, and never on another.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use jpki_protocol::PORTS;
use tokio::net::{TcpListener, TcpStream};

/// Why no port could be taken.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Every port that may be used belongs to another program.
    #[error("port {ports} is in use by another program. End that program, or choose a port with --port", ports = list(.0))]
    InUse(Vec<u16>),
    /// The system refuses.
    #[error("no port on 127.0.0.1 could be taken: {0}")]
    Io(#[from] io::Error),
}

fn list(ports: &[u16]) -> String {
    ports.iter().map(u16::to_string).collect::<Vec<_>>().join(", ")
}

/// A port, taken on 127.0.0.1 and, where the system has it, on ::1.
#[derive(Debug)]
pub struct Listeners {
    v4: TcpListener,
    v6: Option<TcpListener>,
    port: u16,
}

impl Listeners {
    /// Takes `port`, or the first free one of [`PORTS`]. Must be called inside a runtime.
    ///
    /// # Errors
    /// [`ListenError`]
    pub fn bind(port: Option<u16>) -> Result<Self, ListenError> {
        let ports = port.map_or(PORTS.to_vec(), |port| vec![port]);
        for &port in &ports {
            match bind_both(port) {
                Ok(listeners) => return Ok(listeners),
                Err(error) if is_taken(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(ListenError::InUse(ports))
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    pub(super) async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        match &self.v6 {
            Some(v6) => tokio::select! {
                accepted = self.v4.accept() => accepted,
                accepted = v6.accept() => accepted,
            },
            None => self.v4.accept().await,
        }
    }
}

fn bind_both(port: u16) -> io::Result<Listeners> {
    let v4 = bind((Ipv4Addr::LOCALHOST, port).into())?;
    // With port 0 the system chose one: the other address takes the same.
    let port = v4.local_addr()?.port();
    let v6 = match bind((Ipv6Addr::LOCALHOST, port).into()) {
        Ok(v6) => Some(v6),
        Err(error) if is_taken(&error) => return Err(error),
        // A system without IPv6 has no ::1.
        Err(_) => None,
    };
    Ok(Listeners { v4, v6, port })
}

/// The standard library sets `SO_REUSEADDR`, which on Unix shares no port that is listened on.
#[cfg(not(windows))]
fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = std::net::TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

/// How many connections may wait to be accepted: as many as with the standard library.
#[cfg(windows)]
const BACKLOG: u32 = 128;

/// The port is claimed before it is taken: afterwards Windows refuses (Winsock, `SO_EXCLUSIVEADDRUSE`).
#[cfg(windows)]
fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    use tokio::net::TcpSocket;
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    crate::os::claim_exclusively(&socket)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Whether a port belongs to somebody else. Windows also says "access denied": of a port that another user's program
/// claimed, and of those that it keeps for itself (`netsh interface ipv4 show excludedportrange tcp`).
fn is_taken(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::AddrInUse || (cfg!(windows) && error.kind() == io::ErrorKind::PermissionDenied)
}
