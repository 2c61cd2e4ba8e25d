//! Copies what is to be shown into the window's properties.

use std::rc::Rc;

use slint::{ComponentHandle, Model, ModelRc, SharedString, VecModel};

use super::ui::{self, Disclosed, Document, Labels, Page, Picture, Prompt, PromptWindow, Value};
use crate::form::Field;
use crate::state::State;
use crate::texts::Texts;
use crate::view::{self, PageKind, View};

/// The sans-serif face for Japanese that each system carries; another is found if it is missing.
/// Without a name, a system set to English may choose Chinese forms for kanji.
const FONT: &str = if cfg!(target_os = "windows") {
    "Yu Gothic UI"
} else if cfg!(target_os = "macos") {
    "Hiragino Sans"
} else {
    "Noto Sans CJK JP"
};

/// A face whose characters are all equally wide: digests and passwords are compared by place.
const DIGEST_FONT: &str = if cfg!(target_os = "windows") {
    "Consolas"
} else if cfg!(target_os = "macos") {
    "Menlo"
} else {
    "Noto Sans Mono CJK JP"
};

/// What a question is about; again for each.
pub(super) fn question(window: &PromptWindow, state: &State) {
    let open = &state.open;
    let texts = Texts::of(open.lang);
    let prompt = window.global::<Prompt<'_>>();
    prompt.set_font(FONT.into());
    prompt.set_digest_font(DIGEST_FONT.into());
    prompt.set_version(format!("version {}", env!("CARGO_PKG_VERSION")).into());
    prompt.set_virtual_card(open.virtual_card);
    prompt.set_labels(Labels {
        title: texts.window_title.into(),
        test_card: texts.test_card.into(),
        purpose: texts.purpose.into(),
        values: texts.values.into(),
        show_digests: texts.show_digests.into(),
        hide_digests: texts.hide_digests.into(),
        remember: texts.remember.into(),
        cancel: texts.cancel.into(),
        close: texts.close.into(),
        back: texts.back.into(),
        block: texts.block.into(),
        about: texts.about.into(),
        last_try_submit: (texts.last_try_submit)(state.kind()).into(),
        details: texts.details.into(),
        not_yet: texts.not_yet.into(),
        block_submit: texts.block_submit.into(),
    });
    let view = View::of(state);
    let discloses = view.discloses.iter().flat_map(|(name, detail)| [(name.as_str(), true), (*detail, false)]);
    let discloses = discloses.filter(|(text, _)| !text.is_empty());
    prompt.set_discloses(model(discloses.map(|(text, strong)| Disclosed { text: text.into(), strong })));
    prompt.set_discloses_title(view.discloses_title.into());
    prompt.set_documents_title(view.documents_title.into());
    prompt.set_documents(model(view.documents.into_iter().map(|document| Document {
        name: document.name.into(),
        brief: document.brief.into(),
        digest: document.digest.into(),
    })));
    prompt.set_values(model(
        view.values.into_iter().map(|value| Value { name: value.name.into(), text: value.text.into() }),
    ));
    prompt.set_values_note(view.values_note.unwrap_or_default().into());
    prompt.set_details(view.details.into());
    prompt.set_pledge(view.pledge.unwrap_or_default().into());
    prompt.set_heading(view.asker.heading.into());
    prompt.set_asker(view.asker.name.into());
    prompt.set_asker_is_origin(open.origin.is_some());
    prompt.set_asker_warning(view.asker.note.as_ref().is_some_and(|note| note.warning));
    prompt.set_asker_note(view.asker.note.map(|note| note.text).unwrap_or_default().into());
    prompt.set_question(view.question.unwrap_or_default().into());
    prompt.set_purpose(view.purpose.unwrap_or_default().into());
    prompt.set_can_block(view.ask_block);
    prompt.set_submit_label(view.submit.into());
}

/// What follows from the state.
pub(super) fn view(window: &PromptWindow, state: &State) {
    let view = View::of(state);
    let prompt = window.global::<Prompt<'_>>();
    let [first, second] = view.blocked_steps.unwrap_or_default();
    prompt.set_picture(picture(view.picture));
    prompt.set_card_title(view.card.0.into());
    prompt.set_card_text(view.card.1.into());
    prompt.set_blocked(view.blocked_steps.is_some());
    prompt.set_blocked_first(first.into());
    prompt.set_blocked_second(second.into());
    fields(&prompt, state, &view);
    prompt.set_pin_note(view.pin_note.unwrap_or_default().into());
    prompt.set_attempts(view.attempts.unwrap_or_default().into());
    prompt.set_last_attempt(view.last_attempt);
    prompt.set_reveal_label(view.reveal.unwrap_or_default().into());
    prompt.set_revealed(view.revealed);
    prompt.set_ask_remember(view.ask_remember);
    prompt.set_remember(view.remember);
    prompt.set_can_submit(view.can_submit);
    prompt.set_percent(view.percent.map_or(-1, i32::from));
    prompt.set_notice_title(view.notice.0.into());
    prompt.set_notice_text(view.notice.1.into());
    prompt.set_code(view.code.unwrap_or_default().into());
    // Last: the page takes the focus to where it belongs when it appears.
    prompt.set_page(page(view.page));
    prompt.set_focused(index(view.field));
    prompt.set_turn(view.turn);
}

/// Changes the fields in place: a row that was made anew would lose the focus.
fn fields(prompt: &Prompt<'_>, state: &State, view: &View) {
    let rows = view.fields.iter().map(|field| ui::Field {
        label: field.label.into(),
        form: field.form.as_str().into(),
        typed: field.typed.into(),
        max: field.max.into(),
        slots: field.slots,
        mask: "*".repeat(field.typed.into()).into(),
        error: field.error.unwrap_or_default().into(),
        shown: shown(state, field.field),
    });
    let model_before = prompt.get_fields();
    if model_before.row_count() == view.fields.len() {
        rows.enumerate().for_each(|(row, field)| model_before.set_row_data(row, field));
    } else {
        prompt.set_fields(model(rows));
    }
}

/// What is typed, while it is to be seen: each character a string of its own, so that the toolkit never holds the
/// whole in one place.
fn shown(state: &State, field: Field) -> ModelRc<SharedString> {
    let pin = state.form.get(field).filter(|_| state.revealed);
    model(pin.into_iter().flat_map(|pin| pin.text().chars()).map(SharedString::from))
}

fn model<T: Clone + 'static>(rows: impl Iterator<Item = T>) -> ModelRc<T> {
    ModelRc::from(Rc::new(VecModel::from_iter(rows)))
}

/// A field's place in the window.
fn index(field: Field) -> i32 {
    match field {
        Field::Pin => 0,
        Field::New => 1,
        Field::Again => 2,
    }
}

/// The field at a place in the window.
pub(super) fn field(index: i32) -> Field {
    match index {
        1 => Field::New,
        2 => Field::Again,
        _ => Field::Pin,
    }
}

fn page(kind: PageKind) -> Page {
    match kind {
        PageKind::Ask => Page::Ask,
        PageKind::LastTry => Page::LastTry,
        PageKind::Block => Page::Block,
        PageKind::About => Page::About,
        PageKind::Working => Page::Working,
        PageKind::Done => Page::Done,
        PageKind::Cancelled => Page::Cancelled,
        PageKind::Failed => Page::Failed,
    }
}

fn picture(kind: view::Picture) -> Picture {
    match kind {
        view::Picture::Waiting => Picture::Waiting,
        view::Picture::NoReader => Picture::NoReader,
        view::Picture::NoCard => Picture::NoCard,
        view::Picture::Ready => Picture::Ready,
        view::Picture::Problem => Picture::Problem,
    }
}
