//! PC/SC, the only place that speaks it.
//!
//! [`PcscBackend`] comes in from the agent and gives a watch over the readers and exclusive
//! connections to cards. Every connection has a context of its own, so none outlives a restart
//! of the service; no thread is started and nothing polls where the system can tell.

#![allow(clippy::useless_conversion, reason = "DWORD is wider on Linux than elsewhere")]

mod cancel;
mod connection;
mod events;
mod fault;
mod insertions;
#[cfg_attr(not(target_os = "linux"), path = "service_retry.rs")]
mod service;
#[cfg(all(test, target_os = "linux"))]
mod service_retry;
mod watch;

use crate::backend::{Backend, Connection, Insertion, ReaderWatch};
use crate::error::Error;
use connection::PcscConnection;
use insertions::Insertions;
use watch::PcscWatch;

/// The system's readers.
///
/// One watch at a time gives [`Insertion`]s that stay the same while a card stays in its reader;
/// a second one may see the first's change when a reader or the service goes.
#[derive(Debug, Clone, Default)]
pub struct PcscBackend {
    insertions: Insertions,
}

impl PcscBackend {
    /// A backend for this process. Asks nothing of the system yet.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Backend for PcscBackend {
    fn watch(&self) -> Result<Box<dyn ReaderWatch>, Error> {
        Ok(Box::new(PcscWatch::new(self.insertions.clone())?))
    }

    fn connect(&self, reader: &str, insertion: Option<Insertion>) -> Result<Box<dyn Connection>, Error> {
        let connection = PcscConnection::open(reader)?;
        if let Some(expected) = insertion {
            // Asked after connecting: from here on another card means another connection.
            let now = self.insertions.of(reader, connection.event_count()?);
            if now != expected {
                return Err(Error::CardRemoved(None));
            }
        }
        Ok(Box::new(connection))
    }
}
