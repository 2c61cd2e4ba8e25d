//! Delivering: what is due is taken, tried side by side, and settled.

use std::time::Duration;

use tokio::task::JoinSet;

use super::outcome::{Outcome, after};
use super::rows::{Taken, settle, take};
use crate::App;
use crate::error::Result;

/// How often it is looked for what other replicas left behind and for what is due again.
const TICK: Duration = Duration::from_secs(15);

/// Which deliveries are tried.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Due<'a> {
    /// All that are due.
    All,
    /// Those of one topic.
    Topic(&'a str),
}

impl<'a> Due<'a> {
    /// The topic, or an empty text.
    pub(super) fn topic(self) -> &'a str {
        match self {
            Self::All => "",
            Self::Topic(topic) => topic,
        }
    }
}

/// Delivers for as long as the portal runs: at once when told to, else from time to time.
pub(crate) async fn run(app: App) {
    let mut ticks = tokio::time::interval(TICK);
    loop {
        tokio::select! {
            () = app.outbox().0.notified() => {}
            _ = ticks.tick() => {}
        }
        if let Err(error) = deliver_due(&app).await {
            tracing::warn!(%error, "nothing could be delivered; it is tried again");
        }
    }
}

/// Delivers what is due, once: what [`serve`](crate::cli) does all the time.
///
/// # Errors
/// Those of the database. What is on its way stays on its way, and is tried again.
pub async fn deliver_due(app: &App) -> Result<()> {
    deliver(app, Due::All).await
}

/// Tries what is due until nothing is.
pub(crate) async fn deliver(app: &App, due: Due<'_>) -> Result<()> {
    loop {
        let taken = take(app, due).await?;
        if taken.is_empty() {
            return Ok(());
        }
        let mut tries = JoinSet::new();
        for one in taken {
            tries.spawn(attempt(app.clone(), one));
        }
        let mut failed = None;
        while let Some(result) = tries.join_next().await {
            // A task that ends otherwise than by itself leaves its row to the end of the lease.
            if let Ok(Err(error)) = result {
                failed = Some(error);
            }
        }
        if let Some(error) = failed {
            return Err(error);
        }
    }
}

async fn attempt(app: App, taken: Taken) -> Result<()> {
    let outcome = match &taken.message {
        Some(message) => message.send(&app, &taken.client_id).await?,
        None => Outcome::Failed,
    };
    let (progress, next) = after(outcome, taken.tries, taken.created, app.now());
    settle(&app, &taken, &progress, next).await
}
