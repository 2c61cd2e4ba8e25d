//! Knocking at a port as a page would: `GET /v1/health` with an origin that the agent admits (protocol, section 1).

use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::doctor::findings::DialAnswer;

/// How long one address may take.
const PATIENCE: Duration = Duration::from_millis(1500);

/// The most bytes of an answer that are looked at; the agent's has some hundred.
const MAX_ANSWER: usize = 4096;

/// The origin that is named where every site may ask. No site can have it (RFC 6761, section 6.4), so nobody has blocked it.
pub(super) const ORIGIN: &str = "https://doctor.invalid";

/// Knocks as a page of `origin`.
pub(super) fn dial(ip: IpAddr, port: u16, origin: &str) -> DialAnswer {
    let address = SocketAddr::new(ip, port);
    let mut stream = match TcpStream::connect_timeout(&address, PATIENCE) {
        Ok(stream) => stream,
        Err(error) => {
            return match error.kind() {
                io::ErrorKind::ConnectionRefused => DialAnswer::Free,
                io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => DialAnswer::Silent,
                // The computer has no such address: EADDRNOTAVAIL, ENETUNREACH, EAFNOSUPPORT.
                _ => DialAnswer::NoAddress,
            };
        }
    };
    match ask(&mut stream, address, origin) {
        Ok(answer) if answer.is_empty() => DialAnswer::Foreign,
        Ok(answer) => judge(&answer, origin),
        Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => DialAnswer::Silent,
        Err(_) => DialAnswer::Foreign,
    }
}

/// Asks, and reads until the other side has said all.
fn ask(stream: &mut TcpStream, address: SocketAddr, origin: &str) -> io::Result<Vec<u8>> {
    stream.set_write_timeout(Some(PATIENCE))?;
    let request =
        format!("GET /v1/health HTTP/1.1\r\nHost: {address}\r\nOrigin: {origin}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let (mut answer, mut buffer) = (Vec::new(), [0; 1024]);
    let end = Instant::now() + PATIENCE;
    while answer.len() < MAX_ANSWER {
        // Zero would mean no limit.
        let left = end.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut buffer)? {
            0 => break,
            read => answer.extend_from_slice(&buffer[..read]),
        }
    }
    Ok(answer)
}

fn judge(answer: &[u8], origin: &str) -> DialAnswer {
    let mut fields = [httparse::EMPTY_HEADER; 32];
    let mut response = httparse::Response::new(&mut fields);
    let Ok(httparse::Status::Complete(length)) = response.parse(answer) else { return DialAnswer::Foreign };
    let admitted = response.headers.iter().any(|field| {
        field.name.eq_ignore_ascii_case("access-control-allow-origin") && field.value == origin.as_bytes()
    });
    let health: Option<serde_json::Value> = serde_json::from_slice(&answer[length..]).ok();
    let is_agent = health.is_some_and(|health| health["service"] == "jpki-bridge");
    match response.code {
        Some(200) if is_agent && admitted => DialAnswer::Agent,
        Some(403 | 429) => DialAnswer::Refuses,
        _ => DialAnswer::Foreign,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Ipv4Addr, TcpListener};

    #[test]
    fn the_agent_is_known_by_its_health_and_by_letting_us_in() {
        let health = r#"{"service":"jpki-bridge","protocols":[1]}"#;
        for (answer, expected) in [
            (format!("HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: {ORIGIN}\r\n\r\n{health}"), DialAnswer::Agent),
            (format!("HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\n\r\n{health}"), DialAnswer::Foreign),
            (format!("HTTP/1.1 200 OK\r\n\r\n{health}"), DialAnswer::Foreign),
            (format!("HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: {ORIGIN}\r\n\r\n{{}}"), DialAnswer::Foreign),
            ("HTTP/1.1 403 Forbidden\r\n\r\n".to_owned(), DialAnswer::Refuses),
            ("HTTP/1.1 404 Not Found\r\n\r\n".to_owned(), DialAnswer::Foreign),
            ("220 mail.example ESMTP\r\n".to_owned(), DialAnswer::Foreign),
            ("HTTP/1.1 200 OK\r\n".to_owned(), DialAnswer::Foreign),
        ] {
            assert_eq!(judge(answer.as_bytes(), ORIGIN), expected, "{answer}");
        }
    }

    #[test]
    fn a_port_is_free_or_silent() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        assert_eq!(dial(Ipv4Addr::LOCALHOST.into(), port, ORIGIN), DialAnswer::Silent);
        drop(listener);
        assert_eq!(dial(Ipv4Addr::LOCALHOST.into(), port, ORIGIN), DialAnswer::Free);
    }
}
