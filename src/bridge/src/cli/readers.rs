//! `jpki-bridge readers`

use jpki_card::pcsc::PcscBackend;
use jpki_card::{Backend, CardPresence, Error, ReaderState, Snapshot};

use super::Failure;

pub(super) fn run(json: bool) -> Result<(), Failure> {
    let readers = now()?;
    if json {
        let rows = readers.iter().map(|reader| serde_json::json!({ "name": reader.name, "card": word(&reader.card) }));
        println!("{}", serde_json::Value::Array(rows.collect()));
    } else if readers.is_empty() {
        println!("No card reader is connected.");
    } else {
        for reader in readers {
            println!("{}: {}", reader.name, word(&reader.card));
        }
    }
    Ok(())
}

/// The readers of this moment.
pub(super) fn now() -> Result<Vec<ReaderState>, Failure> {
    seen_by(&PcscBackend::new())
}

/// The readers that `backend` sees at this moment.
pub(super) fn seen_by(backend: &dyn Backend) -> Result<Vec<ReaderState>, Failure> {
    match backend.watch()?.next() {
        Some(Snapshot::Readers(readers)) => Ok(readers),
        Some(Snapshot::ServiceUnavailable) | None => Err(Error::ServiceUnavailable(None).into()),
    }
}

fn word(card: &CardPresence) -> &'static str {
    match card {
        CardPresence::Absent => "no card",
        CardPresence::Present { .. } => "card present",
        CardPresence::Mute => "card does not respond",
    }
}
