//! One operation from request to answer, as a state machine: `step(event) -> effects`.
//!
//! Events come in from the page, the prompt, the card worker and the timers; effects go back to
//! them, carried out by [`crate::agent`]. No socket, thread, clock or process ever lives here: every
//! path through an operation is a test of a few lines.

mod cards;
mod event;
#[cfg(test)]
mod tests;
mod times;

use jpki_card::{Auth, Pin};
use jpki_protocol::ErrorCode;
use jpki_protocol::page::ProgressState;
use jpki_protocol::prompt::{
    Card, Disclosure, FromPrompt, Open, Operation as Kind, Outcome, PinRule, Status, Step, ToPrompt, VERSION,
};

pub(crate) use cards::{CardAt, Facts, SurveyFault, cards_in};
use cards::{Cards, Choice};
pub(crate) use event::{Answer, Effect, Event, Request, SignFault, SignJob, Timer};

/// An operation under way.
#[derive(Debug)]
pub(crate) struct Operation {
    request: Request,
    phase: Phase,
    cards: Cards,
    /// What the window was told last, so that it is told only of changes.
    told: Option<Status>,
    /// Whether a card was shown as ready: what is typed from then on is for a card that was seen.
    card_was_shown: bool,
    remember: bool,
}

#[derive(Debug)]
enum Phase {
    /// The window is open and the person has not consented.
    Asking,
    /// The person consented; no card is ready yet.
    Awaiting(Consent),
    /// The PIN is on its way to the card.
    Signing(CardAt),
    /// The page has its answer; the card is still at work.
    Draining,
    /// Nothing is left to do.
    Over,
}

#[derive(Debug)]
struct Consent {
    pin: Pin<Auth>,
    last_try_confirmed: bool,
    /// The card that was shown had left: the next one, if it comes, has attempts and an owner of its own.
    for_lost_card: bool,
}

impl Operation {
    /// Begins an operation: the window opens and readers are looked at.
    pub(crate) fn new(request: Request) -> (Self, Vec<Effect>) {
        let open = ToPrompt::Open(Open {
            version: VERSION,
            operation: Kind::Authenticate,
            origin: request.origin.clone(),
            purpose: request.purpose.clone(),
            discloses: vec![Disclosure::Certificate],
            pin: PinRule::AUTH,
            lang: request.language,
            virtual_card: request.virtual_card,
            remembered: request.remembered,
        });
        let operation = Self {
            request,
            phase: Phase::Asking,
            cards: Cards::default(),
            told: None,
            card_was_shown: false,
            remember: false,
        };
        let effects = vec![
            Effect::OpenPrompt(open),
            Effect::WatchReaders,
            Effect::Start(Timer::User, times::USER),
            Effect::Progress(ProgressState::WaitingForUser),
        ];
        (operation, effects)
    }

    /// Whether the next operation may begin.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Over)
    }

    /// Takes one event and says what follows from it.
    pub(crate) fn step(&mut self, event: Event) -> Vec<Effect> {
        if let Phase::Draining | Phase::Over = self.phase {
            return self.drain(&event);
        }
        let mut effects = Vec::new();
        match event {
            Event::Prompt(FromPrompt::Accept { pin, remember, last_try_confirmed }) => {
                self.accept(pin.expose(), remember, last_try_confirmed, &mut effects);
            }
            Event::Prompt(FromPrompt::Cancel) | Event::PromptGone | Event::PageGone => {
                self.end(Err(ErrorCode::UserCancelled), &mut effects);
            }
            Event::Prompt(FromPrompt::Block) => {
                effects.push(Effect::BlockSite);
                self.end(Err(ErrorCode::SiteBlocked), &mut effects);
            }
            Event::PromptFailed => self.end(Err(ErrorCode::Internal), &mut effects),
            Event::Readers(snapshot) => {
                effects.extend(self.cards.update(snapshot).into_iter().map(Effect::Release));
                self.notice_removal(&mut effects);
            }
            Event::Surveyed(at, result) => self.surveyed(&at, result, &mut effects),
            Event::Signed(result) => self.signed(result, &mut effects),
            Event::Elapsed(timer) => self.elapsed(timer, &mut effects),
        }
        self.look_at_cards(&mut effects);
        effects
    }

    /// The page has its answer; only the card's end is awaited.
    fn drain(&mut self, event: &Event) -> Vec<Effect> {
        match event {
            Event::Signed(_) => self.phase = Phase::Over,
            Event::Elapsed(Timer::Card) => {
                self.phase = Phase::Over;
                return vec![Effect::AbandonCard];
            }
            _ => {}
        }
        Vec::new()
    }

    fn accept(&mut self, typed: &str, remember: bool, last_try_confirmed: bool, effects: &mut Vec<Effect>) {
        // A second accept while the first is on its way to the card spends nothing.
        if !matches!(self.phase, Phase::Asking) {
            return;
        }
        let shown = self.told.filter(|status| status.card == Card::Ready);
        // Only a warning that was shown can be confirmed (threat 8).
        let last_try_confirmed = last_try_confirmed && shown.is_some_and(|status| status.attempts_left == Some(1));
        self.remember = remember;
        match Pin::parse(typed) {
            Ok(pin) => {
                let for_lost_card = self.card_was_shown && shown.is_none();
                self.phase = Phase::Awaiting(Consent { pin, last_try_confirmed, for_lost_card });
                effects.push(Effect::Stop(Timer::User));
                effects.push(Effect::Start(Timer::Grace, times::GRACE));
            }
            // Refused before the card sees it: no attempt is spent.
            Err(_) => {
                if let Some(left) = self.cards.attempts_left() {
                    effects.push(Effect::Tell(ToPrompt::PinRejected { attempts_left: left }));
                } else {
                    self.told = None;
                }
            }
        }
    }

    /// A card that left while it was signing ends the operation at once: the worker will fail too,
    /// but with some readers only after a time-out of their own.
    fn notice_removal(&mut self, effects: &mut Vec<Effect>) {
        if matches!(&self.phase, Phase::Signing(at) if !self.cards.holds(at)) {
            self.end(Err(ErrorCode::CardRemoved), effects);
        }
    }

    fn surveyed(&mut self, at: &CardAt, result: Result<Facts, SurveyFault>, effects: &mut Vec<Effect>) {
        effects.push(Effect::Stop(Timer::Card));
        if self.cards.surveyed(at, result) {
            effects.push(Effect::Start(Timer::Retry, times::RETRY));
        }
    }

    fn signed(&mut self, result: Result<Answer, SignFault>, effects: &mut Vec<Effect>) {
        let Phase::Signing(at) = &self.phase else { return };
        match result {
            Ok(answer) => {
                if self.remember {
                    effects.push(Effect::AllowSite);
                }
                effects.push(Effect::Tell(ToPrompt::Working { step: Step::Signing, percent: 100 }));
                self.finish_signing(Ok(answer), effects);
            }
            Err(SignFault::WrongPin { attempts }) => {
                self.cards.set_attempts(at, attempts);
                let attempts_left = cards::shown(attempts).unwrap_or_default();
                self.phase = Phase::Asking;
                effects.push(Effect::Stop(Timer::Card));
                effects.push(Effect::Start(Timer::User, times::USER));
                effects.push(Effect::Tell(ToPrompt::PinRejected { attempts_left }));
                effects.push(Effect::Progress(ProgressState::WaitingForUser));
            }
            Err(SignFault::Unconfirmed { attempts }) => {
                self.cards.set_attempts(at, attempts);
                self.cards.kept(at);
                self.phase = Phase::Asking;
                self.told = None;
                effects.push(Effect::Stop(Timer::Card));
                effects.push(Effect::Start(Timer::User, times::USER));
                effects.push(Effect::Progress(ProgressState::WaitingForUser));
            }
            Err(SignFault::Failed(code)) => self.finish_signing(Err(code), effects),
        }
    }

    /// Ends after the card worker reported: nothing has to be waited for.
    fn finish_signing(&mut self, result: Result<Answer, ErrorCode>, effects: &mut Vec<Effect>) {
        self.phase = Phase::Asking;
        self.end(result, effects);
    }

    fn elapsed(&mut self, timer: Timer, effects: &mut Vec<Effect>) {
        match timer {
            Timer::User => self.end(Err(ErrorCode::Timeout), effects),
            Timer::Grace => self.end(Err(self.cards.absence()), effects),
            Timer::Retry => self.cards.retry(),
            Timer::Card => {
                effects.push(Effect::AbandonCard);
                match self.phase {
                    Phase::Signing(_) => self.finish_signing(Err(ErrorCode::CardError), effects),
                    _ => self.cards.hung(),
                }
            }
        }
    }

    /// Surveys a new card, tells the window what changed, and goes on where consent was waiting.
    fn look_at_cards(&mut self, effects: &mut Vec<Effect>) {
        if !matches!(self.phase, Phase::Asking | Phase::Awaiting(_)) {
            return;
        }
        if let Some(at) = self.cards.next_to_survey() {
            effects.push(Effect::Survey(at));
            effects.push(Effect::Start(Timer::Card, times::CARD));
        }
        if let Phase::Awaiting(_) = self.phase {
            self.go_on(effects);
        }
        if !matches!(self.phase, Phase::Asking | Phase::Awaiting(_)) {
            return;
        }
        let status = self.cards.status();
        if status.is_some() && status != self.told {
            self.told = status;
            self.card_was_shown |= status.is_some_and(|status| status.card == Card::Ready);
            effects.extend(status.map(|status| Effect::Tell(ToPrompt::Status(status))));
        }
    }

    fn go_on(&mut self, effects: &mut Vec<Effect>) {
        let Phase::Awaiting(consent) = std::mem::replace(&mut self.phase, Phase::Asking) else { return };
        let (at, facts) = match self.cards.choose() {
            Choice::Ready(at, facts) => (at.clone(), facts.clone()),
            Choice::Hopeless(code) => return self.end(Err(code), effects),
            Choice::NotYet => {
                self.phase = Phase::Awaiting(consent);
                let progress = Effect::Progress(ProgressState::WaitingForCard);
                // Told once: the phase is entered with the grace timer just started.
                if effects.iter().any(|effect| matches!(effect, Effect::Start(Timer::Grace, _))) {
                    effects.push(progress);
                }
                return;
            }
        };
        effects.push(Effect::Stop(Timer::Grace));
        if consent.for_lost_card {
            // Not sent: the window shows the new card and asks again (threats 8, 14).
            self.told = None;
            effects.push(Effect::Start(Timer::User, times::USER));
            effects.push(Effect::Progress(ProgressState::WaitingForUser));
            return;
        }
        if facts.attempts.is_blocked() {
            return self.end(Err(ErrorCode::PinBlocked), effects);
        }
        if facts.attempts.is_last() && !consent.last_try_confirmed {
            // Not sent: the window must show the warning and ask again (threat 8).
            self.told = None;
            effects.push(Effect::Start(Timer::User, times::USER));
            return;
        }
        effects.push(Effect::Progress(ProgressState::Working));
        effects.push(Effect::Tell(ToPrompt::Working { step: Step::Signing, percent: 10 }));
        effects.push(Effect::Start(Timer::Card, times::CARD));
        effects.push(Effect::Sign(SignJob {
            at: at.clone(),
            pin: consent.pin,
            card: facts.card,
            attempts: facts.attempts,
            last_try_confirmed: consent.last_try_confirmed,
            certificate: facts.certificate,
        }));
        self.cards.unlocked(&at);
        self.phase = Phase::Signing(at);
    }

    /// Answers the page, closes the window, and leaves every card as it was found.
    fn end(&mut self, result: Result<Answer, ErrorCode>, effects: &mut Vec<Effect>) {
        let (outcome, code) = match &result {
            Ok(_) => (Outcome::Done, None),
            Err(ErrorCode::UserCancelled | ErrorCode::SiteBlocked) => (Outcome::Cancelled, None),
            Err(code) => (Outcome::Failed, Some(*code)),
        };
        let message = code.map(|code| code.remedy(self.request.language).to_owned());
        effects.push(Effect::Tell(ToPrompt::Close { result: outcome, code, message }));
        effects.push(Effect::Answer(result));
        for timer in [Timer::User, Timer::Grace, Timer::Retry] {
            effects.push(Effect::Stop(timer));
        }
        if let Phase::Signing(_) = self.phase {
            // The PIN is with the card: its end is awaited, so that no one finds the card unlocked.
            effects.push(Effect::StopSigning);
            self.phase = Phase::Draining;
            return;
        }
        effects.push(Effect::Stop(Timer::Card));
        effects.extend(self.cards.selected().map(Effect::Release));
        self.phase = Phase::Over;
    }
}
