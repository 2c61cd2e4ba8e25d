//! Linux: whose socket is at the other end of a loopback connection.

use std::io;
use std::net::{IpAddr, SocketAddr};

use rustix::process::geteuid;

/// Whether the socket `peer`, connected to our `local`, belongs to the user of this process.
///
/// # Errors
/// The system's, where its tables can't be read; the connection is then refused.
pub(crate) fn same_user(peer: SocketAddr, local: SocketAddr) -> io::Result<bool> {
    let uid = geteuid().as_raw();
    // A program may reach 127.0.0.1 through an IPv6 socket: it then stands in the second table.
    let tables: &[&str] = match peer.ip() {
        IpAddr::V4(_) => &["/proc/net/tcp", "/proc/net/tcp6"],
        IpAddr::V6(_) => &["/proc/net/tcp6"],
    };
    for table in tables {
        // The kernel was built without IPv6: then nothing came in by it either.
        let Ok(text) = std::fs::read_to_string(table) else { continue };
        if let Some(owner) = owner_in(&text, peer, local) {
            return Ok(owner == uid);
        }
    }
    Ok(false)
}

/// Finds the row of the socket whose own end is `own` and whose other end is `other`
/// (proc_pid_net(5): columns 2, 3 and 8).
fn owner_in(table: &str, own: SocketAddr, other: SocketAddr) -> Option<u32> {
    let own = [encode(own, false), encode(own, true)];
    let other = [encode(other, false), encode(other, true)];
    table.lines().skip(1).find_map(|line| {
        let mut columns = line.split_ascii_whitespace();
        let (local, remote) = (columns.nth(1)?, columns.next()?);
        let matches = own.iter().any(|text| text == local) && other.iter().any(|text| text == remote);
        matches.then(|| columns.nth(4)?.parse().ok()).flatten()
    })
}

/// An address as the table writes it: words of 32 bits in the machine's byte order, in hexadecimal.
fn encode(address: SocketAddr, mapped: bool) -> String {
    let words: Vec<[u8; 4]> = match address.ip() {
        IpAddr::V4(ip) if !mapped => vec![ip.octets()],
        IpAddr::V4(ip) => words_of(&ip.to_ipv6_mapped().octets()),
        IpAddr::V6(ip) => words_of(&ip.octets()),
    };
    let mut text: String = words.into_iter().map(|word| format!("{:08X}", u32::from_ne_bytes(word))).collect();
    text.push_str(&format!(":{:04X}", address.port()));
    text
}

fn words_of(octets: &[u8; 16]) -> Vec<[u8; 4]> {
    octets.chunks_exact(4).map(|word| [word[0], word[1], word[2], word[3]]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn a_socket_of_this_process_is_this_users() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let Ok(listener) = TcpListener::bind(address) else { continue };
            let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let (server, peer) = listener.accept().unwrap();
            assert!(same_user(peer, server.local_addr().unwrap()).unwrap(), "{address}");
            drop(client);
        }
    }

    #[test]
    fn the_owner_is_read_from_the_row_of_the_peer() {
        if cfg!(target_endian = "big") {
            return;
        }
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
            0: 0100007F:9881 00000000:0000 0A 00000000:00000000 00:00000000 00000000     7        0 1 1\n\
            1: 0100007F:9881 0100007F:C350 01 00000000:00000000 00:00000000 00000000     7        0 2 1\n\
            2: 0100007F:C350 0100007F:9881 01 00000000:00000000 00:00000000 00000000  1001        0 3 1\n";
        let (peer, local) = ("127.0.0.1:50000".parse().unwrap(), "127.0.0.1:39041".parse().unwrap());
        assert_eq!(owner_in(table, peer, local), Some(1001));
        assert_eq!(owner_in(table, "127.0.0.1:50001".parse().unwrap(), local), None);
        let mapped = "header\n 0: 0000000000000000FFFF00000100007F:C350 0000000000000000FFFF00000100007F:9881 01 0:0 0:0 0 42 0 1\n";
        assert_eq!(owner_in(mapped, peer, local), Some(42));
    }

    #[test]
    fn a_socket_nobody_has_is_nobodys() {
        let nobody = "127.0.0.1:1".parse().unwrap();
        assert!(!same_user(nobody, "127.0.0.1:2".parse().unwrap()).unwrap());
    }
}
