//! Which entries somebody wants to see.

use jiff::Timestamp;
use jpki_protocol::Origin;

use super::Entry;

/// Entries that are all of this; without anything, every one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this site.
    pub site: Option<Origin>,
    /// Since this moment.
    pub since: Option<Timestamp>,
}

impl Filter {
    /// Whether an entry is among them.
    pub fn admits(&self, entry: &Entry) -> bool {
        self.site.as_ref().is_none_or(|site| entry.site.as_ref() == Some(site))
            && self.since.is_none_or(|since| entry.at >= since)
    }
}
