//! Ending a wait from another thread.
//!
//! The watch and its cancellers meet here. A cancel that comes just before the wait begins counts
//! as much as one in the middle of it.

use std::io;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pcsc::Context;

use super::service::Waker;

/// What a watch and its cancellers share.
#[derive(Debug)]
pub(super) struct Shared<C = Context> {
    /// Ends the wait for the service.
    pub(super) waker: Waker,
    state: Mutex<State<C>>,
    left: Condvar,
}

#[derive(Debug)]
struct State<C> {
    cancelled: bool,
    /// The context that is, or is about to be, in `SCardGetStatusChange`.
    waiting: Option<C>,
}

/// A context whose wait can be cut short.
pub(super) trait CancelWait {
    /// Ends a wait that has begun; without effect on one that hasn't.
    fn cancel_wait(&self);
}

impl CancelWait for Context {
    fn cancel_wait(&self) {
        if let Err(error) = self.cancel() {
            tracing::debug!("cancelling the wait for readers: {error}");
        }
    }
}

impl<C: CancelWait + Clone> Shared<C> {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Shared {
            waker: Waker::new()?,
            state: Mutex::new(State { cancelled: false, waiting: None }),
            left: Condvar::new(),
        })
    }

    pub(super) fn cancelled(&self) -> bool {
        self.state().cancelled
    }

    /// Runs a wait on `context`, unless already cancelled.
    pub(super) fn while_waiting<T>(&self, context: &C, wait: impl FnOnce() -> T) -> Option<T> {
        {
            let mut state = self.state();
            if state.cancelled {
                return None;
            }
            state.waiting = Some(context.clone());
        }
        let outcome = wait();
        self.state().waiting = None;
        self.left.notify_all();
        Some(outcome)
    }

    /// Ends the watch. `SCardCancel` has no effect on a wait that hasn't quite begun, so it is
    /// repeated until the wait has been left.
    pub(super) fn cancel(&self) {
        const AGAIN: Duration = Duration::from_millis(5);
        let mut state = self.state();
        state.cancelled = true;
        self.waker.wake();
        while let Some(context) = state.waiting.clone() {
            drop(state);
            context.cancel_wait();
            state = self.state();
            if state.waiting.is_some() {
                (state, _) = self.left.wait_timeout(state, AGAIN).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State<C>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::mpsc::{self, Sender};

    use super::*;

    /// A context that loses the first `deaf` cancels, as one does whose wait has not begun.
    #[derive(Clone)]
    struct Deaf {
        deaf: Arc<Mutex<u32>>,
        end: Sender<()>,
    }

    impl CancelWait for Deaf {
        fn cancel_wait(&self) {
            let mut deaf = self.deaf.lock().unwrap();
            match deaf.checked_sub(1) {
                Some(left) => *deaf = left,
                None => drop(self.end.send(())),
            }
        }
    }

    #[test]
    fn a_cancel_that_comes_before_the_wait_has_begun_still_ends_it() {
        let shared = Arc::new(Shared::<Deaf>::new().unwrap());
        let (end, ended) = mpsc::channel();
        let (begin, begun) = mpsc::channel();
        let context = Deaf { deaf: Arc::new(Mutex::new(3)), end };
        let watcher = std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || {
                shared.while_waiting(&context, || {
                    begin.send(()).unwrap();
                    ended.recv().unwrap();
                })
            }
        });
        begun.recv().unwrap();
        shared.cancel();
        assert_eq!(watcher.join().unwrap(), Some(()));
        assert!(shared.cancelled());
    }

    #[test]
    fn a_cancelled_watch_never_waits() {
        let shared = Shared::<Deaf>::new().unwrap();
        let (end, _ended) = mpsc::channel();
        shared.cancel();
        let context = Deaf { deaf: Arc::default(), end };
        let waited = shared.while_waiting(&context, || unreachable!("the wait was begun"));
        assert_eq!(waited, None);
    }
}
