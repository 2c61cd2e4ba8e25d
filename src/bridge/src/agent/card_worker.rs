//! The thread that does the blocking calls to cards, one after the other.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};

use jpki_card::{Attempts, Auth, Backend, Error, LastTryConfirmed, Session, Sha256Digest, Survey, VerifyError};
use jpki_protocol::ErrorCode;
use ring::digest::{SHA256, digest};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

use crate::certificate::CardCertificate;
use crate::operation::{Answer, CardAt, Event, Facts, SignFault, SignJob, SurveyFault};
use crate::threads::{lock, spawn};

/// What was read from the cards that are in the readers now.
pub(super) type Known = Arc<Mutex<HashMap<CardAt, Survey>>>;

/// Work for a card.
pub(super) enum Job {
    /// Look at it, and keep it until it signs or is released.
    Survey { at: CardAt, reply: UnboundedSender<Event> },
    /// Verify the PIN and sign `message`, unless `stop` is set first.
    Sign { job: SignJob, message: [u8; 64], stop: Arc<AtomicBool>, reply: UnboundedSender<Event> },
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

pub(super) fn start(backend: Arc<dyn Backend>, known: Known) -> Worker {
    let (jobs, inbox) = channel();
    let (sender, done) = oneshot::channel();
    spawn("card-worker", move || {
        let mut desk = Desk { backend: backend.as_ref(), known, held: None };
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
    /// The card that was looked at, exclusively ours: what the person is shown of it stays true.
    held: Option<(CardAt, Session)>,
}

impl Desk<'_> {
    fn work(&mut self, job: Job) {
        // An operation that ended meanwhile doesn't listen; the card is left in order all the same.
        match job {
            Job::Survey { at, reply } => {
                let result = self.survey(&at);
                let _ = reply.send(Event::Surveyed(at, result));
            }
            Job::Sign { job, message, stop, reply } => {
                let _ = reply.send(Event::Signed(self.sign(job, &message, &stop)));
            }
            Job::Release(at) => match self.held.take() {
                Some((held, session)) if held == at => session.deselect(),
                other => self.held = other,
            },
        }
    }

    fn survey(&mut self, at: &CardAt) -> Result<Facts, SurveyFault> {
        if let Some((_, session)) = self.held.take() {
            session.deselect();
        }
        let known = lock(&self.known).get(at).cloned();
        let look = |known: Option<Survey>| {
            let connection = self.backend.connect(&at.reader, Some(at.insertion))?;
            jpki_card::survey_and_hold(connection, known)
        };
        let (survey, session) = look(known).map_err(survey_fault)?;
        let certificate = match CardCertificate::parse(survey.certificate.der(), jiff::Timestamp::now()) {
            Ok(certificate) => certificate,
            Err(code) => {
                session.deselect();
                return Err(SurveyFault::Failed(code));
            }
        };
        self.held = Some((at.clone(), session));
        let facts = Facts { attempts: survey.attempts, certificate: Arc::new(certificate), card: survey.facts };
        lock(&self.known).insert(at.clone(), survey);
        Ok(facts)
    }

    fn sign(&mut self, job: SignJob, message: &[u8; 64], stop: &AtomicBool) -> Result<Answer, SignFault> {
        let stopped = || stop.load(Ordering::Acquire).then_some(SignFault::Failed(ErrorCode::UserCancelled));
        let (session, attempts) = self.session(&job).map_err(|error| SignFault::Failed(code(&error)))?;
        if let Some(fault) = stopped() {
            session.deselect();
            return Err(fault);
        }
        if attempts.is_last() && !job.last_try_confirmed {
            self.held = Some((job.at, session));
            return Err(SignFault::Unconfirmed { attempts });
        }
        let confirmed = job.last_try_confirmed.then(LastTryConfirmed::by_the_person);
        let mut key = session.verify(job.pin, attempts, confirmed).map_err(sign_fault)?;
        if let Some(fault) = stopped() {
            key.finish();
            return Err(fault);
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, message).as_ref());
        let signature = key.sign(&Sha256Digest(hash));
        key.finish();
        let signature = signature.map_err(|error| SignFault::Failed(code(&error)))?;
        if !job.certificate.signed(message, signature.as_bytes()) {
            tracing::error!("the card's signature doesn't belong to its certificate");
            lock(&self.known).remove(&job.at);
            return Err(SignFault::Failed(ErrorCode::CardError));
        }
        Ok(Answer { signature: signature.as_bytes().to_vec(), certificate: job.certificate })
    }

    /// The session of the card that was looked at; after a wrong PIN a new one, with the attempts
    /// counted anew.
    fn session(&mut self, job: &SignJob) -> Result<(Session, Attempts), Error> {
        match self.held.take() {
            Some((at, session)) if at == job.at => Ok((session, job.attempts)),
            _ => {
                let connection = self.backend.connect(&job.at.reader, Some(job.at.insertion))?;
                let mut session = Session::open(connection, job.card)?;
                let attempts = session.attempts::<Auth>()?;
                Ok((session, attempts))
            }
        }
    }
}

fn code(error: &Error) -> ErrorCode {
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

fn sign_fault(error: VerifyError) -> SignFault {
    match error {
        VerifyError::WrongPin { attempts } => SignFault::WrongPin { attempts },
        VerifyError::Failed(error) => SignFault::Failed(code(&error)),
        // The operation asks for confirmation first, and hands no PIN pad in.
        other => {
            tracing::error!("card: {other}");
            SignFault::Failed(ErrorCode::Internal)
        }
    }
}
