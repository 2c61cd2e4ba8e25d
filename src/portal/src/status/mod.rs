//! 利用者状態: what a service may know of a person before it calls the next API — whether they registered, and which links they set up.
//! Services come in with an access token; My page comes in to switch a setting.
//! A state that the service isn't permitted to see never leaves: it is absent from the answer, and asking for it is refused.

mod document;
mod handlers;
mod settings;
mod state;

pub(crate) use handlers::{Docs, routes};
pub(crate) use settings::{Change, Settings, changes, forget, of, switch};
pub(crate) use state::{Setting, State};
