//! `jpki-bridge run`

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jpki_card::Backend;
use jpki_protocol::{Language, OriginPolicy};
use tracing_subscriber::filter::LevelFilter;

use super::instance::Instance;
use super::{Failure, RunArguments};
use crate::settings::{self, Settings};
use crate::{Listeners, PATIENCE, Parts, PromptProgram, Sites};

pub(super) fn run(arguments: RunArguments) -> Result<(), Failure> {
    let flags = Settings {
        port: arguments.port,
        prompt: arguments.prompt.clone(),
        developer: arguments.developer.then_some(true),
        ..Settings::default()
    };
    let settings = Settings::load(arguments.config.as_deref(), flags)?;
    start_log(settings.log.as_deref())?;
    let folder = settings::folder()?;
    let mut instance = Instance::take(&folder, settings.port)?;
    let (backend, virtual_card) = backend(&arguments)?;
    let parts = Parts {
        backend,
        prompt: prompt(settings.prompt.as_deref())?,
        sites: Arc::new(Sites::open(&folder)?.with_blocked(settings.blocked)),
        language: language(),
        virtual_card,
        patience: settings.timeout.map_or(PATIENCE, Duration::from_secs),
    };
    let policy = if settings.developer == Some(true) { OriginPolicy::Developer } else { OriginPolicy::Secure };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let stop = stop_signal()?;
        let listeners = Listeners::bind(settings.port)?;
        instance.note(listeners.port())?;
        println!("JPKI Bridge {} is ready on port {}", env!("CARGO_PKG_VERSION"), listeners.port());
        crate::serve(listeners, parts, policy, stop).await;
        Ok(())
    })
}

fn start_log(level: Option<&str>) -> Result<(), Failure> {
    let level = level.unwrap_or("warn");
    let filter: LevelFilter =
        level.parse().map_err(|_| format!("the log level \"{level}\" is none of error, warn, info, debug, trace"))?;
    // Fails only where a log is set already, as in a program that embeds this one.
    let _ = tracing_subscriber::fmt().with_max_level(filter).with_writer(std::io::stderr).try_init();
    Ok(())
}

#[cfg(not(feature = "virtual-card"))]
fn backend(_: &RunArguments) -> Result<(Arc<dyn Backend>, bool), Failure> {
    Ok((Arc::new(jpki_card::pcsc::PcscBackend::new()), false))
}

#[cfg(feature = "virtual-card")]
fn backend(arguments: &RunArguments) -> Result<(Arc<dyn Backend>, bool), Failure> {
    match &arguments.virtual_card {
        Some(file) => Ok((Arc::new(crate::virtual_card::VirtualCard::open(file)?), true)),
        None => Ok((Arc::new(jpki_card::pcsc::PcscBackend::new()), false)),
    }
}

/// The prompt: `jpki-prompt` beside this program, unless another is named.
fn prompt(named: Option<&Path>) -> Result<PromptProgram, Failure> {
    let own = || -> Result<PathBuf, Failure> {
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

/// The person's language, as the desktop says it (POSIX: `LC_ALL` over `LC_MESSAGES` over `LANG`).
fn language() -> Language {
    let named = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().filter_map(|name| std::env::var(name).ok());
    named.into_iter().find(|tag| !tag.is_empty()).map_or(Language::default(), |tag| match tag.as_str() {
        // The locale of nobody: a service or a minimal system, not an English speaker.
        "C" | "POSIX" | "C.UTF-8" => Language::default(),
        tag => Language::from_tag(tag),
    })
}

/// Ready when the system or the person asks the agent to end. The handlers stand when this returns.
#[cfg(unix)]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Ready when the system or the person asks the agent to end. The handlers stand when this returns.
#[cfg(windows)]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::windows::{ctrl_c, ctrl_shutdown};
    let (mut interrupt, mut shutdown) = (ctrl_c()?, ctrl_shutdown()?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = shutdown.recv() => {}
        }
    })
}
