//! Threads of the agent, and the locks they share.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

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
