//! Copies what is to be shown into the window's properties.

use std::rc::Rc;

use jpki_protocol::prompt::{Open, PinKind};
use slint::{ComponentHandle, ModelRc, SharedString, VecModel};

use super::ui::{Disclosed, Labels, Page, Picture, Prompt, PromptWindow};
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

/// What never changes while the window lives.
pub(super) fn once(window: &PromptWindow, open: &Open) {
    let texts = Texts::of(open.lang);
    let prompt = window.global::<Prompt<'_>>();
    prompt.set_font(FONT.into());
    prompt.set_version(format!("version {}", env!("CARGO_PKG_VERSION")).into());
    prompt.set_virtual_card(open.virtual_card);
    prompt.set_pin_slots(open.pin.kind != PinKind::Sign && open.pin.min == open.pin.max && open.pin.max <= 6);
    prompt.set_labels(Labels {
        title: texts.window_title.into(),
        test_card: texts.test_card.into(),
        heading: (texts.heading)(open.operation).into(),
        purpose: texts.purpose.into(),
        discloses: texts.discloses.into(),
        remember: texts.remember.into(),
        submit: texts.submit.into(),
        cancel: texts.cancel.into(),
        close: texts.close.into(),
        back: texts.back.into(),
        block: texts.block.into(),
        about: texts.about.into(),
        last_try_submit: texts.last_try_submit.into(),
        block_submit: texts.block_submit.into(),
    });
    let view = View::of(&State::new(open.clone()));
    let discloses = view.discloses.iter().flat_map(|(name, detail)| [(*name, true), (*detail, false)]);
    let discloses = discloses.filter(|(text, _)| !text.is_empty());
    let discloses = discloses.map(|(text, strong)| Disclosed { text: text.into(), strong });
    prompt.set_discloses(ModelRc::from(Rc::new(VecModel::from_iter(discloses))));
    prompt.set_origin(view.origin.into());
    prompt.set_origin_warning(view.origin_note.as_ref().is_some_and(|note| note.warning));
    prompt.set_origin_note(view.origin_note.map(|note| note.text).unwrap_or_default().into());
    prompt.set_purpose(view.purpose.unwrap_or_default().into());
    prompt.set_ask_remember(view.ask_remember);
    prompt.set_pin_label(view.pin.label.into());
    prompt.set_pin_form(view.pin.form.into());
    prompt.set_pin_max(view.pin.max.into());
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
    prompt.set_pin_typed(view.pin.typed.into());
    prompt.set_pin_typed_text(view.pin.typed_text.into());
    prompt.set_pin_error(if view.pin.rejected {
        Texts::of(state.open.lang).rejected.into()
    } else {
        SharedString::new()
    });
    prompt.set_attempts(view.pin.attempts.unwrap_or_default().into());
    prompt.set_last_attempt(view.pin.last_attempt);
    prompt.set_remember(view.remember);
    prompt.set_can_submit(view.can_submit);
    prompt.set_percent(view.percent.into());
    prompt.set_notice_title(view.notice.0.into());
    prompt.set_notice_text(view.notice.1.into());
    prompt.set_code(view.code.unwrap_or_default().into());
    // Last: the page takes the focus to where it belongs when it appears.
    prompt.set_page(page(view.page));
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
