//! Names for insertions that hold across restarts of the service.
//!
//! PC/SC counts the comings and goings of cards per reader, but starts anew when a reader is
//! plugged in again or the service restarts, so a count alone could name two cards. The watch
//! comes in when it sees a reader go; connections come in to compare.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::backend::Insertion;

/// How often each reader was seen going; shared by a backend's watch and connections.
#[derive(Debug, Clone, Default)]
pub(super) struct Insertions {
    epochs: Arc<Mutex<HashMap<String, u32>>>,
}

impl Insertions {
    /// The insertion that PC/SC's event count stands for now.
    pub(super) fn of(&self, reader: &str, event_count: u32) -> Insertion {
        let epochs = self.epochs.lock().unwrap_or_else(PoisonError::into_inner);
        let epoch = epochs.get(reader).copied().unwrap_or_default();
        Insertion::new(u64::from(epoch) << 32 | u64::from(event_count))
    }

    /// To be called when a reader has gone or the service was lost under it.
    pub(super) fn reader_gone(&self, reader: &str) {
        let mut epochs = self.epochs.lock().unwrap_or_else(PoisonError::into_inner);
        let epoch = epochs.entry(reader.to_owned()).or_default();
        *epoch = epoch.wrapping_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_count_after_a_restart_is_another_insertion() {
        let insertions = Insertions::default();
        let before = insertions.of("reader", 1);
        assert_eq!(insertions.of("reader", 1), before);
        assert_ne!(insertions.of("reader", 2), before);
        insertions.reader_gone("reader");
        assert_ne!(insertions.of("reader", 1), before);
        assert_eq!(insertions.of("another", 1), before);
    }
}
