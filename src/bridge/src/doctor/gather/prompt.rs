//! The program that asks the person: whether it is there, and whether it starts.

use std::path::Path;
use std::process::Command;

use super::PATIENCE;
use super::limit::{Part, Ran, begin as part, run};
use crate::PromptProgram;
use crate::doctor::findings::{Prompt, PromptState};

/// A look at the prompt, under way.
pub(super) struct Looking {
    prompt: Prompt,
    state: Part<PromptState>,
}

/// Begins to look at the program that is named on the command line, in the settings, or nowhere.
pub(super) fn begin(named: Option<PromptProgram>, setting: Option<&Path>) -> Looking {
    let program = named.or_else(|| crate::cli::prompt_program(setting).ok());
    let Some(PromptProgram { program, arguments }) = program else {
        let prompt = Prompt { path: String::new(), terminal: false, own: true, state: PromptState::Missing };
        return Looking { prompt, state: part(|| PromptState::Missing) };
    };
    let own = program.file_stem().is_some_and(|name| name == "jpki-prompt");
    let prompt = Prompt {
        path: program.display().to_string(),
        terminal: arguments.iter().any(|argument| argument == "--terminal"),
        own,
        state: PromptState::Silent,
    };
    Looking { prompt, state: part(move || state(&program, own)) }
}

impl Looking {
    pub(super) fn wait(self) -> Prompt {
        // The program has its own limit below; this one is for a disk that hangs.
        let state = self.state.wait(PATIENCE * 2).unwrap_or(PromptState::Silent);
        Prompt { state, ..self.prompt }
    }
}

/// Only our own program is started: what another does with `--version` is not known.
fn state(program: &Path, own: bool) -> PromptState {
    if !own {
        return match std::fs::metadata(program) {
            Ok(file) if file.is_file() && is_executable(&file) => PromptState::Present,
            Ok(_) => PromptState::NotStartable("not executable".to_owned()),
            Err(error) => missing(&error),
        };
    }
    match run(Command::new(program).arg("--version"), PATIENCE) {
        Ran::Said(text) => match text.trim().strip_prefix("jpki-prompt ") {
            Some(version) => PromptState::Starts(version.to_owned()),
            None => PromptState::NotStartable("it does not say its version".to_owned()),
        },
        Ran::NotStarted(error) => missing(&error),
        Ran::Silent => PromptState::Silent,
    }
}

fn missing(error: &std::io::Error) -> PromptState {
    match error.kind() {
        std::io::ErrorKind::NotFound => PromptState::Missing,
        _ => PromptState::NotStartable(error.to_string()),
    }
}

#[cfg(unix)]
fn is_executable(file: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.permissions().mode() & 0o111 != 0
}

#[cfg(windows)]
fn is_executable(_: &std::fs::Metadata) -> bool {
    true
}
