//! What the staff of companies and of the operator have in common: passwords, sessions, patience with wrong guesses, mails.
//! Pages of both desks come in with what somebody typed; the two desks share no session and no account.
//! No password is stored or logged, only its hash (argon2id); no answer tells whether an account exists.

mod address;
mod links;
mod mail;
mod page;
mod password;
mod patience;
mod session;

pub(crate) use address::Address;
pub(crate) use links::{look, make, take};
pub(crate) use mail::{Mail, send};
pub(crate) use page::{FieldView, FormPage, any_wrong, fields, message, too_often};
pub(crate) use password::{Password, verify};
pub(crate) use patience::{Patience, forgive, may_try};
pub(crate) use session::{Desk, begin, end, end_all, person};

use jiff::Timestamp;

use crate::Store;
use crate::error::Result;

/// Drops sessions, links and counts that are over.
pub(crate) async fn sweep(store: &Store, now: Timestamp) -> Result<()> {
    for statement in [
        "DELETE FROM desk_sessions WHERE expires <= $1",
        "DELETE FROM desk_links WHERE expires <= $1",
        "DELETE FROM desk_attempts WHERE until <= $1",
    ] {
        sqlx::query(statement).bind(now.as_second()).execute(store.pool()).await?;
    }
    Ok(())
}
