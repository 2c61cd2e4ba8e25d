//! What a command asks of the running agent with the secret of the agent's note: a key to its own page (`POST /v1/open`),
//! and to show nothing more of an erased history (`POST /v1/forgot`).
//!
//! The secret goes to whoever listens on the note's port. As long as the agent holds its lock, that is the agent alone, which
//! binds the port exclusively; a secret that outlived its agent opens nothing.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::onetime::Key;

/// How long an agent that works takes to answer, on a machine under load; one that doesn't answer in it hangs.
const ANSWER_TIME: Duration = Duration::from_secs(3);

/// The most bytes of an answer.
const MAX_BYTES: u64 = 4096;

/// What the agent says.
#[derive(Debug)]
pub(super) enum Reply {
    /// Here is a key.
    Key(Key),
    /// It answers, but gives no key.
    Refused,
    /// Nothing in [`ANSWER_TIME`], or nobody is there.
    Silent,
}

#[derive(Deserialize)]
struct Answer {
    key: String,
}

/// Asks the agent on this port.
pub(super) fn ask(port: u16, secret: &str) -> Reply {
    match exchange(port, "/v1/open", secret) {
        Ok(response) => read(&response),
        Err(error) => {
            tracing::debug!("the agent on port {port} doesn't answer: {error}");
            Reply::Silent
        }
    }
}

/// Tells the agent on this port that the history was erased. One that doesn't hear it shows the last operation until it ends.
pub(super) fn tell_of_erasure(port: u16, secret: &str) {
    let told = exchange(port, "/v1/forgot", secret);
    if !told.is_ok_and(|response| response.starts_with("HTTP/1.1 200 ")) {
        tracing::info!("the agent on port {port} was not told that the history is erased");
    }
}

fn exchange(port: u16, path: &str, secret: &str) -> io::Result<String> {
    let until = Instant::now() + ANSWER_TIME;
    // Zero means for ever to a socket.
    let left = || until.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
    let mut stream = TcpStream::connect_timeout(&(Ipv4Addr::LOCALHOST, port).into(), ANSWER_TIME)?;
    stream.set_write_timeout(Some(left()))?;
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {secret}\r\n\
        Content-Length: 0\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes())?;
    let mut response = Vec::new();
    loop {
        stream.set_read_timeout(Some(left()))?;
        let mut piece = [0; 1024];
        match stream.read(&mut piece)? {
            0 => break,
            length => response.extend_from_slice(&piece[..length]),
        }
        if response.len() as u64 > MAX_BYTES || Instant::now() >= until {
            return Err(io::ErrorKind::TimedOut.into());
        }
    }
    String::from_utf8(response).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// Any HTTP response at all comes from an agent that works.
fn read(response: &str) -> Reply {
    if !response.starts_with("HTTP/1.1 ") {
        return Reply::Silent;
    }
    let body = response.split_once("\r\n\r\n").filter(|_| response.starts_with("HTTP/1.1 200 ")).map(|(_, body)| body);
    let key =
        body.and_then(|body| serde_json::from_str::<Answer>(body).ok()).and_then(|answer| Key::parse(&answer.key));
    key.map_or(Reply::Refused, Reply::Key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    /// Asks somebody who says this and closes.
    fn answer(says: &'static str) -> Reply {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1024];
            let length = stream.read(&mut request).unwrap();
            stream.write_all(says.as_bytes()).unwrap();
            String::from_utf8(request[..length].to_vec()).unwrap()
        });
        let reply = ask(port, "secret");
        let request = server.join().unwrap();
        assert!(
            request.starts_with("POST /v1/open HTTP/1.1\r\n") && request.contains("Bearer secret\r\n"),
            "{request}"
        );
        reply
    }

    #[test]
    fn a_key_is_read_from_a_good_answer_alone() {
        const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let Reply::Key(key) =
            answer("HTTP/1.1 200 OK\r\nX: y\r\n\r\n{\"key\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}")
        else {
            panic!("no key");
        };
        assert_eq!(key.as_str(), KEY);
        for refused in ["HTTP/1.1 403 Forbidden\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n{\"key\":\"javascript:\"}"] {
            assert!(matches!(answer(refused), Reply::Refused), "{refused}");
        }
        for silent in ["", "SSH-2.0-x\r\n", "\u{0}"] {
            assert!(matches!(answer(silent), Reply::Silent), "{silent}");
        }
    }

    #[test]
    fn who_accepts_and_says_nothing_is_silent_after_three_seconds() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let begun = Instant::now();
        assert!(matches!(ask(listener.local_addr().unwrap().port(), "secret"), Reply::Silent));
        assert!((2..10).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    }
}
