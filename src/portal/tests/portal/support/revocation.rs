//! What is said about revocation, as a test sets it.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use jpki_trust::{Refusal, Revocation, RevocationChecker, Subject};

/// Knows of no revocation until it is told.
#[derive(Clone, Default)]
pub(crate) struct TestRevocation(Arc<Mutex<Option<Refusal>>>);

impl TestRevocation {
    /// From now on every card is refused for this reason.
    pub(crate) fn refuse(&self, refusal: Refusal) {
        *self.0.lock().unwrap() = Some(refusal);
    }

    /// From now on every card is good.
    pub(crate) fn accept(&self) {
        *self.0.lock().unwrap() = None;
    }
}

impl RevocationChecker for TestRevocation {
    fn check(&self, _: &Subject<'_>, _: Timestamp) -> Result<Revocation, Refusal> {
        self.0.lock().unwrap().map_or(Ok(Revocation::NotChecked), Err)
    }
}
