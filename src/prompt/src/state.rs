//! Every decision of the prompt, as a pure function: event in, effects out.
//!
//! It owns no window, no stream and no clock; `now` is the time since any fixed moment.

mod event;

use std::time::Duration;

use jpki_protocol::ErrorCode;
use jpki_protocol::prompt::{Card, Charset, FromPrompt, Open, Outcome, PinKind, Reader, Status, ToPrompt};

use crate::error::PromptError;
use crate::form::{Field, Form};
use crate::pin::Pin;

pub(crate) use event::{Effect, Event, Page};

/// How long the window must have had the focus before a key or pointer press counts as consent (threat 11).
pub(crate) const ARMING: Duration = Duration::from_millis(400);

/// How long the end is shown before the window closes by itself.
pub(crate) const FAREWELL: Duration = Duration::from_millis(1800);

/// Everything the window shows follows from this.
pub(crate) struct State {
    pub(crate) open: Open,
    pub(crate) page: Page,
    pub(crate) form: Form,
    /// The field that has the focus, or had it last.
    pub(crate) field: Field,
    /// Counts how often the focus was put to `field` from here, so that a window can follow.
    pub(crate) turn: i32,
    /// Whether what is typed is shown.
    pub(crate) revealed: bool,
    /// The PIN that the question before this one asked for.
    pub(crate) asked_before: Option<PinKind>,
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
            form: Form::new(open.operation, open.pin),
            field: Field::Pin,
            turn: 0,
            revealed: false,
            asked_before: None,
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
            Event::Message(message) => self.hear(now, message),
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
            Event::Entered(field) => {
                self.field = field;
                vec![]
            }
            Event::Typed(text) => self.edit(|pin| pin.type_text(&text)),
            Event::Replaced(text) => self.edit(|pin| {
                pin.clear();
                pin.type_text(&text);
            }),
            Event::Erased => self.edit(Pin::erase),
            Event::Reveal(reveal) => {
                self.revealed = reveal && self.can_reveal();
                vec![]
            }
            Event::Next => match self.form.after(self.field) {
                Some(next) if self.page == Page::Ask && !self.can_submit() => {
                    if self.form.is_filled(self.field) {
                        self.focus(next);
                    }
                    vec![]
                }
                _ => self.submit(now),
            },
            Event::Remember(remember) => {
                self.remember = remember && self.asks_remember();
                vec![]
            }
            Event::Submit => self.submit(now),
            Event::AskBlock if self.open.origin.is_some() => self.leave_for(Page::Block),
            Event::AskBlock => vec![],
            Event::About => self.leave_for(Page::About),
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

    /// The PIN that is asked for, or was before where a yes is enough now.
    pub(crate) fn kind(&self) -> PinKind {
        self.open.pin.map(|rule| rule.kind).or(self.asked_before).unwrap_or(PinKind::Auth)
    }

    /// How often the PIN may still be tried; none while unknown, or where none is asked for.
    pub(crate) fn attempts(&self) -> Option<u8> {
        self.open.pin.and(self.status).and_then(|status| status.attempts_left)
    }

    /// Is the PIN that is asked for blocked?
    pub(crate) fn is_blocked(&self) -> bool {
        let coded =
            |status: Status| matches!(status.problem, Some(ErrorCode::PinBlocked | ErrorCode::PinAttemptsExhausted));
        let blocked = |status: Status| status.blocked || status.attempts_left == Some(0) || coded(status);
        self.open.pin.and(self.status).is_some_and(blocked)
    }

    /// Is there a site to remember, which isn't remembered yet?
    fn may_remember(&self) -> bool {
        self.open.origin.is_some() && !self.open.remembered
    }

    /// Is "remember this site" asked? The first question asks it for all of its operation.
    pub(crate) fn asks_remember(&self) -> bool {
        self.may_remember() && self.open.question.is_none_or(|question| question.number <= 1)
    }

    /// May what is typed be shown? It may where letters can be mistyped; four digits can be counted.
    pub(crate) fn can_reveal(&self) -> bool {
        self.page == Page::Ask && self.open.pin.is_some_and(|rule| rule.charset == Charset::Alphanumeric)
    }

    /// Would accepting do something? The attempts left must have been shown first (threat 8). Where no PIN is
    /// asked for the card is none of the person's concern, and a yes is enough.
    pub(crate) fn can_submit(&self) -> bool {
        self.open.pin.is_none() || (self.form.is_complete() && self.card_can_be_used())
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

    fn hear(&mut self, now: Duration, message: ToPrompt) -> Vec<Effect> {
        if self.has_ended() {
            return vec![];
        }
        match message {
            ToPrompt::Open(open) => self.ask_next(now, *open),
            ToPrompt::Status(status) => self.see(status),
            ToPrompt::PinRejected { attempts_left } => {
                if let Some(status) = &mut self.status {
                    status.attempts_left = Some(attempts_left);
                }
                self.rejected = true;
                self.forget();
                self.page = Page::Ask;
                self.focus(Field::Pin);
                vec![]
            }
            ToPrompt::Working { step, percent } => {
                self.forget();
                self.page = Page::Working { step: Some(step), percent: percent.min(100) };
                vec![]
            }
            ToPrompt::Close { result, code, message } => {
                self.forget();
                self.page = Page::Ended { outcome: result, code, message };
                if result == Outcome::Failed { vec![] } else { vec![Effect::CloseAfter(FAREWELL)] }
            }
        }
    }

    /// Puts the next question in the place of the one before.
    fn ask_next(&mut self, now: Duration, open: Open) -> Vec<Effect> {
        // Another site or operation would change under the person's eyes what they consent to.
        if (open.operation, &open.origin) != (self.open.operation, &self.open.origin) {
            return self.leave(Err(PromptError::Malformed));
        }
        self.asked_before = self.open.pin.map(|rule| rule.kind);
        self.form.replace(open.operation, open.pin);
        self.open = open;
        self.page = Page::Ask;
        self.forget();
        self.rejected = false;
        self.remember &= self.may_remember();
        if let Some(status) = &mut self.status {
            // The card is the same; its counter was that of the other PIN.
            *status = Status { attempts_left: None, blocked: false, problem: None, ..*status };
        }
        // This question is a decision of its own: a double click on the one before doesn't make it.
        if self.armed_from.is_some() {
            self.arm(Some(now));
        }
        self.focus(Field::Pin);
        vec![]
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
            self.forget();
        }
        if self.page == Page::LastTry && !(self.can_submit() && self.attempts() == Some(1)) {
            return self.back();
        }
        // With a usable card the agent goes to work at once. That it sends a status instead means
        // that it did not take the consent, as when this card's last attempt was not confirmed.
        let sent = matches!(self.page, Page::Working { step: None, .. }) && self.open.pin.is_some();
        if sent && self.card_can_be_used() {
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
                let (pin, new_pin) = self.form.take();
                self.forget();
                self.rejected = false;
                self.page = Page::Working { step: None, percent: 0 };
                let remember = self.remember;
                vec![Effect::Answer(FromPrompt::Accept { pin, new_pin, remember, last_try_confirmed: last_try })]
            }
            _ => vec![],
        }
    }

    /// Changes what is typed. It goes by the field known here: a window's focus follows a moment later, and what is
    /// typed in between would otherwise go astray.
    fn edit(&mut self, change: impl FnOnce(&mut Pin)) -> Vec<Effect> {
        if self.page == Page::Ask
            && !self.is_blocked()
            && let Some(pin) = self.form.get_mut(self.field)
        {
            change(pin);
        }
        vec![]
    }

    fn focus(&mut self, field: Field) {
        self.field = field;
        self.turn = self.turn.wrapping_add(1);
    }

    /// Forgets what was typed, and hides what will be.
    fn forget(&mut self) {
        self.form.clear();
        self.revealed = false;
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
    fn leave_for(&mut self, page: Page) -> Vec<Effect> {
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
        self.forget();
        vec![Effect::Exit(how)]
    }
}

#[cfg(test)]
mod tests;
