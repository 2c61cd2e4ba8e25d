//! Where work for cards is handed in: one watcher of readers, one worker at a time.
//!
//! The watcher starts with the first operation, or when an onlooker asks for it, and then stays, so that what was
//! read from a card is known to be that card's; until then the agent doesn't so much as wake the PC/SC service.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jpki_card::{Backend, Canceller, Snapshot};
use tokio::sync::watch;

use super::card_worker::{self, Job, Known};
use crate::live::Board;
use crate::operation::cards_in;
use crate::threads::{lock, spawn};

/// How long a stopping agent waits for a card: longer than a signature takes.
const FAREWELL: Duration = Duration::from_secs(5);

pub(super) struct CardDesk {
    backend: Arc<dyn Backend>,
    known: Known,
    board: Board,
    watch: Mutex<Option<Watch>>,
    worker: Mutex<Option<card_worker::Worker>>,
}

struct Watch {
    snapshots: watch::Receiver<Option<Snapshot>>,
    canceller: Canceller,
}

impl CardDesk {
    pub(super) fn new(backend: Arc<dyn Backend>, board: Board) -> Self {
        Self { backend, known: Known::default(), board, watch: Mutex::default(), worker: Mutex::default() }
    }

    /// The readers, now and from now on.
    pub(super) fn readers(&self) -> watch::Receiver<Option<Snapshot>> {
        let mut watch = lock(&self.watch);
        if let Some(watch) = &*watch {
            return watch.snapshots.clone();
        }
        match self.start_watch() {
            Ok(started) => watch.insert(started).snapshots.clone(),
            // Tried again with the next operation.
            Err(error) => {
                tracing::error!("readers can't be watched: {error}");
                self.board.readers(&Snapshot::ServiceUnavailable);
                watch::channel(Some(Snapshot::ServiceUnavailable)).1
            }
        }
    }

    fn start_watch(&self) -> Result<Watch, jpki_card::Error> {
        let (sender, snapshots) = watch::channel(None);
        let (known, board) = (Arc::clone(&self.known), self.board.clone());
        let readers = self.backend.watch()?;
        let canceller = readers.canceller();
        spawn("reader-watch", move || {
            for snapshot in readers {
                // Before anyone hears of the change: what left takes its knowledge along.
                let present = cards_in(&snapshot);
                lock(&known).retain(|at, _| present.contains(at));
                board.readers(&snapshot);
                if sender.send(Some(snapshot)).is_err() {
                    return;
                }
            }
        });
        Ok(Watch { snapshots, canceller })
    }

    /// Hands in work; its outcome comes back as an event.
    pub(super) fn submit(&self, job: Job) {
        let mut worker = lock(&self.worker);
        worker
            .get_or_insert_with(|| {
                card_worker::start(Arc::clone(&self.backend), Arc::clone(&self.known), self.board.clone())
            })
            .submit(job);
    }

    /// Leaves the worker to its card: it ends by itself when that answers, and the next job gets
    /// a worker of its own. A blocking PC/SC call can't be interrupted.
    pub(super) fn abandon(&self) {
        lock(&self.worker).take();
    }

    /// Ends the watch, and waits a moment for a card that is at work to be deselected.
    pub(super) async fn stop(&self) {
        if let Some(watch) = lock(&self.watch).take() {
            watch.canceller.cancel();
        }
        let worker = lock(&self.worker).take();
        if let Some(worker) = worker
            && tokio::time::timeout(FAREWELL, worker.finished()).await.is_err()
        {
            tracing::warn!("the card did not answer; its reader will reset it");
        }
    }
}
