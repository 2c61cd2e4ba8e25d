//! The tray: an icon that tells how the agent is, a menu, and a few notifications.
//!
//! The command `run` comes in with [`Deeds`]. How the tray looks is [`face`], a value of the state; [`Tray::run`] makes
//! it anew when the state changes and does what the person chooses; the file of the operating system only carries both.
//! Nothing here asks for a PIN, and nothing here is needed: without a tray the agent works the same.

mod alarm;
mod face;
#[cfg(target_os = "linux")]
mod linux;
mod menu;
#[cfg(windows)]
mod native;
mod notices;
mod pictures;
mod reminder;
#[cfg(test)]
mod samples;
#[cfg(windows)]
mod windows;
mod words;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use jpki_protocol::Language;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;

use crate::live::Live;
use face::{Face, Look, face};
#[cfg(target_os = "linux")]
use linux::show;
pub(crate) use menu::{Action, Section};
use notices::{Notice, Told};
pub(crate) use reminder::Reminder;
#[cfg(windows)]
use windows::show;

/// What the menu's choices lead to.
pub(crate) trait Deeds {
    /// Opens the agent's page at this place.
    ///
    /// # Errors
    /// A sentence for the log.
    fn open(&self, section: Section) -> Result<(), Failure>;

    /// Speaks this language from now on, also after another start.
    ///
    /// # Errors
    /// A sentence for the log.
    fn speak(&self, language: Language) -> Result<(), Failure>;

    /// Whether the agent starts at login; none where that can't be changed.
    fn starts_at_login(&self) -> Option<bool>;

    /// Has the agent started at each login, or not.
    ///
    /// # Errors
    /// A sentence for the log.
    fn start_at_login(&self, wanted: bool) -> Result<(), Failure>;

    /// Lets the agent end, as the system's signal does.
    fn quit(&self);
}

/// Why a choice could not be followed.
pub(crate) type Failure = Box<dyn std::error::Error>;

/// The tray's end of the operating system's file: what to show, and where to say what was chosen.
struct Ends {
    faces: watch::Receiver<Face>,
    notices: UnboundedReceiver<Notice>,
    choices: UnboundedSender<Action>,
}

/// What a tray is made of.
pub(crate) struct Tray<D> {
    /// How the agent is.
    pub(crate) live: watch::Receiver<Live>,
    /// The person's language.
    pub(crate) language: watch::Receiver<Language>,
    /// What choices lead to.
    pub(crate) deeds: D,
    /// What was told about certificates in earlier runs.
    pub(crate) reminder: Reminder,
}

impl<D: Deeds> Tray<D> {
    /// Shows the tray for as long as the agent lives. Nothing wakes while nothing changes.
    pub(crate) async fn run(mut self) {
        let (faces, shown) = watch::channel(self.face());
        let (notices, told) = unbounded_channel();
        let (choices, mut chosen) = unbounded_channel();
        let showing = tokio::spawn(show(Ends { faces: shown, notices: told, choices }));
        let mut told = Told::of_certificate(self.reminder.read());
        loop {
            let (live, language) = (self.live.borrow_and_update().clone(), *self.language.borrow_and_update());
            let before = told.certificate();
            while let Some(notice) = told.due(&live, language, Timestamp::now()) {
                // Without a tray there is nobody to tell.
                let _ = notices.send(notice);
            }
            if told.certificate() != before {
                self.reminder.write(told.certificate());
            }
            let face = self.face();
            faces.send_if_modified(|shown| std::mem::replace(shown, face.clone()) != face);
            tokio::select! {
                changed = self.live.changed() => if changed.is_err() { break },
                changed = self.language.changed() => if changed.is_err() { break },
                action = chosen.recv() => match action {
                    Some(action) => self.follow(action),
                    // There is no tray, and there won't be one.
                    None => break,
                },
            }
        }
        showing.abort();
    }

    fn face(&self) -> Face {
        let zone = TimeZone::system();
        let look = Look {
            language: *self.language.borrow(),
            starts_at_login: self.deeds.starts_at_login(),
            now: Timestamp::now(),
            zone: &zone,
        };
        face(&self.live.borrow(), look)
    }

    fn follow(&self, action: Action) {
        let done = match action {
            Action::Open(section) => self.deeds.open(section),
            Action::Speak(language) => self.deeds.speak(language),
            Action::StartAtLogin(wanted) => self.deeds.start_at_login(wanted),
            Action::Quit => {
                self.deeds.quit();
                Ok(())
            }
        };
        if let Err(error) = done {
            tracing::error!("the tray's menu could not do what was chosen: {error}");
        }
    }
}
