//! Carries out one operation: events in, effects out.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use jpki_card::Snapshot;
use jpki_protocol::ErrorCode;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::sync::watch;

use super::card_worker::Job;
use super::prompt_process::Window;
use super::timers::Timers;
use super::{Agent, Drafts, PageEvent};
use crate::gate::Left;
use crate::live::Outcome;
use crate::operation::{Effect, Event, Operation, Request, Timer};
use crate::sites::Decision;

struct Operator<'a> {
    agent: &'a Arc<Agent>,
    request: Request,
    began: Timestamp,
    drafts: Drafts,
    page: UnboundedSender<PageEvent>,
    events: UnboundedSender<Event>,
    window: Option<Window>,
    readers: Option<watch::Receiver<Option<Snapshot>>>,
    timers: Timers,
    /// Tells the card worker that nobody waits for it any more.
    stop_work: Arc<AtomicBool>,
}

/// Runs an operation to its end and says how it left.
pub(super) async fn run(
    agent: &Arc<Agent>,
    request: Request,
    drafts: Drafts,
    page: UnboundedSender<PageEvent>,
    events: UnboundedSender<Event>,
    mut inbox: UnboundedReceiver<Event>,
) -> Left {
    let (mut operation, effects) = Operation::new(request.clone());
    let mut operator = Operator {
        agent,
        request,
        began: Timestamp::now(),
        drafts,
        page,
        events,
        window: None,
        readers: None,
        timers: Timers::default(),
        stop_work: Arc::default(),
    };
    let mut left = Left::Finished;
    operator.apply(effects);
    while !operation.is_over() {
        let event = tokio::select! {
            // What was said first counts first: a cancel before a timer.
            biased;
            Some(event) = inbox.recv() => event,
            snapshot = next_snapshot(&mut operator.readers) => Event::Readers(snapshot),
            timer = operator.timers.elapsed() => Event::Elapsed(timer),
        };
        let by_page = matches!(event, Event::PageGone);
        let effects = operation.step(event);
        if effects.iter().any(|effect| matches!(effect, Effect::Answer(Err(ErrorCode::UserCancelled)))) {
            left = if by_page { Left::CancelledByPage } else { Left::CancelledByPerson };
        }
        operator.apply(effects);
    }
    left
}

/// The readers after their next change; never, as long as nobody watches them.
async fn next_snapshot(readers: &mut Option<watch::Receiver<Option<Snapshot>>>) -> Snapshot {
    if let Some(readers) = readers {
        while readers.changed().await.is_ok() {
            // None before the watch looked for the first time.
            if let Some(snapshot) = readers.borrow_and_update().clone() {
                return snapshot;
            }
        }
    }
    std::future::pending().await
}

impl Operator<'_> {
    fn apply(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            self.apply_one(effect);
        }
    }

    fn apply_one(&mut self, effect: Effect) {
        match effect {
            Effect::OpenPrompt(open) => {
                self.window = Some(self.agent.prompts.open(&self.agent.prompt, open, self.events.clone()));
            }
            Effect::Tell(message) => {
                if let Some(window) = &self.window {
                    window.tell(message);
                }
            }
            Effect::WatchReaders => {
                let mut readers = self.agent.cards.readers();
                // What is known already is news to this operation.
                readers.mark_changed();
                self.readers = Some(readers);
            }
            Effect::Survey(at, look) => self.agent.cards.submit(Job::Survey { at, look, reply: self.events.clone() }),
            Effect::Work(job) => self.agent.cards.submit(Job::Work {
                job,
                drafts: Arc::clone(&self.drafts),
                stop: Arc::clone(&self.stop_work),
                reply: self.events.clone(),
            }),
            Effect::Release(at) => self.agent.cards.submit(Job::Release(at)),
            Effect::StopWork => self.stop_work(),
            Effect::AbandonCard => {
                self.stop_work();
                self.agent.cards.abandon();
            }
            Effect::Progress(state) => {
                self.agent.board.entered(state);
                self.tell_page(PageEvent::Progress(state));
            }
            Effect::Answer(result) => {
                self.agent.ended(&self.request, self.began, Outcome::of(&result));
                self.tell_page(PageEvent::Finished(result));
            }
            Effect::AllowSite => self.decide(Decision::Allow),
            Effect::BlockSite => self.decide(Decision::Block),
            Effect::Start(Timer::User, _) => self.timers.start(Timer::User, self.agent.patience),
            Effect::Start(timer, after) => self.timers.start(timer, after),
            Effect::Stop(timer) => self.timers.stop(timer),
        }
    }

    fn stop_work(&mut self) {
        // What is done after this, if anything, is another matter.
        std::mem::take(&mut self.stop_work).store(true, Ordering::Release);
    }

    fn tell_page(&self, event: PageEvent) {
        // A page that went away hears nothing.
        let _ = self.page.send(event);
    }

    fn decide(&self, decision: Decision) {
        let Some(origin) = &self.request.origin else { return };
        if let Err(error) = self.agent.sites.set(origin, Some(decision)) {
            tracing::error!("the decision about {origin} was not kept: {error}");
        }
    }
}
