//! The tray of `jpki-bridge run`: what its menu leads to.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use jpki_protocol::Language;
use tokio::process::Command;
use tokio::sync::Notify;

use super::{Failure, page};
use crate::autostart::Autostart;
use crate::onetime::Desk;
use crate::threads::lock;
use crate::tray::{Deeds, Reminder, Section, Tray};
use crate::{Bridge, language};

/// Shows the tray from now on, as a task of the runtime. Who quits in its menu is told by `quit`.
pub(super) fn hang(bridge: &Bridge, folders: &Folders<'_>, page: Page, quit: Arc<Notify>) {
    let hands = Hands { bridge: bridge.clone(), settings: folders.settings.to_owned(), page, quit };
    let reminder = Reminder::in_folder(folders.data);
    bridge.watch_readers();
    tokio::spawn(Tray { live: bridge.live(), language: bridge.language(), deeds: hands, reminder }.run());
}

/// Where the tray's choices are kept.
pub(super) struct Folders<'a> {
    pub(super) settings: &'a Path,
    pub(super) data: &'a Path,
}

/// Where the agent's page is, and who gives keys to it.
pub(super) struct Page {
    pub(super) port: u16,
    pub(super) desk: Arc<Mutex<Desk>>,
}

struct Hands {
    bridge: Bridge,
    settings: PathBuf,
    page: Page,
    quit: Arc<Notify>,
}

impl Deeds for Hands {
    fn open(&self, section: Section) -> Result<(), Failure> {
        let key = lock(&self.page.desk).issue_inside(Instant::now())?;
        let address = page::address(self.page.port, path(section), &key);
        // The runtime looks after a browser that ends.
        Command::from(page::browser(&address))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(())
    }

    fn speak(&self, language: Language) -> Result<(), Failure> {
        self.bridge.speak(language);
        Ok(language::choose(&self.settings, language)?)
    }

    fn starts_at_login(&self) -> Option<bool> {
        Some(Autostart::here().ok()?.status().ok()?.on)
    }

    fn start_at_login(&self, start: bool) -> Result<(), Failure> {
        Autostart::here()?.set(start)?;
        Ok(())
    }

    fn quit(&self) {
        self.quit.notify_one();
    }
}

fn path(section: Section) -> &'static str {
    match section {
        Section::Status => "/status",
        Section::Sites => "/status/sites",
        Section::History => "/status/history",
        Section::Diagnosis => "/status/diagnosis",
        Section::About => "/status/about",
    }
}
