//! One operation from request to answer, as a state machine: `step(event) -> effects`.
//!
//! Events come in from the page, the prompt, the card worker and the timers; effects go back to
//! them, carried out by [`crate::agent`]. No socket, thread, clock or process ever lives here: every
//! path through an operation is a test of a few lines.

mod cards;
mod event;
mod question;
#[cfg(test)]
mod tests;
mod times;
mod work;

use jpki_protocol::page::ProgressState;
use jpki_protocol::prompt::{Card, FromPrompt, Outcome, Status, ToPrompt};
use jpki_protocol::{ErrorCode, Secret};

pub(crate) use cards::{CardAt, Facts, SurveyFault, cards_in};
use cards::{Cards, Choice};
pub(crate) use event::{Answer, CardJob, Done, Effect, Event, Fault, Look, Request, Signed, Task, Timer};
pub(crate) use question::{Deed, PinChange};
use question::{NoPin, Question};

/// An operation under way.
#[derive(Debug)]
pub(crate) struct Operation {
    request: Request,
    /// What the person is asked now.
    question: Question,
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
    Working(CardAt),
    /// The page has its answer; the card is still at work.
    Draining,
    /// Nothing is left to do.
    Over,
}

#[derive(Debug)]
struct Consent {
    deed: Deed,
    last_try_confirmed: bool,
    /// The card that was shown had left: the next one, if it comes, has attempts and an owner of its own.
    for_lost_card: bool,
}

impl Operation {
    /// Begins an operation: the window opens and readers are looked at.
    pub(crate) fn new(request: Request) -> (Self, Vec<Effect>) {
        let question = Question::first(&request.task);
        let open = question.open(&request);
        let operation = Self {
            request,
            question,
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
            Event::Prompt(FromPrompt::Accept { pin, new_pin, remember, last_try_confirmed }) => {
                self.remember |= remember;
                self.accept(pin.as_ref(), new_pin.as_ref(), last_try_confirmed, &mut effects);
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
            Event::Progressed { done, of } => self.progressed(done, of, &mut effects),
            Event::Worked(result) => self.worked(result, &mut effects),
            Event::Elapsed(timer) => self.elapsed(timer, &mut effects),
        }
        self.look_at_cards(&mut effects);
        effects
    }

    /// The page has its answer; only the card's end is awaited.
    fn drain(&mut self, event: &Event) -> Vec<Effect> {
        match event {
            Event::Worked(_) => self.phase = Phase::Over,
            Event::Elapsed(Timer::Card) => {
                self.phase = Phase::Over;
                return vec![Effect::AbandonCard];
            }
            _ => {}
        }
        Vec::new()
    }

    fn accept(
        &mut self,
        typed: Option<&Secret>,
        new: Option<&Secret>,
        last_try_confirmed: bool,
        effects: &mut Vec<Effect>,
    ) {
        // A second accept while the first is on its way to the card spends nothing.
        if !matches!(self.phase, Phase::Asking) {
            return;
        }
        if let Question::Confirm(found, token) = &self.question {
            let answer = Answer::Attributes(found.clone(), token.clone());
            return self.succeed(answer, effects);
        }
        let shown = self.told.filter(|status| status.card == Card::Ready);
        // Only a warning that was shown can be confirmed (threat 8).
        let last_try_confirmed = last_try_confirmed && shown.is_some_and(|status| status.attempts_left == Some(1));
        match self.question.deed(&self.request, typed, new) {
            Ok(deed) => {
                let for_lost_card = self.card_was_shown && shown.is_none();
                self.phase = Phase::Awaiting(Consent { deed, last_try_confirmed, for_lost_card });
                effects.push(Effect::Stop(Timer::User));
                effects.push(Effect::Start(Timer::Grace, times::GRACE));
            }
            // Refused before the card sees it: no attempt is spent.
            Err(NoPin) => {
                if let Some(left) = self.cards.attempts_left() {
                    effects.push(Effect::Tell(ToPrompt::PinRejected { attempts_left: left }));
                } else {
                    self.told = None;
                }
            }
        }
    }

    /// A card that left while it was at work ends the operation at once: the worker will fail too, but with
    /// some readers only after a time-out of their own. So does one that left between two questions.
    fn notice_removal(&mut self, effects: &mut Vec<Effect>) {
        let lost = match &self.phase {
            Phase::Working(at) => !self.cards.holds(at),
            Phase::Asking | Phase::Awaiting(_) => self.question.look().is_some() && self.cards.lost_the_only_one(),
            Phase::Draining | Phase::Over => false,
        };
        if lost {
            self.end(Err(ErrorCode::CardRemoved), effects);
        }
    }

    fn surveyed(&mut self, at: &CardAt, result: Result<Facts, SurveyFault>, effects: &mut Vec<Effect>) {
        effects.push(Effect::Stop(Timer::Card));
        if self.cards.surveyed(at, result) {
            effects.push(Effect::Start(Timer::Retry, times::RETRY));
        }
    }

    fn elapsed(&mut self, timer: Timer, effects: &mut Vec<Effect>) {
        match timer {
            Timer::User => self.end(Err(ErrorCode::Timeout), effects),
            Timer::Grace => self.end(Err(self.cards.absence()), effects),
            Timer::Retry => self.cards.retry(),
            Timer::Card => {
                effects.push(Effect::AbandonCard);
                match self.phase {
                    Phase::Working(_) => self.finish_work(Err(ErrorCode::CardError), effects),
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
        // A yes needs no card.
        let Some(look) = self.question.look() else { return };
        if let Some(at) = self.cards.next_to_survey() {
            effects.push(Effect::Survey(at, look));
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
        effects.push(Effect::Tell(ToPrompt::Working { step: self.step_of_work(), percent: work::BEGUN }));
        effects.push(Effect::Start(Timer::Card, times::CARD));
        effects.push(Effect::Work(CardJob {
            at: at.clone(),
            deed: consent.deed,
            card: facts.card,
            attempts: facts.attempts,
            last_try_confirmed: consent.last_try_confirmed,
            certificate: facts.certificate,
        }));
        self.cards.unlocked(&at);
        self.phase = Phase::Working(at);
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
        if let Phase::Working(_) = self.phase {
            // The PIN is with the card: its end is awaited, so that no one finds the card unlocked.
            effects.push(Effect::StopWork);
            self.phase = Phase::Draining;
            return;
        }
        effects.push(Effect::Stop(Timer::Card));
        effects.extend(self.cards.selected().map(Effect::Release));
        self.phase = Phase::Over;
    }
}
