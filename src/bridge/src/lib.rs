//! JPKI Bridge, the agent: it listens on loopback, asks the person in a window, and lets the card sign.
//!
//! The program `jpki-bridge` and the demonstration come in through [`Bridge`] or [`serve`]. The rooms: `server`
//! admits connections, `operation` decides, `agent` carries out, `live` tells onlookers, `history` keeps what was
//! asked, `tray` shows how it is, `local` does the agent's work for a command without a server, `os` holds what systems differ in.
//! Nothing here draws a window, reads a My Number, or judges who issued a certificate.
#![deny(unsafe_code)]

mod agent;
mod autostart;
mod certificate;
pub mod cli;
pub mod doctor;
mod files;
mod gate;
pub mod history;
mod language;
pub mod live;
mod local;
mod moments;
mod onetime;
mod operation;
pub mod os;
mod server;
mod settings;
mod sites;
mod status;
mod threads;
#[cfg(not(target_os = "macos"))]
mod tray;
#[cfg(feature = "virtual-card")]
pub mod virtual_card;

use std::future::Future;
use std::sync::{Arc, Mutex};

use jpki_protocol::{Language, OriginPolicy};
use tokio::sync::watch;

pub use agent::{Parts, PromptProgram};
pub use files::{FileError, Owner};
pub use server::{ListenError, Listeners};
pub use sites::{Decision, Sites};

/// Documents and templates for administrators: names below `assets/policy`, and what stands there.
#[cfg(any(test, feature = "templates"))]
pub use settings::templates::documents as policy_documents;

/// What tokens name as the program that made them.
pub(crate) const APP_VERSION: &str = concat!(env!("CARGO_PKG_HOMEPAGE"), "/releases/v", env!("CARGO_PKG_VERSION"));

/// How long a person has to answer, unless the settings say otherwise.
pub const PATIENCE: std::time::Duration = std::time::Duration::from_secs(180);

/// Serves pages where nobody looks on. See [`Bridge::serve`].
pub async fn serve(listeners: Listeners, parts: Parts, policy: OriginPolicy, stop: impl Future<Output = ()>) {
    Bridge::new(parts).serve(listeners, policy, stop).await;
}

/// An agent. Clones are the same one: whoever looks on keeps one.
#[derive(Clone)]
pub struct Bridge(Arc<agent::Agent>);

impl Bridge {
    /// An agent that doesn't serve yet. It looks at no reader before an operation needs one.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(agent::Agent::new(parts)))
    }

    /// What an onlooker may know: the value now, and word of each change. Nothing wakes while nothing changes.
    pub fn live(&self) -> watch::Receiver<live::Live> {
        self.0.live()
    }

    /// The person's language: of windows whose page names none, and of the tray. The value now, and word of each change.
    pub fn language(&self) -> watch::Receiver<Language> {
        self.0.spoken()
    }

    /// Speaks this language from now on.
    pub fn speak(&self, language: Language) {
        self.0.speak(language);
    }

    /// Looks at readers from now on, for an onlooker who shows them. More than one call changes nothing.
    pub fn watch_readers(&self) {
        self.0.watch_readers();
    }

    /// Serves pages on `listeners` until `stop` is ready; then tells them, waits for the card, and returns.
    pub async fn serve(&self, listeners: Listeners, policy: OriginPolicy, stop: impl Future<Output = ()>) {
        self.serve_with(listeners, policy, None, None, stop).await;
    }

    /// What was asked and how it ended; none if that isn't kept.
    pub fn history(&self) -> Option<Arc<history::History>> {
        self.0.history().cloned()
    }

    /// Erases the history, as [`history::History::clear`] does, and lets onlookers know.
    ///
    /// # Errors
    /// [`FileError`] if the file can't be erased, or is none of ours.
    pub fn clear_history(&self) -> Result<usize, FileError> {
        self.0.clear_history()
    }

    /// As [`Bridge::serve`], with the agent's own page and the desk that gives keys to it.
    pub(crate) async fn serve_with(
        &self,
        listeners: Listeners,
        policy: OriginPolicy,
        desk: Option<Arc<Mutex<onetime::Desk>>>,
        page: Option<Arc<status::Page>>,
        stop: impl Future<Output = ()>,
    ) {
        let (stopping, stopped) = watch::channel(false);
        let server = server::Server::new(Arc::clone(&self.0), policy, stopped, desk, page);
        let serving = server.serve(listeners);
        tokio::pin!(serving);
        tokio::select! {
            () = &mut serving => {}
            () = stop => {
                // Every connection hears of it, says goodbye to its page and cancels its request.
                let _ = stopping.send(true);
                serving.await;
            }
        }
        // Connections hold the receivers: when the last is dropped, every page has had its goodbye.
        stopping.closed().await;
        self.0.stop().await;
    }
}
