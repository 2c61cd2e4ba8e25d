//! Waiting for the service to come, where the system has no way to tell: trying every few seconds.
//!
//! The watch comes in when the service is gone. On Windows it is stopped while no reader is
//! connected; on macOS it starts on demand. This loop runs in that state alone.

use std::io;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

const SLOW_RETRY: Duration = Duration::from_secs(5);

/// Ends a wait from another thread, once and for good.
#[derive(Debug, Default)]
pub(super) struct Waker {
    woken: Mutex<bool>,
    changed: Condvar,
}

impl Waker {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self::default())
    }

    pub(super) fn wake(&self) {
        *self.woken.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }
}

/// Tells when to look for the service again.
#[derive(Debug)]
pub(super) struct Service;

impl Service {
    pub(super) fn new() -> Self {
        Service
    }

    pub(super) fn arm(&mut self) {}

    /// Blocks for `limit` at most, or until `waker` woke. Never knows of a change: false.
    pub(super) fn wait(&self, waker: &Waker, limit: Option<Duration>) -> bool {
        let woken = waker.woken.lock().unwrap_or_else(PoisonError::into_inner);
        let limit = limit.unwrap_or(SLOW_RETRY).min(SLOW_RETRY);
        drop(waker.changed.wait_timeout_while(woken, limit, |woken| !*woken));
        false
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn a_wait_ends_when_woken_before_or_during_it_and_else_by_itself() {
        let mut service = Service::new();
        service.arm();
        let waker = Waker::new().unwrap();
        assert!(!service.wait(&waker, Some(Duration::from_millis(1))));
        thread::scope(|scope| {
            scope.spawn(|| waker.wake());
            assert!(!service.wait(&waker, None));
        });
        assert!(!service.wait(&waker, None));
    }
}
