//! Word of changes: one connection that says "changed" when something has (WHATWG HTML, "Server-sent events").
//!
//! It carries nothing else. What changed, the page asks for then, and needs its session for that.

use std::time::Duration;

use jpki_protocol::Language;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::respond::guards;
use crate::live::Live;
use crate::server::http::head_text;

/// How long a browser may take to take a word in.
const SEND_TIME: Duration = Duration::from_secs(10);

/// What may change.
pub(super) struct Sources {
    pub(super) live: watch::Receiver<Live>,
    pub(super) language: watch::Receiver<Language>,
    /// What the page itself changed.
    pub(super) own: watch::Receiver<()>,
    /// The log; none where it isn't looked at.
    pub(super) log: Option<watch::Receiver<()>>,
}

impl Sources {
    /// Waits for the next change; `false` when there will be none.
    async fn changed(&mut self) -> bool {
        let log = async {
            match &mut self.log {
                Some(log) => log.changed().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            changed = self.live.changed() => changed.is_ok(),
            changed = self.language.changed() => changed.is_ok(),
            changed = self.own.changed() => changed.is_ok(),
            changed = log => changed.is_ok(),
        }
    }
}

/// Tells of changes until the page goes away or the agent stops. Nothing wakes while nothing changes.
pub(super) async fn serve(mut stream: TcpStream, mut sources: Sources, mut stopping: watch::Receiver<bool>) {
    let mut fields = vec![("Content-Type", "text/event-stream".to_owned())];
    fields.extend(guards());
    // The page may be older than this connection: what happened between the two is told at once.
    let mut text = format!("{}\r\n", head_text(200, &fields));
    let mut ignored = [0; 64];
    loop {
        text.push_str("data: changed\n\n");
        if !matches!(tokio::time::timeout(SEND_TIME, stream.write_all(text.as_bytes())).await, Ok(Ok(()))) {
            return;
        }
        text.clear();
        loop {
            tokio::select! {
                changed = sources.changed() => if changed { break } else { return },
                _ = stopping.wait_for(|stop| *stop) => return,
                // Bytes mean nothing here; their end means that the page is gone.
                read = stream.read(&mut ignored) => if !matches!(read, Ok(1..)) { return },
            }
        }
    }
}
