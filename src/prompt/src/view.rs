//! What is shown, as a value that follows from the state: window and terminal both draw this and
//! decide nothing. No event comes in here and nothing is sent from here.

use jpki_protocol::prompt::{Card, Outcome, Reader};

use crate::domain::{self, Name};
use crate::state::{Page, State};
use crate::texts::Texts;

/// Everything there is to see, but the words that never change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct View {
    pub(crate) page: PageKind,
    pub(crate) heading: &'static str,
    /// The whole origin in ASCII; it is never shortened.
    pub(crate) origin: String,
    /// The name behind punycode, or a warning.
    pub(crate) origin_note: Option<Note>,
    pub(crate) purpose: Option<String>,
    /// What the site will learn: name and explanation.
    pub(crate) discloses: Vec<(&'static str, &'static str)>,
    pub(crate) picture: Picture,
    /// Beside the picture: short, then what to do.
    pub(crate) card: (&'static str, &'static str),
    /// What to do about a blocked PIN; then there is no PIN field.
    pub(crate) blocked_steps: Option<[&'static str; 2]>,
    pub(crate) pin: PinView,
    pub(crate) ask_remember: bool,
    pub(crate) remember: bool,
    pub(crate) can_submit: bool,
    pub(crate) percent: u8,
    /// Title and text of the pages beside the first.
    pub(crate) notice: (&'static str, String),
    /// The code of a failure.
    pub(crate) code: Option<String>,
}

/// The PIN field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PinView {
    pub(crate) label: &'static str,
    pub(crate) form: String,
    pub(crate) typed: u8,
    pub(crate) max: u8,
    /// For a screen reader: how many characters, never which.
    pub(crate) typed_text: String,
    pub(crate) rejected: bool,
    pub(crate) attempts: Option<String>,
    pub(crate) last_attempt: bool,
}

/// A line under the origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) text: String,
    pub(crate) warning: bool,
}

/// The pages, as the window lays them out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageKind {
    Ask,
    LastTry,
    Block,
    About,
    Working,
    Done,
    Cancelled,
    Failed,
}

/// The picture of reader and card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Picture {
    /// Nothing is known yet.
    Waiting,
    NoReader,
    NoCard,
    Ready,
    Problem,
}

impl View {
    pub(crate) fn of(state: &State) -> Self {
        let open = &state.open;
        let texts = Texts::of(open.lang);
        let (picture, card) = card(state, texts);
        let (page, notice) = page(&state.page, state, texts);
        let attempts = state.attempts();
        Self {
            page,
            heading: (texts.heading)(open.operation),
            origin: open.origin.as_str().to_owned(),
            origin_note: match domain::name(&open.origin) {
                Name::Plain => None,
                Name::Japanese(name) => Some(Note { text: (texts.decoded)(&name), warning: false }),
                Name::Doubtful => Some(Note { text: texts.doubtful.to_owned(), warning: true }),
            },
            purpose: open.purpose.as_ref().map(|purpose| purpose.as_str().to_owned()),
            discloses: open.discloses.iter().map(|&what| (texts.disclosure)(what, open.pin.kind)).collect(),
            picture,
            card,
            blocked_steps: state.is_blocked().then(|| (texts.blocked_steps)(open.pin.kind)),
            pin: PinView {
                label: (texts.pin)(open.pin.kind),
                form: (texts.pin_form)(open.pin),
                typed: state.pin.len(),
                max: open.pin.max,
                typed_text: (texts.pin_typed)(state.pin.len()),
                rejected: state.rejected,
                attempts: attempts.map(texts.attempts),
                last_attempt: attempts == Some(1),
            },
            ask_remember: !open.remembered,
            remember: state.remember,
            can_submit: state.can_submit(),
            percent: if let Page::Working { percent, .. } = state.page { percent } else { 0 },
            notice,
            code: match &state.page {
                Page::Ended { outcome: Outcome::Failed, code: Some(code), .. } => Some((texts.code)(code.as_str())),
                _ => None,
            },
        }
    }
}

fn card(state: &State, texts: &Texts) -> (Picture, (&'static str, &'static str)) {
    let Some(status) = state.status else { return (Picture::Waiting, texts.waiting) };
    if state.is_blocked() {
        return (Picture::Problem, (texts.blocked, ""));
    }
    if let Some(problem) = status.problem {
        return (Picture::Problem, (texts.problem, problem.remedy(state.open.lang)));
    }
    match (status.reader, status.card) {
        (Reader::None, _) => (Picture::NoReader, texts.no_reader),
        (Reader::Present, Card::None) => (Picture::NoCard, texts.no_card),
        (Reader::Present, Card::Unsupported) => (Picture::Problem, texts.unsupported),
        (Reader::Present, Card::Ready) if status.attempts_left.is_none() => (Picture::Ready, texts.reading),
        (Reader::Present, Card::Ready) => (Picture::Ready, texts.ready),
    }
}

fn page(page: &Page, state: &State, texts: &Texts) -> (PageKind, (&'static str, String)) {
    let notice = |(title, text): (&'static str, &'static str)| (title, text.to_owned());
    match page {
        Page::Ask => (PageKind::Ask, notice(("", ""))),
        Page::LastTry => (PageKind::LastTry, notice(texts.last_try)),
        Page::Block => (PageKind::Block, notice(texts.block_question)),
        Page::About => (PageKind::About, notice(texts.about_text)),
        // The agent waits for a card to send the PIN to.
        Page::Working { step: None, .. } if !state.card_can_be_used() => {
            (PageKind::Working, notice(card(state, texts).1))
        }
        Page::Working { step, .. } => (PageKind::Working, notice(((texts.working)(*step), texts.keep_card))),
        Page::Ended { outcome: Outcome::Done, .. } => (PageKind::Done, notice(texts.done)),
        Page::Ended { outcome: Outcome::Cancelled, .. } => (PageKind::Cancelled, notice(texts.cancelled)),
        Page::Ended { outcome: Outcome::Failed, code, message } => {
            let remedy = code.map(|code| code.remedy(state.open.lang).to_owned());
            (PageKind::Failed, (texts.failed, message.clone().or(remedy).unwrap_or_default()))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jpki_protocol::prompt::{Open, Status, ToPrompt};
    use jpki_protocol::{ErrorCode, Language};

    use super::*;
    use crate::state::Event;

    fn open(lang: &str, origin: &str) -> Open {
        serde_json::from_value(serde_json::json!({
            "version": 1, "operation": "authenticate", "origin": origin, "purpose": "会員登録",
            "discloses": ["certificate", "name"], "lang": lang, "virtualCard": false,
            "pin": {"kind": "auth", "min": 4, "max": 4, "charset": "digits"},
        }))
        .unwrap()
    }

    fn with(status: Status) -> View {
        let mut state = State::new(open("ja", "https://shop.example"));
        state.step(Duration::ZERO, Event::Message(ToPrompt::Status(status)));
        View::of(&state)
    }

    const READY: Status =
        Status { reader: Reader::Present, card: Card::Ready, attempts_left: Some(3), blocked: false, problem: None };

    #[test]
    fn reader_and_card_have_a_picture_and_words_for_each_state() {
        for (status, picture, title) in [
            (
                Status { reader: Reader::None, card: Card::None, ..READY },
                Picture::NoReader,
                "カードリーダーがありません",
            ),
            (Status { card: Card::None, ..READY }, Picture::NoCard, "カードを置いてください"),
            (Status { card: Card::Unsupported, ..READY }, Picture::Problem, "このカードは使えません"),
            (Status { attempts_left: None, ..READY }, Picture::Ready, "カードを確かめています"),
            (READY, Picture::Ready, "カードの準備ができました"),
            (Status { problem: Some(ErrorCode::CardInUse), ..READY }, Picture::Problem, "カードを使えません"),
            (Status { blocked: true, ..READY }, Picture::Problem, "暗証番号がロックされています"),
            (Status { attempts_left: Some(0), ..READY }, Picture::Problem, "暗証番号がロックされています"),
        ] {
            let view = with(status);
            assert_eq!((view.picture, view.card.0), (picture, title), "{status:?}");
        }
        assert_eq!(View::of(&State::new(open("ja", "https://a.example"))).picture, Picture::Waiting);
    }

    #[test]
    fn a_problem_comes_with_its_remedy() {
        for code in ErrorCode::ALL {
            let view = with(Status { problem: Some(code), ..READY });
            let blocked = matches!(code, ErrorCode::PinBlocked | ErrorCode::PinAttemptsExhausted);
            assert_eq!(view.blocked_steps.is_some(), blocked, "{code}");
            assert!(blocked || view.card.1 == code.remedy(Language::Ja), "{code}");
        }
    }

    #[test]
    fn the_origin_is_shown_whole_in_ascii_whatever_its_name() {
        let origin = "https://xn--wgv71a.example:8443";
        let view = View::of(&State::new(open("ja", origin)));
        assert_eq!(view.origin, origin);
        assert_eq!(view.origin_note.map(|note| note.warning), Some(false));
        let view = View::of(&State::new(open("en", "https://xn--80ak6aa92e.com")));
        assert_eq!(view.origin_note.map(|note| note.warning), Some(true));
    }

    #[test]
    fn what_is_disclosed_is_listed_and_a_certificate_explained() {
        let view = View::of(&State::new(open("en", "https://shop.example")));
        assert_eq!(view.discloses.len(), 2);
        assert!(view.discloses[0].1.contains("number that identifies your card"));
    }

    #[test]
    fn a_card_taken_away_after_consent_is_asked_for() {
        let mut state = State::new(open("ja", "https://shop.example"));
        state.step(Duration::ZERO, Event::Active(true));
        let none = Status { card: Card::None, attempts_left: None, ..READY };
        let ready = Event::Message(ToPrompt::Status(READY));
        let typed = Event::Typed("1234".to_owned().into());
        let gone = Event::Message(ToPrompt::Status(none));
        for event in [ready, typed, Event::Press, Event::Submit, gone] {
            state.step(crate::state::ARMING, event);
        }
        let view = View::of(&state);
        assert_eq!((view.page, view.notice.0), (PageKind::Working, "カードを置いてください"));
    }

    #[test]
    fn a_failure_shows_message_and_code() {
        for (message, want) in [(Some("なぜか"), "なぜか"), (None, ErrorCode::CardRemoved.remedy(Language::Ja))] {
            let mut state = State::new(open("ja", "https://shop.example"));
            let close = ToPrompt::Close {
                result: Outcome::Failed,
                code: Some(ErrorCode::CardRemoved),
                message: message.map(str::to_owned),
            };
            state.step(Duration::ZERO, Event::Message(close));
            let view = View::of(&state);
            assert_eq!((view.page, view.notice.1.as_str()), (PageKind::Failed, want));
            assert_eq!(view.code.as_deref(), Some("コード：card_removed"));
        }
    }
}
