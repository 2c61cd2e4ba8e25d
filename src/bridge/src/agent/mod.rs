//! The agent's inside: it lets operations begin, one at a time, and carries out what they ask for.
//!
//! The server comes in through [`Agent::begin`]; what it gets back are progress and one answer. The
//! decisions are [`crate::operation`]'s and [`crate::gate`]'s; nothing here decides.

mod card_desk;
mod card_work;
mod card_worker;
mod operator;
mod prompt_process;
#[cfg(test)]
#[cfg(all(unix, feature = "virtual-card"))]
mod tests;
mod timers;

use std::sync::{Arc, Mutex};
use std::time::Instant;

use jiff::Timestamp;
use jpki_card::Backend;
use jpki_protocol::page::{ProgressState, RpcError};
use jpki_protocol::text::Purpose;
use jpki_protocol::{ErrorCode, Language, Origin};
use jpki_signing::Draft;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;

use crate::files::FileError;
use crate::gate::Gate;
use crate::history::{Entry, History};
use crate::live::{Board, Live, Outcome};
use crate::operation::{Answer, Event, Request, Task};
use crate::sites::{Decision, Sites};
use card_desk::CardDesk;
pub use prompt_process::PromptProgram;

/// The documents of a task that signs some, in its order. Whoever asked finishes them with the signatures.
pub(crate) type Drafts = Arc<Mutex<Vec<Box<dyn Draft>>>>;

/// What is asked for.
#[derive(Debug)]
pub(crate) struct Ask {
    /// The page that asks; none for a command on this computer.
    pub(crate) origin: Option<Origin>,
    pub(crate) task: Task,
    pub(crate) drafts: Drafts,
    pub(crate) purpose: Option<Purpose>,
    pub(crate) language: Option<Language>,
}

/// What a page hears of its request.
#[derive(Debug)]
pub(crate) enum PageEvent {
    /// How it stands.
    Progress(ProgressState),
    /// The answer, sent once and last.
    Finished(Result<Answer, ErrorCode>),
}

/// A request under way. Dropping it cancels the request.
#[derive(Debug)]
pub(crate) struct Running {
    cancel: UnboundedSender<Event>,
    events: UnboundedReceiver<PageEvent>,
}

impl Running {
    /// The next thing the page should hear; none after the answer.
    pub(crate) async fn next(&mut self) -> Option<PageEvent> {
        self.events.recv().await
    }

    /// Asks for the request to be cancelled; its answer follows.
    pub(crate) fn cancel(&self) {
        // An operation that is over has no one left to tell.
        let _ = self.cancel.send(Event::PageGone);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.cancel();
    }
}

/// Why a request did not begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotBegun {
    pub(crate) code: ErrorCode,
    /// After how many seconds it is worth trying again, where that is known.
    pub(crate) retry_after: Option<u64>,
}

impl NotBegun {
    pub(crate) fn to_error(self, language: Language) -> RpcError {
        let error = RpcError::operation(self.code, language);
        match self.retry_after {
            Some(seconds) => error.retry_after(seconds),
            None => error,
        }
    }
}

/// What an agent is made of.
pub struct Parts {
    /// Where readers and cards are.
    pub backend: Arc<dyn Backend>,
    /// Who asks the person.
    pub prompt: PromptProgram,
    /// What the person decided about sites.
    pub sites: Arc<Sites>,
    /// Where what was asked is kept; none to keep nothing.
    pub history: Option<Arc<History>>,
    /// The language of a window whose page named none.
    pub language: Language,
    /// Whether the card is one in software.
    pub virtual_card: bool,
    /// How long a person has to answer.
    pub patience: std::time::Duration,
}

/// See the module.
pub(crate) struct Agent {
    prompt: PromptProgram,
    sites: Arc<Sites>,
    history: Option<Arc<History>>,
    language: watch::Sender<Language>,
    virtual_card: bool,
    patience: std::time::Duration,
    gate: Mutex<Gate>,
    board: Board,
    cards: CardDesk,
    prompts: prompt_process::Windows,
    /// How many operations run: zero or one.
    running: watch::Sender<usize>,
}

impl Agent {
    pub(crate) fn new(parts: Parts) -> Self {
        let board = Board::new(parts.virtual_card);
        Self {
            prompt: parts.prompt,
            sites: parts.sites,
            history: parts.history,
            language: watch::Sender::new(parts.language),
            virtual_card: parts.virtual_card,
            patience: parts.patience,
            gate: Mutex::default(),
            cards: CardDesk::new(parts.backend, board.clone()),
            board,
            prompts: prompt_process::Windows::default(),
            running: watch::Sender::new(0),
        }
    }

    /// The language to answer a page in.
    pub(crate) fn language(&self, asked: Option<Language>) -> Language {
        asked.unwrap_or(*self.language.borrow())
    }

    /// The person's language, now and from now on.
    pub(crate) fn spoken(&self) -> watch::Receiver<Language> {
        self.language.subscribe()
    }

    /// Speaks this language from now on, where nobody asks for another.
    pub(crate) fn speak(&self, language: Language) {
        self.language.send_replace(language);
    }

    /// Whether a site is blocked. A file that can't be trusted lets nobody in.
    pub(crate) fn is_blocked(&self, origin: &Origin) -> bool {
        match self.sites.decision(origin) {
            Ok(decision) => decision == Some(Decision::Block),
            Err(error) => {
                tracing::error!("{error}");
                true
            }
        }
    }

    /// Begins an operation.
    pub(crate) fn begin(self: &Arc<Self>, ask: Ask) -> Result<Running, NotBegun> {
        let decision = match &ask.origin {
            Some(origin) => self.sites.decision(origin).unwrap_or(Some(Decision::Block)),
            None => None,
        };
        if decision == Some(Decision::Block) {
            return Err(NotBegun { code: ErrorCode::SiteBlocked, retry_after: None });
        }
        self.gate().enter(ask.origin.as_ref(), Instant::now()).map_err(|closed| NotBegun {
            code: ErrorCode::Busy,
            retry_after: closed.retry_after.map(|pause| pause.as_secs() + u64::from(pause.subsec_nanos() > 0)),
        })?;
        let drafts = ask.drafts;
        let request = Request {
            language: self.language(ask.language),
            origin: ask.origin,
            task: ask.task,
            purpose: ask.purpose,
            remembered: decision == Some(Decision::Allow),
            virtual_card: self.virtual_card,
        };
        let (events, inbox) = unbounded_channel();
        let (page, page_events) = unbounded_channel();
        self.running.send_modify(|count| *count += 1);
        self.board.began(request.origin.clone(), request.task.kind());
        let running = Running { cancel: events.clone(), events: page_events };
        let agent = Arc::clone(self);
        tokio::spawn(async move {
            let origin = request.origin.clone();
            let left = operator::run(&agent, request, drafts, page, events, inbox).await;
            agent.board.at_rest();
            agent.gate().leave(origin.as_ref(), left, Instant::now());
            agent.running.send_modify(|count| *count -= 1);
        });
        Ok(running)
    }

    /// What the person decided about sites.
    pub(crate) fn sites(&self) -> &Sites {
        &self.sites
    }

    /// What an onlooker may know, now and from now on.
    pub(crate) fn live(&self) -> watch::Receiver<Live> {
        self.board.subscribe()
    }

    /// What was asked and how it ended; none if that isn't kept.
    pub(crate) fn history(&self) -> Option<&Arc<History>> {
        self.history.as_ref()
    }

    /// Erases the history and says how many entries there were.
    pub(crate) fn clear_history(&self) -> Result<usize, FileError> {
        let count = self.history.as_ref().map_or(Ok(0), |history| history.clear())?;
        self.history_was_cleared();
        Ok(count)
    }

    /// Shows nothing more of a history that was erased.
    pub(crate) fn history_was_cleared(&self) {
        self.board.forgot();
    }

    /// Takes note of how an operation ended, before whoever asked hears of it.
    fn ended(&self, request: &Request, began: Timestamp, outcome: Outcome) {
        self.board.answered(outcome);
        if let Some(history) = &self.history {
            self.board.kept(history.append(&Entry::new(request, began, outcome)));
        }
    }

    /// Looks at readers from now on, whether or not anybody asks for an operation.
    pub(crate) fn watch_readers(&self) {
        // The desk keeps the watch; its changes reach the board.
        drop(self.cards.readers());
    }

    /// Waits until no operation runs, then lets go of readers and windows.
    pub(crate) async fn stop(&self) {
        let mut running = self.running.subscribe();
        // The sender is ours: this only ends when the count is zero.
        let _ = running.wait_for(|count| *count == 0).await;
        self.prompts.close();
        self.cards.stop().await;
    }

    /// Waits until the prompt that is open ended by itself, at most this long.
    pub(crate) async fn prompt_ended(&self, at_most: std::time::Duration) {
        self.prompts.ended(at_most).await;
    }

    fn gate(&self) -> std::sync::MutexGuard<'_, Gate> {
        crate::threads::lock(&self.gate)
    }
}
