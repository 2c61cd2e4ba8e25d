//! What is shown, as a value that follows from the state: window and terminal both draw this and
//! decide nothing. No event comes in here and nothing is sent from here.

mod values;

use jpki_protocol::ErrorCode;
use jpki_protocol::prompt::{Card, Charset, Disclosure, Open, Operation, Outcome, Reader, ShownDocument};

use crate::domain::{self, Name};
use crate::form::Field;
use crate::pin::Pin;
use crate::state::{Page, State};
use crate::texts::Texts;

pub(crate) use values::{Birthdate, Value};

/// How many digits of a digest are shown at first: nobody compares more at a glance.
const BRIEF: usize = 16;

/// Everything there is to see, but the words that never change and what is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct View {
    pub(crate) page: PageKind,
    pub(crate) asker: Asker,
    /// Which question of how many.
    pub(crate) question: Option<String>,
    pub(crate) purpose: Option<String>,
    /// Above `discloses`.
    pub(crate) discloses_title: &'static str,
    /// What is learned: name and explanation.
    pub(crate) discloses: Vec<(String, &'static str)>,
    pub(crate) documents_title: String,
    pub(crate) documents: Vec<Document>,
    /// The values that are about to be handed over.
    pub(crate) values: Vec<Value>,
    /// What the mark in some of them means.
    pub(crate) values_note: Option<String>,
    /// Purpose, documents, values and what is learned, each on a line, for a screen reader.
    pub(crate) details: String,
    /// What a signature means.
    pub(crate) pledge: Option<&'static str>,
    pub(crate) picture: Picture,
    /// Beside the picture: short, then what to do.
    pub(crate) card: (&'static str, &'static str),
    /// What to do about a blocked PIN; then there is no field.
    pub(crate) blocked_steps: Option<[&'static str; 2]>,
    /// The fields, in the order in which they are filled in.
    pub(crate) fields: Vec<FieldView>,
    /// The field that has the focus, or had it last.
    pub(crate) field: Field,
    /// Changes when the focus belongs to `field` anew.
    pub(crate) turn: i32,
    /// Which of the card's PINs it is, where two are asked for.
    pub(crate) pin_note: Option<&'static str>,
    /// The button that shows or hides what is typed.
    pub(crate) reveal: Option<&'static str>,
    pub(crate) revealed: bool,
    pub(crate) attempts: Option<String>,
    pub(crate) last_attempt: bool,
    pub(crate) ask_remember: bool,
    pub(crate) ask_block: bool,
    pub(crate) remember: bool,
    pub(crate) submit: &'static str,
    pub(crate) can_submit: bool,
    /// 0 to 100, once the card works.
    pub(crate) percent: Option<u8>,
    /// Title and text of the pages beside the first.
    pub(crate) notice: (&'static str, String),
    /// The code of a failure.
    pub(crate) code: Option<String>,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asker {
    pub(crate) heading: &'static str,
    /// The whole origin in ASCII, which is never shortened; or what a command does.
    pub(crate) name: String,
    /// The name behind punycode, or a warning.
    pub(crate) note: Option<Note>,
}

/// A line under the asker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) text: String,
    pub(crate) warning: bool,
}

/// A document to sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Document {
    pub(crate) name: String,
    /// Its SHA-256 in hexadecimal; empty while it is not known.
    pub(crate) digest: String,
    /// How that begins, or why there is none.
    pub(crate) brief: String,
}

/// A field, without what is typed into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldView {
    pub(crate) field: Field,
    pub(crate) label: &'static str,
    /// What goes into it.
    pub(crate) form: String,
    /// How many characters are in it.
    pub(crate) typed: u8,
    pub(crate) max: u8,
    /// Whether each character has a place of its own.
    pub(crate) slots: bool,
    /// What is wrong with it.
    pub(crate) error: Option<&'static str>,
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
        let values = open.attributes.as_ref().map(|attributes| values::values(attributes, texts)).unwrap_or_default();
        let marked = open.attributes.as_ref().is_some_and(values::has_marks);
        let purpose = open.purpose.as_ref().map(|purpose| purpose.as_str().to_owned());
        let documents_title = (texts.documents)(open.documents.len());
        let discloses = discloses(state, texts);
        let reveal = if state.revealed { texts.hide_pin } else { texts.show_pin };
        Self {
            page,
            asker: asker(state, texts),
            details: details(open, &values, &discloses, texts),
            purpose,
            discloses,
            documents_title,
            question: open.question.map(|question| (texts.question)(question.number, question.of)),
            discloses_title: (texts.discloses)(open.origin.is_some()),
            documents: open.documents.iter().map(|document| document_view(document, texts)).collect(),
            values_note: marked.then(|| (texts.substitutes)(values::MARK)),
            values,
            pledge: (open.operation == Operation::Sign).then_some(texts.pledge),
            picture,
            card,
            blocked_steps: open.pin.filter(|_| state.is_blocked()).map(|rule| (texts.blocked_steps)(rule.kind)),
            fields: state.form.fields().map(|(field, pin)| field_view(state, field, pin, texts)).collect(),
            field: state.field,
            turn: state.turn,
            pin_note: pin_note(state, texts),
            reveal: state.can_reveal().then_some(reveal),
            revealed: state.revealed,
            attempts: attempts.map(texts.attempts),
            last_attempt: attempts == Some(1),
            ask_remember: state.asks_remember(),
            ask_block: open.origin.is_some(),
            remember: state.remember,
            submit: (texts.submit)(open.operation, open.attributes.is_some()),
            can_submit: state.can_submit(),
            percent: if let Page::Working { step: Some(_), percent } = state.page { Some(percent) } else { None },
            notice,
            code: match &state.page {
                Page::Ended { outcome: Outcome::Failed, code: Some(code), .. } => Some((texts.code)(code.as_str())),
                _ => None,
            },
        }
    }
}

fn asker(state: &State, texts: &Texts) -> Asker {
    let open = &state.open;
    let Some(origin) = &open.origin else {
        let name = (texts.command_does)(open.operation, open.pin.map(|rule| rule.kind)).to_owned();
        let note = Note { text: texts.command_note.to_owned(), warning: false };
        return Asker { heading: texts.command, name, note: Some(note) };
    };
    let note = match domain::name(origin) {
        Name::Plain => None,
        Name::Japanese(name) => Some(Note { text: (texts.decoded)(&name), warning: false }),
        Name::Doubtful => Some(Note { text: texts.doubtful.to_owned(), warning: true }),
    };
    Asker { heading: (texts.heading)(open.operation), name: origin.as_str().to_owned(), note }
}

/// What is learned, but for what stands there with its value, and what the explanation of the signature
/// certificate names. What explains itself shares a line, so that all of it is seen at once.
fn discloses(state: &State, texts: &Texts) -> Vec<(String, &'static str)> {
    let open = &state.open;
    let kind = state.kind();
    let shown: Vec<_> = open.attributes.as_ref().map(|values| values.present()).unwrap_or_default();
    let shown: Vec<_> = shown.into_iter().map(Disclosure::from).collect();
    let in_certificate = open.operation == Operation::Sign && open.discloses.contains(&Disclosure::Certificate);
    let named = |what: &&Disclosure| **what == Disclosure::Certificate || !(in_certificate || shown.contains(what));
    let named = open.discloses.iter().filter(named).map(|&what| (texts.disclosure)(what, kind));
    let (plain, explained): (Vec<_>, Vec<_>) = named.partition(|(_, explanation)| explanation.is_empty());
    let mut lines: Vec<_> = explained.into_iter().map(|(name, explanation)| (name.to_owned(), explanation)).collect();
    let plain: Vec<_> = plain.into_iter().map(|(name, _)| name).collect();
    if !plain.is_empty() {
        lines.push((plain.join(texts.and), ""));
    }
    lines
}

/// All that scrolls.
fn details(open: &Open, values: &[Value], discloses: &[(String, &'static str)], texts: &Texts) -> String {
    let purpose = open.purpose.iter().map(|purpose| format!("{}: {}", texts.purpose, purpose.as_str()));
    let title = (!open.documents.is_empty()).then(|| (texts.documents)(open.documents.len()));
    let documents =
        open.documents.iter().zip(1..).map(|(document, number)| format!("{number}. {}", document.name.as_str()));
    let values = values.iter().map(|value| format!("{}: {}", value.name, value.text));
    let learned = (!discloses.is_empty()).then(|| (texts.discloses)(open.origin.is_some()).to_owned());
    let discloses = discloses.iter().map(|(name, explanation)| format!("{name} {explanation}"));
    purpose.chain(title).chain(documents).chain(values).chain(learned).chain(discloses).collect::<Vec<_>>().join("\n")
}

fn document_view(document: &ShownDocument, texts: &Texts) -> Document {
    let brief = match document.digest.get(..BRIEF) {
        Some(digits) => format!("SHA-256 {digits}…"),
        None => texts.digest_later.to_owned(),
    };
    Document { name: document.name.as_str().to_owned(), digest: document.digest.clone(), brief }
}

fn field_view(state: &State, field: Field, pin: &Pin, texts: &Texts) -> FieldView {
    let rule = pin.rule();
    let fault = state.form.fault(field);
    let rejected = state.rejected && field == Field::Pin;
    FieldView {
        field,
        label: match state.open.operation {
            Operation::ChangePin => (texts.field)(field, rule.kind),
            Operation::Authenticate | Operation::ReadAttributes | Operation::Sign => (texts.pin)(rule.kind),
        },
        form: (texts.pin_form)(rule),
        typed: pin.len(),
        max: rule.max,
        slots: rule.charset == Charset::Digits && rule.min == rule.max && rule.max <= 6,
        error: fault.map(texts.fault).or(rejected.then(|| (texts.rejected)(state.open.operation, rule.kind))),
    }
}

/// Where two questions ask for two PINs, people take one for the other.
fn pin_note(state: &State, texts: &Texts) -> Option<&'static str> {
    let kind = state.open.pin?.kind;
    match (state.open.question, state.asked_before) {
        (_, Some(before)) if before != kind => Some((texts.pin_second)(before)),
        (Some(question), None) if question.number < question.of => Some((texts.pin_first)(kind)),
        _ => None,
    }
}

/// What to do about a problem.
fn remedy(code: ErrorCode, state: &State, texts: &Texts) -> &'static str {
    let open = &state.open;
    let own = (texts.remedy)(code, open.origin.is_some(), open.pin.map(|rule| rule.kind));
    own.unwrap_or_else(|| code.remedy(open.lang))
}

fn card(state: &State, texts: &Texts) -> (Picture, (&'static str, &'static str)) {
    let Some(status) = state.status else { return (Picture::Waiting, texts.waiting) };
    if state.is_blocked() {
        return (Picture::Problem, ((texts.blocked)(state.kind()), ""));
    }
    if let Some(problem) = status.problem {
        return (Picture::Problem, (texts.problem, remedy(problem, state, texts)));
    }
    let counting = state.open.pin.is_some() && status.attempts_left.is_none();
    match (status.reader, status.card) {
        (Reader::None, _) => (Picture::NoReader, texts.no_reader),
        (Reader::Present, Card::None) => (Picture::NoCard, texts.no_card),
        (Reader::Present, Card::Unsupported) => (Picture::Problem, texts.unsupported),
        (Reader::Present, Card::Ready) if counting => (Picture::Ready, texts.reading),
        (Reader::Present, Card::Ready) => (Picture::Ready, texts.ready),
    }
}

fn page(page: &Page, state: &State, texts: &Texts) -> (PageKind, (&'static str, String)) {
    let notice = |(title, text): (&'static str, &'static str)| (title, text.to_owned());
    let site = state.open.origin.is_some();
    match page {
        Page::Ask => (PageKind::Ask, notice(("", ""))),
        Page::LastTry => (PageKind::LastTry, notice((texts.last_try)(state.kind()))),
        Page::Block => (PageKind::Block, notice(texts.block_question)),
        Page::About => (PageKind::About, notice(texts.about_text)),
        Page::Working { step: None, .. } if state.open.pin.is_none() => {
            (PageKind::Working, notice((texts.handing_over, texts.keep_card)))
        }
        // The agent waits for a card to send the PIN to.
        Page::Working { step: None, .. } if !state.card_can_be_used() => {
            (PageKind::Working, notice(card(state, texts).1))
        }
        Page::Working { step, .. } => {
            (PageKind::Working, notice(((texts.working)(state.open.operation, state.kind(), *step), texts.keep_card)))
        }
        Page::Ended { outcome: Outcome::Done, .. } => (PageKind::Done, notice((texts.done)(site))),
        Page::Ended { outcome: Outcome::Cancelled, .. } => (PageKind::Cancelled, notice((texts.cancelled)(site))),
        Page::Ended { outcome: Outcome::Failed, code, message } => {
            let remedy = code.map(|code| remedy(code, state, texts).to_owned());
            (PageKind::Failed, (texts.failed, message.clone().or(remedy).unwrap_or_default()))
        }
    }
}

#[cfg(test)]
mod tests;
