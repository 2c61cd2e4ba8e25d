//! Every decision of the prompt, as a pure function: event in, effects out.
//!
//! It owns no window, no stream and no clock; `now` is the time since any fixed moment.

use std::time::Duration;

use jpki_protocol::ErrorCode;
use jpki_protocol::prompt::{Card, FromPrompt, Open, Outcome, Reader, Status, Step, ToPrompt};
use zeroize::Zeroizing;

use crate::error::PromptError;
use crate::pin::Pin;

/// How long the window must have had the focus before a key or pointer press counts as consent (threat 11).
pub(crate) const ARMING: Duration = Duration::from_millis(400);

/// How long the end is shown before the window closes by itself.
pub(crate) const FAREWELL: Duration = Duration::from_millis(1800);

/// What happened. It has no `Debug`: what was typed is in it.
pub(crate) enum Event {
    /// The agent said something.
    Message(ToPrompt),
    /// The agent is gone, or the page is.
    StreamEnded,
    /// The agent sent something that can't be understood.
    StreamFailed(PromptError),
    /// The window gained or lost the focus.
    Active(bool),
    /// A key or pointer button went down; the repetition of a held key is none.
    Press,
    /// Characters for the PIN.
    Typed(Zeroizing<String>),
    /// Characters for the PIN, instead of those before.
    Replaced(Zeroizing<String>),
    /// One character less.
    Erased,
    /// The box "remember this site".
    Remember(bool),
    /// The accept button, on the first page or on that of the last attempt.
    Submit,
    /// "Block this site".
    AskBlock,
    /// The person is sure to block.
    Block,
    /// "About".
    About,
    /// Back to the first page.
    Back,
    /// Cancel or Escape: one page back, or the end.
    Dismiss,
    /// The window's own close button, or Ctrl-C: the end, from whatever page.
    Close,
}

/// What is to be done.
#[derive(Debug)]
pub(crate) enum Effect {
    /// Write this to the agent.
    Answer(FromPrompt),
    /// Close the window after a while.
    CloseAfter(Duration),
    /// End the process: well, or with a message.
    Exit(Result<(), PromptError>),
}

/// Which page is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Page {
    /// Who asks, for what, the card, the PIN.
    Ask,
    /// Shall the last attempt be spent?
    LastTry,
    /// Shall the site be blocked?
    Block,
    /// About this program.
    About,
    /// The card works; the step is unknown until the agent names it.
    Working { step: Option<Step>, percent: u8 },
    /// It ended.
    Ended { outcome: Outcome, code: Option<ErrorCode>, message: Option<String> },
}

/// Everything the window shows follows from this.
pub(crate) struct State {
    pub(crate) open: Open,
    pub(crate) page: Page,
    pub(crate) pin: Pin,
    pub(crate) remember: bool,
    /// What reader and card are like; none until the agent said so.
    pub(crate) status: Option<Status>,
    /// The card refused the PIN that was sent last.
    pub(crate) rejected: bool,
    /// From when on a press counts; none while the window has no focus.
    armed_from: Option<Duration>,
    /// When the last press was made, until it is used.
    pressed_at: Option<Duration>,
}

impl State {
    pub(crate) fn new(open: Open) -> Self {
        Self {
            pin: Pin::new(open.pin),
            page: Page::Ask,
            remember: false,
            status: None,
            rejected: false,
            armed_from: None,
            pressed_at: None,
            open,
        }
    }

    /// Takes in one event.
    pub(crate) fn step(&mut self, now: Duration, event: Event) -> Vec<Effect> {
        match event {
            Event::Message(message) => self.hear(message),
            // The end may have been the agent's last word: it stays until it was read.
            Event::StreamEnded if self.has_ended() => vec![],
            Event::StreamEnded => self.leave(Ok(())),
            Event::StreamFailed(error) => self.leave(Err(error)),
            Event::Active(active) => {
                self.arm(active.then_some(now));
                vec![]
            }
            Event::Press => {
                self.pressed_at = Some(now);
                vec![]
            }
            Event::Typed(text) => {
                if self.page == Page::Ask && self.asks_pin() {
                    self.pin.type_text(&text);
                }
                vec![]
            }
            Event::Replaced(text) => {
                self.pin.clear();
                self.step(now, Event::Typed(text))
            }
            Event::Erased => {
                if self.page == Page::Ask {
                    self.pin.erase();
                }
                vec![]
            }
            Event::Remember(remember) => {
                self.remember = remember && !self.open.remembered;
                vec![]
            }
            Event::Submit => self.submit(now),
            Event::AskBlock => self.turn(Page::Block),
            Event::About => self.turn(Page::About),
            Event::Block if self.page == Page::Block => self.answer(FromPrompt::Block),
            Event::Block => vec![],
            Event::Back => self.back(),
            Event::Dismiss => match self.page {
                Page::Ended { .. } => self.leave(Ok(())),
                Page::Ask | Page::Working { .. } => self.answer(FromPrompt::Cancel),
                Page::LastTry | Page::Block | Page::About => self.back(),
            },
            Event::Close if self.has_ended() => self.leave(Ok(())),
            Event::Close => self.answer(FromPrompt::Cancel),
        }
    }

    /// How often the PIN may still be tried; none while unknown.
    pub(crate) fn attempts(&self) -> Option<u8> {
        self.status.and_then(|status| status.attempts_left)
    }

    /// Is the PIN blocked?
    pub(crate) fn is_blocked(&self) -> bool {
        let coded =
            |status: Status| matches!(status.problem, Some(ErrorCode::PinBlocked | ErrorCode::PinAttemptsExhausted));
        self.status.is_some_and(|status| status.blocked || status.attempts_left == Some(0) || coded(status))
    }

    /// Is there a PIN to ask for? It may be typed before the card is placed.
    pub(crate) fn asks_pin(&self) -> bool {
        !self.is_blocked()
    }

    /// Would accepting do something? The attempts left must have been shown first (threat 8).
    pub(crate) fn can_submit(&self) -> bool {
        self.pin.is_complete() && self.card_can_be_used()
    }

    /// Is there a card, and is its counter known?
    pub(crate) fn card_can_be_used(&self) -> bool {
        self.status.is_some_and(|status| {
            status.reader == Reader::Present
                && status.card == Card::Ready
                && status.problem.is_none()
                && status.attempts_left.is_some()
        }) && !self.is_blocked()
    }

    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.page, Page::Ended { .. })
    }

    fn hear(&mut self, message: ToPrompt) -> Vec<Effect> {
        if self.has_ended() {
            return vec![];
        }
        match message {
            // A second `open` would change under the person's eyes what they consent to.
            ToPrompt::Open(_) => self.leave(Err(PromptError::Malformed)),
            ToPrompt::Status(status) => self.see(status),
            ToPrompt::PinRejected { attempts_left } => {
                if let Some(status) = &mut self.status {
                    status.attempts_left = Some(attempts_left);
                }
                self.rejected = true;
                self.pin.clear();
                self.page = Page::Ask;
                vec![]
            }
            ToPrompt::Working { step, percent } => {
                self.pin.clear();
                self.page = Page::Working { step: Some(step), percent: percent.min(100) };
                vec![]
            }
            ToPrompt::Close { result, code, message } => {
                self.pin.clear();
                self.page = Page::Ended { outcome: result, code, message };
                if result == Outcome::Failed { vec![] } else { vec![Effect::CloseAfter(FAREWELL)] }
            }
        }
    }

    fn see(&mut self, mut status: Status) -> Vec<Effect> {
        let before = self.status.replace(status);
        if status.card == Card::Ready {
            if let Some(before) = before.filter(|before| before.card == Card::Ready) {
                // The same card still: what is known of its counter stays known.
                status.attempts_left = status.attempts_left.or(before.attempts_left);
                self.status = Some(status);
            }
        } else {
            self.rejected = false;
        }
        if self.is_blocked() {
            self.pin.clear();
        }
        if self.page == Page::LastTry && !(self.can_submit() && self.attempts() == Some(1)) {
            return self.back();
        }
        // With a usable card the agent goes to work at once. That it sends a status instead means
        // that it did not take the consent, as when this card's last attempt was not confirmed.
        if matches!(self.page, Page::Working { step: None, .. }) && self.card_can_be_used() {
            self.page = Page::Ask;
        }
        vec![]
    }

    fn submit(&mut self, now: Duration) -> Vec<Effect> {
        let fresh = self.spend_press(now);
        if !fresh || !self.can_submit() {
            return vec![];
        }
        let last_try = self.attempts() == Some(1);
        match self.page {
            Page::Ask if last_try => {
                self.page = Page::LastTry;
                // The confirmation is a decision of its own: a double click doesn't make it.
                self.arm(Some(now));
                vec![]
            }
            Page::Ask | Page::LastTry => {
                let Some(pin) = self.pin.take() else { return vec![] };
                self.rejected = false;
                self.page = Page::Working { step: None, percent: 0 };
                let answer = FromPrompt::Accept { pin, remember: self.remember, last_try_confirmed: last_try };
                vec![Effect::Answer(answer)]
            }
            _ => vec![],
        }
    }

    fn arm(&mut self, from: Option<Duration>) {
        self.armed_from = from.map(|from| from + ARMING);
        self.pressed_at = None;
    }

    /// Uses the last press up: was it made when the window had the focus for long enough?
    fn spend_press(&mut self, now: Duration) -> bool {
        match (self.armed_from, self.pressed_at.take()) {
            (Some(from), Some(pressed)) => from <= pressed && pressed <= now,
            _ => false,
        }
    }

    /// Leaves the first page for one beside it.
    fn turn(&mut self, page: Page) -> Vec<Effect> {
        if self.page == Page::Ask {
            self.page = page;
        }
        vec![]
    }

    fn back(&mut self) -> Vec<Effect> {
        if matches!(self.page, Page::LastTry | Page::Block | Page::About) {
            self.page = Page::Ask;
        }
        vec![]
    }

    fn answer(&mut self, answer: FromPrompt) -> Vec<Effect> {
        let mut effects = vec![Effect::Answer(answer)];
        effects.extend(self.leave(Ok(())));
        effects
    }

    fn leave(&mut self, how: Result<(), PromptError>) -> Vec<Effect> {
        self.pin.clear();
        vec![Effect::Exit(how)]
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
