//! Runs one task for the person at this command line.

use jpki_protocol::ErrorCode;

use super::Failure;
use super::surroundings::{Surroundings, language, stop_signal};
use crate::agent::{Ask, Drafts};
use crate::local;
use crate::operation::{Answer, Task};

/// Asks the person and lets the card do it.
///
/// # Errors
/// What stood in the way, with its remedy in the person's language.
pub(super) fn run(surroundings: &Surroundings, task: Task, drafts: Drafts) -> Result<Answer, Failure> {
    let parts = surroundings.parts_here()?;
    let ask = Ask { origin: None, task, drafts, purpose: None, language: None };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let answer = runtime.block_on(async {
        let stop = stop_signal()?;
        Ok::<_, std::io::Error>(local::run(parts, ask, stop).await)
    })?;
    answer.map_err(|code: ErrorCode| format!("{} ({code})", code.remedy(language())).into())
}
