//! What can go wrong in this process. The agent takes each of them as a cancel.

use std::io;

/// Why the prompt ended without an answer.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// The agent sent something else than a message.
    #[error("the agent sent a line that is not a message of the protocol; agent and prompt must be of one version")]
    Malformed,
    /// The agent speaks another version.
    #[error("the agent speaks version {0} of the protocol; install agent and prompt together")]
    Version(u32),
    /// Standard input failed.
    #[error("the agent's messages cannot be read; start the prompt through the agent")]
    Read(#[source] io::Error),
    /// Standard output failed: the agent is gone.
    #[error("the answer cannot be handed to the agent; see whether it still runs")]
    Write(#[source] io::Error),
    /// The process could not be shut off from debuggers and core dumps.
    #[error("the process cannot be protected from core dumps and debuggers, so no PIN is asked for")]
    Protect(#[source] io::Error),
    /// There is no screen, or no window can be opened on it.
    #[error("no window can be opened; on a machine without a screen run the agent with `--prompt terminal`")]
    Window(#[source] slint::PlatformError),
    /// There is no terminal, or it refuses.
    #[error("the terminal cannot be used; start the agent from a terminal, or without `--prompt terminal`")]
    Terminal(#[source] io::Error),
}

/// The error and its causes on one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
