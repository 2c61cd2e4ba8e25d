//! Threads of the agent, the locks they share, and waiting for them with an end.

use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Locks, also after a thread panicked: what these locks guard is whole at every moment.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts a thread; without one no card can be used, which the operation's timer will say.
pub(crate) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) {
    let started = thread::Builder::new().name(name.to_owned()).stack_size(256 * 1024).spawn(work);
    if let Err(error) = started {
        tracing::error!("the thread {name} could not be started: {error}");
    }
}

/// Something under way on a thread of its own.
pub(crate) struct Part<T> {
    result: Receiver<T>,
    begun: Instant,
}

/// Begins something that may hang. It then keeps its thread until it doesn't any more.
pub(crate) fn begin<T: Send + 'static>(name: &str, look: impl FnOnce() -> T + Send + 'static) -> Part<T> {
    let (sender, result) = sync_channel(1);
    spawn(name, move || {
        // Nobody waits any more for what comes too late.
        let _ = sender.send(look());
    });
    Part { result, begun: Instant::now() }
}

impl<T> Part<T> {
    /// Its result, if it comes within `limit` of its beginning.
    pub(crate) fn wait(self, limit: Duration) -> Option<T> {
        self.result.recv_timeout(limit.saturating_sub(self.begun.elapsed())).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_hangs_is_left_behind() {
        let (_hold, never) = sync_channel::<()>(0);
        assert_eq!(begin("test", move || never.recv().is_ok()).wait(Duration::from_millis(20)), None);
        assert_eq!(begin("test", || 1).wait(Duration::from_secs(30)), Some(1));
    }
}
