//! What commands that work on a card have around them: the readers, the prompt, the language, the log.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use jpki_card::Backend;
use jpki_protocol::Language;
use tracing_subscriber::filter::LevelFilter;

use super::Failure;
use crate::doctor::Subject;
use crate::history::History;
use crate::settings::{self, Layers, Settings};
use crate::sites::Rules;
use crate::{PATIENCE, Parts, PromptProgram, Sites};

/// The flags that such commands share.
#[derive(Debug, Args)]
pub(super) struct Surroundings {
    /// Ask with this program, or `terminal` to ask on this terminal [default: jpki-prompt beside this program]
    #[arg(long, value_name = "PATH|terminal")]
    pub(super) prompt: Option<PathBuf>,
    /// Read settings from this file [default: config.toml in the settings folder]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Use the software card in this file instead of a reader (not in release builds).
    #[cfg(feature = "virtual-card")]
    #[arg(long, value_name = "FILE")]
    virtual_card: Option<PathBuf>,
}

impl Surroundings {
    /// All settings, each with where it comes from.
    pub(super) fn layers(&self, flags: Settings) -> Result<Layers, Failure> {
        Ok(Layers::load(self.config.as_deref(), Settings { prompt: self.prompt.clone(), ..flags })?)
    }

    /// What an agent is made of.
    pub(super) fn parts(&self, settings: &Settings, rules: Rules) -> Result<Parts, Failure> {
        let (backend, virtual_card) = self.backend()?;
        let history = match settings.history {
            Some(false) => None,
            _ => Some(Arc::new(History::in_folder(&settings::data_folder()?))),
        };
        Ok(Parts {
            backend,
            prompt: prompt_program(settings.prompt.as_deref())?,
            history,
            sites: Arc::new(Sites::open(&settings::folder()?)?.under(rules)),
            language: language(),
            virtual_card,
            patience: settings.timeout.map_or(PATIENCE, Duration::from_secs),
        })
    }

    /// As [`Surroundings::parts`], for a command that a person waits for: it asks on their terminal, where they have
    /// one and nothing else is named.
    pub(super) fn parts_here(&self) -> Result<Parts, Failure> {
        let layers = self.layers(Settings::default())?;
        let mut settings = layers.merged();
        start_log(settings.log.as_deref())?;
        if settings.prompt.is_none() && std::io::stdin().is_terminal() && std::io::stderr().is_terminal() {
            settings.prompt = Some("terminal".into());
        }
        self.parts(&settings, layers.rules())
    }

    /// What the doctor looks at.
    pub(super) fn subject(&self) -> Result<Subject, Failure> {
        let (backend, virtual_card) = self.backend()?;
        self.subject_with(backend, virtual_card)
    }

    /// The same beside an agent of these parts: a card in software can be opened once only, and stays where it is.
    pub(super) fn subject_beside(&self, parts: &Parts) -> Result<Subject, Failure> {
        if parts.virtual_card { self.subject_with(Arc::clone(&parts.backend), true) } else { self.subject() }
    }

    fn subject_with(&self, backend: Arc<dyn Backend>, virtual_card: bool) -> Result<Subject, Failure> {
        let prompt = self.prompt.as_deref().map(|named| prompt_program(Some(named))).transpose()?;
        Ok(Subject { backend, virtual_card, config: self.config.clone(), prompt })
    }

    #[cfg(not(feature = "virtual-card"))]
    pub(super) fn backend(&self) -> Result<(Arc<dyn Backend>, bool), Failure> {
        Ok((Arc::new(jpki_card::pcsc::PcscBackend::new()), false))
    }

    #[cfg(feature = "virtual-card")]
    pub(super) fn backend(&self) -> Result<(Arc<dyn Backend>, bool), Failure> {
        match &self.virtual_card {
            Some(file) => Ok((Arc::new(crate::virtual_card::VirtualCard::open(file)?), true)),
            None => Ok((Arc::new(jpki_card::pcsc::PcscBackend::new()), false)),
        }
    }
}

pub(super) fn start_log(level: Option<&str>) -> Result<(), Failure> {
    let level = level.unwrap_or("warn");
    let filter: LevelFilter =
        level.parse().map_err(|_| format!("the log level \"{level}\" is none of error, warn, info, debug, trace"))?;
    // Where standard error can't be written, a complaint about that couldn't either, and would end the program.
    let log = tracing_subscriber::fmt().log_internal_errors(false);
    // Fails only where a log is set already, as in a program that embeds this one.
    let _ = log.with_max_level(filter).with_writer(crate::status::LogWriter).try_init();
    Ok(())
}

/// The prompt: `jpki-prompt` beside this program, unless another is named.
pub(crate) fn prompt_program(named: Option<&Path>) -> std::io::Result<PromptProgram> {
    let own = || -> std::io::Result<PathBuf> {
        let name = if cfg!(windows) { "jpki-prompt.exe" } else { "jpki-prompt" };
        Ok(std::env::current_exe()?.with_file_name(name))
    };
    Ok(match named {
        None => PromptProgram { program: own()?, arguments: Vec::new() },
        Some(path) if path.as_os_str() == "terminal" => {
            PromptProgram { program: own()?, arguments: vec!["--terminal".into()] }
        }
        Some(path) => PromptProgram { program: path.to_owned(), arguments: Vec::new() },
    })
}

/// The person's language: the one they chose, else the desktop's.
pub(super) fn language() -> Language {
    settings::folder().ok().and_then(|folder| crate::language::chosen(&folder)).unwrap_or_else(desktop_language)
}

/// The desktop's language: the one that the environment names (POSIX: `LC_ALL` over `LC_MESSAGES` over `LANG`), else that
/// of the system's settings.
fn desktop_language() -> Language {
    let named = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().filter_map(|name| std::env::var(name).ok());
    let tag = named.into_iter().find(|tag| !tag.is_empty()).or_else(language_of_settings);
    tag.map_or(Language::default(), |tag| match tag.as_str() {
        // The locale of nobody: a service or a minimal system, not an English speaker.
        "C" | "POSIX" | "C.UTF-8" => Language::default(),
        tag => Language::from_tag(tag),
    })
}

/// What the person chose in the settings of Windows or macOS.
#[cfg(any(windows, target_os = "macos"))]
fn language_of_settings() -> Option<String> {
    sys_locale::get_locale()
}

/// Elsewhere the environment has it.
#[cfg(not(any(windows, target_os = "macos")))]
fn language_of_settings() -> Option<String> {
    None
}

/// Ready when the system or the person asks this program to end. The handlers stand when this returns.
#[cfg(unix)]
pub(super) fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Ready when the system or the person asks this program to end, also by closing its console or logging off. The handlers
/// stand when this returns.
#[cfg(windows)]
pub(super) fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::windows::{ctrl_c, ctrl_close, ctrl_logoff, ctrl_shutdown};
    let (mut interrupt, mut close) = (ctrl_c()?, ctrl_close()?);
    let (mut logoff, mut shutdown) = (ctrl_logoff()?, ctrl_shutdown()?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = close.recv() => {}
            _ = logoff.recv() => {}
            _ = shutdown.recv() => {}
        }
    })
}
