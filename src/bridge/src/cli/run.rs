//! `jpki-bridge run`

use std::io::Write as _;
use std::sync::{Arc, Mutex};

use jpki_protocol::OriginPolicy;
#[cfg(not(target_os = "macos"))]
use tokio::sync::Notify;

use super::instance::{Instance, Turn};
use super::surroundings::{start_log, stop_signal};
#[cfg(not(target_os = "macos"))]
use super::tray;
use super::{Failure, RunArguments, page};
use crate::settings::{self, Layers, Settings};
use crate::status::Page;
use crate::{Bridge, Listeners};

pub(super) fn run(arguments: RunArguments) -> Result<(), Failure> {
    let layers = arguments.layers()?;
    let settings = layers.merged();
    start_log(settings.log.as_deref())?;
    let instance = match Instance::take(&settings::runtime_folder()?, settings.port)? {
        Turn::Ours(instance) => instance,
        Turn::Theirs(first) => {
            say(format_args!("JPKI Bridge is already running on port {} (process {})", first.port, first.process));
            // Who starts it again looks for it. Without a desktop there is no browser, and nothing is lost.
            if let Err(error) = page::show_of(&first) {
                tracing::info!("its page was not opened: {error}");
            }
            return Ok(());
        }
    };
    let policy = if settings.developer == Some(true) { OriginPolicy::Developer } else { OriginPolicy::Secure };
    let port = settings.port;
    let parts = arguments.surroundings.parts(&settings, layers.rules())?;
    let desk = Arc::new(Mutex::new(instance.desk()));
    let page = Page::new(
        Arc::clone(&desk),
        arguments.surroundings.subject_beside(&parts)?,
        layers.rows(),
        settings::folder()?,
    );
    let page = Arc::new(page);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let stop = stop_signal()?;
        let listeners = Listeners::bind(port)?;
        if let Err(error) = instance.leave_note(listeners.port()) {
            // A full disk is no reason to refuse pages.
            tracing::warn!("a second start will not find this agent: {error}");
        }
        tracing::info!(port = listeners.port(), "the agent is ready");
        say(format_args!("JPKI Bridge {} is ready on port {}", env!("CARGO_PKG_VERSION"), listeners.port()));
        let bridge = Bridge::new(parts);
        #[cfg(not(target_os = "macos"))]
        let stop = {
            let quit = Arc::new(Notify::new());
            if settings.tray != Some(false) {
                let folders = tray::Folders { settings: &settings::folder()?, data: &settings::data_folder()? };
                let page = tray::Page { port: listeners.port(), desk: Arc::clone(&desk) };
                tray::hang(&bridge, &folders, page, Arc::clone(&quit));
            }
            async move {
                tokio::select! {
                    () = stop => {}
                    () = quit.notified() => {}
                }
            }
        };
        bridge.serve_with(listeners, policy, Some(desk), Some(page), stop).await;
        Ok(())
    })
}

impl RunArguments {
    /// All settings that an agent with these arguments has, each with where it comes from.
    pub(super) fn layers(&self) -> Result<Layers, Failure> {
        self.surroundings.layers(Settings {
            port: self.port,
            tray: self.no_tray.then_some(false),
            developer: self.developer.then_some(true),
            ..Settings::default()
        })
    }
}

/// Says something to who listens. Where standard output is a file on a full disk, or nothing, the agent goes on.
fn say(what: std::fmt::Arguments<'_>) {
    let _ = writeln!(std::io::stdout(), "{what}");
}
