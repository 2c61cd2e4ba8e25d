//! お知らせ: notices from national and local government to people who registered.
//! The operator's command and console issue them; services with the scope `notices.read` and My page come in to read.
//! What a notice says is personal: it never comes into a log, and when its retention ends it is dropped.

mod command;
mod draft;
mod handlers;
mod notice;
mod paging;
mod store;

pub(crate) use command::NoticeCommand;
pub(crate) use draft::{Draft, IssuerKind};
pub(crate) use handlers::{Docs, routes};
pub(crate) use notice::{Notice, Summary};
pub(crate) use paging::Page;
pub(crate) use store::{Audience, forget, list, one, open, send, sweep, withdraw};

use crate::App;
use crate::error::Error;

/// Sends a notice of a local body to everybody registered with a running portal: for whoever starts one, such as a demonstration. The
/// operator has a command. Returns its name.
///
/// # Errors
/// [`Error::Config`] if there is something wrong with it, and those of the database.
pub async fn send_notice_to_everybody(
    app: &App,
    issuer: &str,
    subject: &str,
    body: &str,
    days: u32,
) -> Result<String, Error> {
    let draft =
        Draft::new(IssuerKind::Local, issuer, subject, body, days).map_err(|flaw| Error::Config(flaw.to_string()))?;
    send(app.store(), app.config().environment(), &Audience::Everybody, &draft, app.now()).await
}
