//! Carries out one operation: events in, effects out.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jpki_card::Snapshot;
use jpki_protocol::token::{ALGORITHM, FORMAT, signed_value};
use jpki_protocol::{AuthToken, ErrorCode};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::sync::watch;

use super::card_worker::Job;
use super::prompt_process::Window;
use super::timers::Timers;
use super::{Agent, PageEvent};
use crate::gate::Left;
use crate::operation::{Answer, Effect, Event, Operation, Request, Timer};
use crate::sites::Decision;

struct Operator<'a> {
    agent: &'a Arc<Agent>,
    request: Request,
    page: UnboundedSender<PageEvent>,
    events: UnboundedSender<Event>,
    window: Option<Window>,
    readers: Option<watch::Receiver<Option<Snapshot>>>,
    timers: Timers,
    /// Tells the card worker that nobody waits for its signature any more.
    stop_signing: Arc<AtomicBool>,
}

/// Runs an operation to its end and says how it left.
pub(super) async fn run(
    agent: &Arc<Agent>,
    request: Request,
    page: UnboundedSender<PageEvent>,
    events: UnboundedSender<Event>,
    mut inbox: UnboundedReceiver<Event>,
) -> Left {
    let (mut operation, effects) = Operation::new(request.clone());
    let mut operator = Operator {
        agent,
        request,
        page,
        events,
        window: None,
        readers: None,
        timers: Timers::default(),
        stop_signing: Arc::default(),
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
            Effect::Survey(at) => self.agent.cards.submit(Job::Survey { at, reply: self.events.clone() }),
            Effect::Sign(job) => self.agent.cards.submit(Job::Sign {
                job,
                stop: Arc::clone(&self.stop_signing),
                message: signed_value(&self.request.origin, &self.request.challenge),
                reply: self.events.clone(),
            }),
            Effect::Release(at) => self.agent.cards.submit(Job::Release(at)),
            Effect::StopSigning => self.stop_signing(),
            Effect::AbandonCard => {
                self.stop_signing();
                self.agent.cards.abandon();
            }
            Effect::Progress(state) => self.tell_page(PageEvent::Progress(state)),
            Effect::Answer(result) => self.tell_page(PageEvent::Finished(result.map(token))),
            Effect::AllowSite => self.decide(Decision::Allow),
            Effect::BlockSite => self.decide(Decision::Block),
            Effect::Start(Timer::User, _) => self.timers.start(Timer::User, self.agent.patience),
            Effect::Start(timer, after) => self.timers.start(timer, after),
            Effect::Stop(timer) => self.timers.stop(timer),
        }
    }

    fn stop_signing(&mut self) {
        // What is signed after this, if anything, is another matter.
        std::mem::take(&mut self.stop_signing).store(true, Ordering::Release);
    }

    fn tell_page(&self, event: PageEvent) {
        // A page that went away hears nothing.
        let _ = self.page.send(event);
    }

    fn decide(&self, decision: Decision) {
        if let Err(error) = self.agent.sites.set(&self.request.origin, Some(decision)) {
            tracing::error!("the decision about {} was not kept: {error}", self.request.origin);
        }
    }
}

fn token(answer: Answer) -> AuthToken {
    AuthToken {
        unverified_certificate: STANDARD.encode(answer.certificate.der()),
        algorithm: ALGORITHM.to_owned(),
        signature: STANDARD.encode(&answer.signature),
        format: FORMAT.to_owned(),
        app_version: crate::APP_VERSION.to_owned(),
    }
}
