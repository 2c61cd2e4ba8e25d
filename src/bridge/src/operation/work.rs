//! What follows from the card's work: progress, another try, the next question, or the answer.

use jpki_protocol::ErrorCode;
use jpki_protocol::page::ProgressState;
use jpki_protocol::prompt::{Card, Reader, Status, Step, ToPrompt};

use super::event::{Answer, Done, Effect, Fault, Task, Timer};
use super::question::{Found, Question};
use super::{CardAt, Operation, Phase, cards, times};

/// What the window shows of work that has just begun, in percent.
pub(super) const BEGUN: u8 = 10;

impl Operation {
    pub(super) fn progressed(&mut self, done: usize, of: usize, effects: &mut Vec<Effect>) {
        if let Phase::Working(_) = self.phase {
            let rest = usize::from(100 - BEGUN) * done / of.max(1);
            let percent = BEGUN.saturating_add(rest as u8).min(100);
            effects.push(Effect::Start(Timer::Card, times::CARD));
            effects.push(Effect::Tell(ToPrompt::Working { step: self.step_of_work(), percent }));
        }
    }

    pub(super) fn worked(&mut self, result: Result<Done, Fault>, effects: &mut Vec<Effect>) {
        let Phase::Working(at) = &self.phase else { return };
        let at = at.clone();
        match result {
            Ok(done) => self.done(at, done, effects),
            Err(Fault::WrongPin { attempts }) => {
                self.cards.set_attempts(&at, attempts);
                let attempts_left = cards::shown(attempts).unwrap_or_default();
                self.ask_again(effects);
                effects.push(Effect::Tell(ToPrompt::PinRejected { attempts_left }));
            }
            Err(Fault::Unconfirmed { attempts }) => {
                self.cards.set_attempts(&at, attempts);
                self.cards.kept(&at);
                self.told = None;
                self.ask_again(effects);
            }
            Err(Fault::Failed(code)) => self.finish_work(Err(code), effects),
        }
    }

    /// What the card did either leads to the next question or is the answer.
    fn done(&mut self, at: CardAt, done: Done, effects: &mut Vec<Effect>) {
        let question = std::mem::replace(&mut self.question, Question::SignIn);
        match (question, done) {
            (Question::SignIn, Done::Token(token)) => self.succeed(Answer::Token(token), effects),
            (Question::HandOver(found), Done::Token(token)) => {
                self.succeed(Answer::Attributes(found, token), effects);
            }
            (Question::Record | Question::HolderCertificate, Done::Read { attributes, record, token }) => {
                let Task::ReadAttributes { attributes: asked, .. } = &self.request.task else {
                    return self.finish_work(Err(ErrorCode::Internal), effects);
                };
                let found = Found { attributes: attributes.only(asked), record };
                let next = match token {
                    Some(token) => Question::Confirm(found, token),
                    None => Question::HandOver(found),
                };
                self.ask_next(next, at, effects);
            }
            (Question::Sign, Done::Documents { signatures, certificate }) => {
                self.succeed(Answer::Documents { signatures, certificate }, effects);
            }
            (Question::ChangePin(_), Done::PinChanged) => self.succeed(Answer::PinChanged, effects),
            _ => self.finish_work(Err(ErrorCode::Internal), effects),
        }
    }

    /// The next question, about the same card: another one is not what was read.
    fn ask_next(&mut self, question: Question, at: CardAt, effects: &mut Vec<Effect>) {
        effects.push(Effect::Tell(question.open(&self.request)));
        self.card_was_shown = false;
        self.told = None;
        if question.look().is_none() {
            // The card did its part; the window has nothing to wait for.
            let status = Status {
                reader: Reader::Present,
                card: Card::Ready,
                attempts_left: None,
                blocked: false,
                problem: None,
            };
            effects.push(Effect::Tell(ToPrompt::Status(status)));
        }
        self.question = question;
        self.cards.keep_only(at);
        self.ask_again(effects);
    }

    fn ask_again(&mut self, effects: &mut Vec<Effect>) {
        self.phase = Phase::Asking;
        effects.push(Effect::Stop(Timer::Card));
        effects.push(Effect::Start(Timer::User, times::USER));
        effects.push(Effect::Progress(ProgressState::WaitingForUser));
    }

    pub(super) fn succeed(&mut self, answer: Answer, effects: &mut Vec<Effect>) {
        if self.remember {
            effects.push(Effect::AllowSite);
        }
        effects.push(Effect::Tell(ToPrompt::Working { step: self.step_of_work(), percent: 100 }));
        self.finish_work(Ok(answer), effects);
    }

    pub(super) fn step_of_work(&self) -> Step {
        if self.question.reads() { Step::Reading } else { Step::Signing }
    }

    /// Ends after the card worker reported: nothing has to be waited for.
    pub(super) fn finish_work(&mut self, result: Result<Answer, ErrorCode>, effects: &mut Vec<Effect>) {
        self.phase = Phase::Asking;
        self.end(result, effects);
    }
}
