//! The thread that does the blocking calls to cards, one after the other: looks, and the work that follows.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};

use jpki_card::{Attempts, Auth, Backend, CardFacts, Error, Session, Survey};
use jpki_protocol::ErrorCode;
use jpki_protocol::prompt::PinKind;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

use super::Drafts;
use super::card_work::{self, Held, Occasion};
use crate::certificate::{self, CardCertificate};
use crate::live::{Board, Learnt};
use crate::operation::{CardAt, CardJob, Done, Event, Facts, Fault, Look, SurveyFault};
use crate::threads::{lock, spawn};

/// What was learnt of the cards that are in the readers now.
pub(super) type Known = Arc<Mutex<HashMap<CardAt, Knowledge>>>;

/// What was learnt of one card.
#[derive(Debug, Clone, Default)]
pub(super) struct Knowledge {
    /// How it wants to be spoken to.
    facts: CardFacts,
    /// Its authentication certificate, once that was read.
    authentication: Option<Survey>,
}

/// Work for a card.
pub(super) enum Job {
    /// Look at it, and keep it until it works or is released.
    Survey { at: CardAt, look: Look, reply: UnboundedSender<Event> },
    /// Verify the PIN and do what it is for, unless `stop` is set first.
    Work { job: CardJob, drafts: Drafts, stop: Arc<AtomicBool>, reply: UnboundedSender<Event> },
    /// Deselect its application and let go of it.
    Release(CardAt),
}

/// A worker's thread. Dropping it lets the thread end after the job it is at.
pub(super) struct Worker {
    jobs: Sender<Job>,
    done: oneshot::Receiver<()>,
}

impl Worker {
    pub(super) fn submit(&self, job: Job) {
        // Fails only if the thread could not start, which was logged; the operation times out.
        let _ = self.jobs.send(job);
    }

    /// Waits until every job handed in is done.
    pub(super) async fn finished(self) {
        drop(self.jobs);
        // An error means the thread is gone already.
        let _ = self.done.await;
    }
}

pub(super) fn start(backend: Arc<dyn Backend>, known: Known, board: Board) -> Worker {
    let (jobs, inbox) = channel();
    let (sender, done) = oneshot::channel();
    spawn("card-worker", move || {
        let mut desk = Desk { backend: backend.as_ref(), known, board, held: None };
        for job in inbox {
            desk.work(job);
        }
        let _ = sender.send(());
    });
    Worker { jobs, done }
}

struct Desk<'a> {
    backend: &'a dyn Backend,
    known: Known,
    board: Board,
    /// The card that was looked at, exclusively ours: what the person is shown of it stays true.
    held: Option<(CardAt, Held)>,
}

impl Desk<'_> {
    fn work(&mut self, job: Job) {
        // An operation that ended meanwhile doesn't listen; the card is left in order all the same.
        match job {
            Job::Survey { at, look, reply } => {
                let result = self.survey(&at, look);
                let _ = reply.send(Event::Surveyed(at, result));
            }
            Job::Work { job, drafts, stop, reply } => {
                let held = self.held.take().filter(|(at, _)| *at == job.at).map(|(_, held)| held);
                let (at, pin) = (job.at.clone(), job.pin());
                let mut occasion =
                    Occasion { backend: self.backend, stop: &stop, drafts: &drafts, reply: &reply, kept: None };
                let result = card_work::work(&mut occasion, job, held);
                self.board.learnt(&at, learnt(pin, &result));
                self.held = occasion.kept.map(|held| (at, held));
                let _ = reply.send(Event::Worked(result));
            }
            Job::Release(at) => match self.held.take() {
                Some((held, session)) if held == at => session.deselect(),
                other => self.held = other,
            },
        }
    }

    fn survey(&mut self, at: &CardAt, look: Look) -> Result<Facts, SurveyFault> {
        if let Some((_, held)) = self.held.take() {
            held.deselect();
        }
        let known = lock(&self.known).get(at).cloned().unwrap_or_default();
        let (facts, held) = self.look(at, look, known).map_err(|error| {
            let fault = survey_fault(error);
            if fault == SurveyFault::Unsupported {
                self.board.learnt(at, Learnt::Foreign);
            }
            fault
        })?;
        let certificate = match (look, lock(&self.known).get(at).and_then(|known| known.authentication.as_ref())) {
            (Look::Authentication, Some(survey)) => {
                CardCertificate::parse(survey.certificate.der(), jiff::Timestamp::now()).map(|one| Some(Arc::new(one)))
            }
            _ => Ok(None),
        };
        match certificate {
            Ok(certificate) => {
                self.held = Some((at.clone(), held));
                Ok(Facts { certificate, ..facts })
            }
            Err(code) => {
                held.deselect();
                Err(SurveyFault::Failed(code))
            }
        }
    }

    /// Opens the application that `look` is about and counts the attempts of its PIN.
    fn look(&self, at: &CardAt, look: Look, mut known: Knowledge) -> Result<(Facts, Held), Error> {
        let connection = self.backend.connect(&at.reader, Some(at.insertion))?;
        let (attempts, held) = match look {
            Look::Authentication => {
                let (survey, session) = jpki_card::survey_and_hold(connection, known.authentication.take())?;
                let attempts = survey.attempts;
                known.facts = survey.facts;
                known.authentication = Some(survey);
                (attempts, Held::Jpki(session))
            }
            Look::AuthenticationPin => {
                let mut session = Session::open(connection, known.facts)?;
                let attempts = session.attempts::<Auth>()?;
                known.facts = session.facts();
                (attempts, Held::Jpki(session))
            }
            Look::Signature => {
                let (survey, session) = jpki_card::survey_sign_and_hold(connection, known.facts)?;
                known.facts = survey.facts;
                (survey.attempts, Held::Jpki(session))
            }
            Look::Text => {
                let (survey, session) = jpki_card::survey_text_and_hold(connection, known.facts)?;
                known.facts = survey.facts;
                (survey.attempts, Held::Text(session))
            }
        };
        let auth_expires =
            known.authentication.as_ref().and_then(|survey| certificate::expires(survey.certificate.der()));
        self.board.learnt(at, Learnt::Looked { pin: look.pin(), attempts, auth_expires });
        let facts = Facts { attempts, certificate: None, card: known.facts };
        lock(&self.known).insert(at.clone(), known);
        Ok((facts, held))
    }
}

/// What the outcome of work tells of the PIN it took.
fn learnt(pin: PinKind, result: &Result<Done, Fault>) -> Learnt {
    match result {
        Ok(_) => Learnt::Accepted(pin),
        Err(Fault::WrongPin { attempts } | Fault::Unconfirmed { attempts }) => {
            Learnt::Counted { pin, attempts: *attempts }
        }
        Err(Fault::Failed(ErrorCode::PinBlocked | ErrorCode::PinAttemptsExhausted)) => {
            Learnt::Counted { pin, attempts: Attempts::Blocked }
        }
        Err(Fault::Failed(_)) => Learnt::Unsure(pin),
    }
}

/// The word of the page protocol for what went wrong with a card.
pub(super) fn code(error: &Error) -> ErrorCode {
    tracing::info!("card: {error}");
    ErrorCode::from_word(error.code()).unwrap_or(ErrorCode::Internal)
}

fn survey_fault(error: Error) -> SurveyFault {
    match error {
        Error::CardUnsupported(_) | Error::CardMute(_) => SurveyFault::Unsupported,
        Error::CardInUse(_) => SurveyFault::InUse,
        Error::CardRemoved(_) | Error::NoCard(_) | Error::NoReader(_) => SurveyFault::Gone,
        error => SurveyFault::Failed(code(&error)),
    }
}
