//! What all pages share: their frame, both languages, forms that can't be forged, headers, the page for what went wrong.
//! Handlers of pages come in with a template; they get back an answer that is safe to send.
//! No page runs an inline script or style, none can be framed, none with something personal is kept by a cache.

mod assets;
mod browser;
mod failure;
mod form;
mod headers;
mod language;
mod own_path;
mod page;

pub(crate) use assets::routes as assets;
pub(crate) use browser::{Browser, cookie, know_browser, set_cookie};
pub(crate) use failure::Failure;
pub(crate) use form::Form;
pub(crate) use headers::{KeptFormAction, guard, guarded, no_sniffing};
pub(crate) use language::{Lang, language_cookie};
pub(crate) use own_path::is_own_path;
pub(crate) use page::{Frame, show};
