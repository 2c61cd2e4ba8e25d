//! The agent's own page, on the port of the agent: readers and cards as they are, sites, history, diagnosis, settings, log.
//!
//! The person comes in with a one-time key (`jpki-bridge open`, the tray), which becomes a session of that browser; every
//! other request is answered by a sentence on how to do so. [`admission`] says which requests are the page's own, `act`
//! does what its forms ask for, `view` writes it. No PIN is ever typed here, no operation begins here, and another page
//! can neither read nor frame this one, nor send its forms.

mod act;
mod admission;
mod changes;
mod form;
mod log;
mod respond;
mod section;
mod session;
#[cfg(test)]
mod tests;
mod texts;
mod view;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use askama::Template;
use jiff::Timestamp;
use tokio::net::TcpStream;
use tokio::sync::{oneshot, watch};

use crate::agent::Agent;
use crate::autostart::Autostart;
use crate::doctor::{Findings, Subject};
use crate::history::{self, History, Reading};
use crate::onetime::{Desk, Key};
use crate::server::http::{Head, HeadError, Response, read_body};
use crate::server::send;
use crate::settings::Row;
use crate::threads::{lock, spawn};
pub(crate) use admission::{Call, admit, is_ours};
use admission::{Format, What, cookie_name};
use form::Form;
pub(crate) use log::LogWriter;
use section::Section;
use session::Sessions;
use view::Frame;

/// The page of one agent.
pub(crate) struct Page {
    desk: Arc<Mutex<Desk>>,
    subject: Arc<Subject>,
    settings: Vec<Row>,
    /// Where the person's choices are kept.
    folder: PathBuf,
    sessions: Mutex<Sessions>,
    /// Tells the browsers that look on of what the page itself changed.
    changes: watch::Sender<()>,
    examined: tokio::sync::Mutex<Option<Examined>>,
}

/// What the doctor found, and when.
struct Examined {
    findings: Findings,
    at: Timestamp,
}

impl Page {
    /// A page for who has a key of `desk`, with what the doctor looks at, the settings that are in force, and the folder of
    /// the person's choices.
    pub(crate) fn new(desk: Arc<Mutex<Desk>>, subject: Subject, settings: Vec<Row>, folder: PathBuf) -> Self {
        Self {
            desk,
            subject: Arc::new(subject),
            settings,
            folder,
            sessions: Mutex::default(),
            changes: watch::Sender::new(()),
            examined: tokio::sync::Mutex::default(),
        }
    }

    /// Serves one request that was admitted.
    pub(crate) async fn serve(
        &self,
        agent: &Agent,
        mut stream: TcpStream,
        mut head: Head,
        call: Call,
        stopping: watch::Receiver<bool>,
    ) {
        let cookie = call.cookie.as_ref();
        let response = match call.what {
            What::Enter(section, key) => self.enter(agent, section, &key, &stream),
            What::See(section, query) => self.see(agent, section, &query, cookie).await,
            What::Export(format, query) if self.knows(cookie) => export(agent, format, &query).await,
            What::Asset(asset) if self.knows(cookie) => respond::asset(asset.kind, asset.text),
            What::Changes { log } if self.knows(cookie) => {
                let sources = changes::Sources {
                    live: agent.live(),
                    language: agent.spoken(),
                    own: self.changes.subscribe(),
                    log: log.then(log::changes),
                };
                return changes::serve(stream, sources, stopping).await;
            }
            What::Act if self.knows(cookie) => match read_body(&mut stream, &mut head).await {
                Ok(body) => self.take(agent, &body, cookie).await,
                Err(HeadError::Gone) => return,
                Err(_) => Response::status(400),
            },
            What::Export(..) | What::Asset(_) | What::Changes { .. } | What::Act => locked(agent),
        };
        send(&mut stream, response).await;
    }

    fn knows(&self, cookie: Option<&Key>) -> bool {
        lock(&self.sessions).find(cookie, Instant::now()).is_some()
    }

    /// Takes a key, and gives a session for it.
    fn enter(&self, agent: &Agent, section: Section, key: &Key, stream: &TcpStream) -> Response {
        let now = Instant::now();
        if !lock(&self.desk).redeem(key, now) {
            return locked(agent);
        }
        agent.watch_readers();
        let opened = lock(&self.sessions).open(now);
        match (opened, stream.local_addr()) {
            (Ok(cookie), Ok(local)) => respond::enter(section.path(), &cookie_name(local.port()), cookie.as_str()),
            (Err(error), _) | (_, Err(error)) => failed(&error),
        }
    }

    /// A section, for who has a session.
    async fn see(&self, agent: &Agent, section: Section, query: &[(String, String)], cookie: Option<&Key>) -> Response {
        let live = agent.live().borrow().clone();
        let language = agent.language(None);
        let frame = lock(&self.sessions)
            .find(cookie, Instant::now())
            .map(|session| Frame::new(section, session, language, live.test_card));
        let Some(frame) = frame else { return locked(agent) };
        let html = match section {
            Section::Overview => view::OverviewPage::new(frame, &live, Timestamp::now()).render(),
            Section::Sites => {
                let sites = agent.sites().all().map_err(|error| error.to_string());
                view::SitesPage::new(frame, sites, agent.sites().only_allowed()).render()
            }
            Section::History => {
                let reading = match agent.history() {
                    Some(history) => Some(read(history).await),
                    None => None,
                };
                view::HistoryPage::new(frame, reading, &view::Choice::read(query), live.history.trouble).render()
            }
            Section::Diagnosis => {
                let examined = self.examined.lock().await;
                let diagnosis = examined.as_ref().map(|done| (done.findings.diagnosis(language), done.at));
                view::DiagnosisPage::new(frame, diagnosis).render()
            }
            Section::Settings => {
                let autostart = Autostart::here().and_then(|autostart| autostart.status());
                view::SettingsPage::new(frame, &self.settings, autostart.map_err(|error| error.to_string())).render()
            }
            Section::Log => view::LogPage::new(frame, log::lines()).render(),
            Section::About => view::AboutPage::new(frame).render(),
        };
        html.map_or_else(|error| failed(&error), |html| respond::page(200, html))
    }

    /// Takes a form.
    async fn take(&self, agent: &Agent, body: &[u8], cookie: Option<&Key>) -> Response {
        let Some(Form { token, action }) = Form::parse(body) else { return Response::status(400) };
        let before = {
            let mut sessions = lock(&self.sessions);
            let Some(session) = sessions.find(cookie, Instant::now()) else { return locked(agent) };
            if !session.made(token.as_ref()) {
                tracing::warn!("a form that doesn't stand in the status page was refused");
                return locked(agent);
            }
            session.notice.take()
        };
        let done = self.act(agent, action, before).await;
        if let Some(session) = lock(&self.sessions).find(cookie, Instant::now()) {
            session.notice = done.notice.map(|notice| (done.section, notice));
        }
        respond::see_other(done.section.path())
    }
}

/// Reads the history beside the runtime: a disk may be slow, and another process may hold the file.
async fn read(history: &Arc<History>) -> Result<Reading, String> {
    let history = Arc::clone(history);
    let (sender, reading) = oneshot::channel();
    spawn("history-read", move || {
        // Nobody listens any more where the page was closed meanwhile.
        let _ = sender.send(history.read());
    });
    match reading.await {
        Ok(reading) => reading.map_err(|error| error.to_string()),
        Err(_) => Err("the system gave no thread to read the history".to_owned()),
    }
}

/// The history for another program, as the filter leaves it.
async fn export(agent: &Agent, format: Format, query: &[(String, String)]) -> Response {
    let Some(history) = agent.history() else { return Response::status(404) };
    let reading = match read(history).await {
        Ok(reading) => reading,
        Err(error) => return failed(&error),
    };
    let filter = view::Choice::read(query).filter();
    let entries = reading.entries.into_iter().filter(|entry| filter.admits(entry)).collect();
    let reading = Reading { entries, skipped: reading.skipped };
    match format {
        Format::Json => respond::download("application/json", "jpki-bridge-history.json", history::to_json(&reading)),
        // With a byte order mark, by which spreadsheets know the encoding.
        Format::Csv => respond::download(
            "text/csv; charset=utf-8",
            "jpki-bridge-history.csv",
            format!("\u{feff}{}", history::to_csv(&reading.entries)),
        ),
    }
}

/// What anybody gets who has no session.
fn locked(agent: &Agent) -> Response {
    let html = view::LockedPage::new(agent.language(None)).render();
    html.map_or_else(|error| failed(&error), |html| respond::page(403, html))
}

/// A defect, or a system that fails; the log says which.
fn failed(error: &dyn std::fmt::Display) -> Response {
    tracing::error!("the status page can't be shown: {error}");
    Response::status(500)
}
