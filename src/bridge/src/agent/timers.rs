//! The timers of one operation: none, or the next to run out.

use tokio::time::{Duration, Instant, sleep_until};

use crate::operation::Timer;

#[derive(Debug, Default)]
pub(super) struct Timers(Vec<(Timer, Instant)>);

impl Timers {
    pub(super) fn start(&mut self, timer: Timer, after: Duration) {
        self.stop(timer);
        self.0.push((timer, Instant::now() + after));
    }

    pub(super) fn stop(&mut self, timer: Timer) {
        self.0.retain(|(running, _)| *running != timer);
    }

    /// Waits for the next timer; for ever, if none runs.
    pub(super) async fn elapsed(&mut self) -> Timer {
        match self.0.iter().min_by_key(|(_, at)| *at).copied() {
            Some((timer, at)) => {
                sleep_until(at).await;
                self.stop(timer);
                timer
            }
            None => std::future::pending().await,
        }
    }
}
