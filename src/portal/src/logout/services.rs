//! Which services a session reaches.

use crate::App;
use crate::error::Result;
use crate::oauth;
use crate::outbox::Message;
use crate::session::Session;

/// What the services are told in which the person signed on with a session, but for the one that knows already.
pub(super) async fn to_tell(app: &App, session: &Session, but: Option<&str>) -> Result<Vec<(String, Message)>> {
    let sign_ons = oauth::of_session(app.store(), &session.id, session.expires).await?;
    let told = sign_ons.into_iter().filter(|sign_on| Some(sign_on.client.as_str()) != but);
    Ok(told.map(|on| (on.client, Message::Logout { subject: on.subject, sid: on.sid })).collect())
}
