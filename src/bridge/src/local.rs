//! An operation that a command on this computer asks for, in the command's own process: no server, no page.
//!
//! The command line comes in. The person is asked by the same prompt under the same rules as for a page.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use jpki_protocol::ErrorCode;

use crate::agent::{Agent, Ask, PageEvent, Parts};
use crate::operation::Answer;

/// How long a prompt may take to say goodbye.
const FAREWELL: Duration = Duration::from_secs(2);

/// Runs one operation to its end; `stop` cancels it.
pub(crate) async fn run(parts: Parts, ask: Ask, stop: impl Future<Output = ()>) -> Result<Answer, ErrorCode> {
    let agent = Arc::new(Agent::new(parts));
    let mut running = agent.begin(ask).map_err(|not_begun| not_begun.code)?;
    tokio::pin!(stop);
    let mut stopped = false;
    let answer = loop {
        tokio::select! {
            event = running.next() => match event {
                Some(PageEvent::Progress(_)) => {}
                Some(PageEvent::Finished(answer)) => break answer,
                // An operation always answers.
                None => break Err(ErrorCode::Internal),
            },
            () = &mut stop, if !stopped => {
                stopped = true;
                running.cancel();
            }
        }
    };
    // A prompt on the terminal has to give it back as it found it.
    agent.prompt_ended(FAREWELL).await;
    agent.stop().await;
    answer
}
