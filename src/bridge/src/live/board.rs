//! Where the value hangs for all to see: the agent changes it, onlookers wait for that.

use jiff::Timestamp;
use jpki_card::Snapshot;
use jpki_protocol::Origin;
use jpki_protocol::page::ProgressState;
use jpki_protocol::prompt::Operation;
use tokio::sync::watch;

use super::{Learnt, Live, Outcome};
use crate::files::FileError;
use crate::operation::CardAt;

/// The value and its onlookers. Clones are the same board.
#[derive(Debug, Clone)]
pub(crate) struct Board(watch::Sender<Live>);

impl Board {
    pub(crate) fn new(test_card: bool) -> Self {
        Self(watch::Sender::new(Live::new(test_card)))
    }

    /// The value now, and word of each change. Waiting for one costs nothing while nothing happens.
    pub(crate) fn subscribe(&self) -> watch::Receiver<Live> {
        self.0.subscribe()
    }

    pub(crate) fn readers(&self, snapshot: &Snapshot) {
        self.change(|live| live.take_readers(snapshot));
    }

    pub(crate) fn learnt(&self, at: &CardAt, learnt: Learnt) {
        self.change(|live| live.learn(at, learnt));
    }

    pub(crate) fn began(&self, origin: Option<Origin>, kind: Operation) {
        self.change(|live| live.begin(origin, kind, Timestamp::now()));
    }

    pub(crate) fn entered(&self, stage: ProgressState) {
        self.change(|live| live.enter(stage));
    }

    pub(crate) fn answered(&self, outcome: Outcome) {
        self.change(|live| live.answer(outcome, Timestamp::now()));
    }

    /// No operation runs any more.
    pub(crate) fn at_rest(&self) {
        self.change(Live::rest);
    }

    /// The history has one entry more, or trouble instead, which is logged once.
    pub(crate) fn kept(&self, result: Result<(), FileError>) {
        let trouble = result.err().map(|error| error.to_string());
        let mut is_news = false;
        self.change(|live| is_news = live.keep(trouble.clone()));
        if let Some(trouble) = trouble.filter(|_| is_news) {
            tracing::error!("the history is not kept: {trouble}");
        }
    }

    /// The history was erased.
    pub(crate) fn forgot(&self) {
        self.change(Live::forget);
    }

    /// Changes the value, and wakes onlookers only if it is another one then.
    fn change(&self, change: impl FnOnce(&mut Live)) {
        self.0.send_if_modified(|live| {
            let before = live.clone();
            change(live);
            *live != before
        });
    }
}
