//! What services are told of their own accord, such as a logout: kept until it is delivered, declined or given up.
//! Whoever has something to tell comes in with a topic, the services and the messages; results are read by topic.
//! Nothing is sent twice by two replicas at once, and nothing is lost with one: a row is leased, not taken.

mod message;
mod outcome;
mod rows;
mod work;

pub(crate) use message::Message;
pub(crate) use outcome::{Outcome, Progress};
pub(crate) use rows::{put, results, sweep, waiting};
pub use work::deliver_due;
pub(crate) use work::{Due, deliver, run};

use tokio::sync::Notify;

/// Wakes this process's worker at once; other replicas look from time to time.
#[derive(Debug, Default)]
pub(crate) struct Bell(Notify);

impl Bell {
    /// Says that there is something to deliver.
    pub(crate) fn ring(&self) {
        self.0.notify_one();
    }
}
