//! What a form of the page does, once it is known to be the page's.

use std::sync::Arc;

use jiff::Timestamp;
use jpki_protocol::Origin;
use tokio::sync::oneshot;

use super::form::Action;
use super::section::Section;
use super::session::Notice;
use super::{Examined, Page};
use crate::agent::Agent;
use crate::autostart::Autostart;
use crate::doctor;
use crate::language;
use crate::sites::{By, Decision};

/// What came of an action: where the browser goes on, and what it is told there.
pub(super) struct Done {
    pub(super) section: Section,
    pub(super) notice: Option<Notice>,
}

impl Page {
    /// Does what a form asks for. `before` is what its session was told last: that can be undone.
    pub(super) async fn act(&self, agent: &Agent, action: Action, before: Option<(Section, Notice)>) -> Done {
        let (section, notice) = match action {
            Action::Language(language, section) => {
                agent.speak(language);
                let kept = language::choose(&self.folder, language);
                (section, kept.err().map(|error| failed(&error)))
            }
            Action::Site(Some(site), decision) => (Section::Sites, Some(self.decide(agent, site, decision))),
            Action::Site(None, _) => (Section::Sites, Some(Notice::NoSite)),
            Action::Undo => (Section::Sites, before.and_then(|(_, before)| self.undo(agent, before))),
            Action::EraseHistory => {
                let erased = agent.clear_history();
                (Section::History, Some(erased.map_or_else(|error| failed(&error), Notice::Erased)))
            }
            Action::StartAtLogin(on) => {
                let switched = Autostart::here().and_then(|autostart| autostart.set(on));
                (Section::Settings, switched.err().map(|error| failed(&error)))
            }
            Action::Examine => {
                self.examine().await;
                (Section::Diagnosis, None)
            }
        };
        Done { section, notice }
    }

    fn decide(&self, agent: &Agent, site: Origin, now: Option<Decision>) -> Notice {
        if now == Some(Decision::Allow)
            && let Ok(Some((Decision::Block, by @ (By::Settings | By::Policy)))) = agent.sites().standing(&site)
        {
            return Notice::Blocked(site, by);
        }
        match agent.sites().set(&site, now) {
            Ok(before) => {
                self.changes.send_replace(());
                Notice::Decided { site, now, before }
            }
            Err(error) => failed(&error),
        }
    }

    fn undo(&self, agent: &Agent, notice: Notice) -> Option<Notice> {
        match notice {
            Notice::Decided { site, before, .. } => Some(self.decide(agent, site, before)),
            _ => None,
        }
    }

    /// Examines everything, on a thread of its own, as that blocks for some seconds. One at a time.
    async fn examine(&self) {
        let mut examined = self.examined.lock().await;
        let (sender, findings) = oneshot::channel();
        let subject = Arc::clone(&self.subject);
        crate::threads::spawn("doctor", move || {
            // Nobody listens any more where the page was closed meanwhile.
            let _ = sender.send(doctor::gather(&subject));
        });
        if let Ok(findings) = findings.await {
            *examined = Some(Examined { findings, at: Timestamp::now() });
        }
    }
}

fn failed(error: &dyn std::fmt::Display) -> Notice {
    Notice::Failed(error.to_string())
}
