//! What services are told.

use serde::{Deserialize, Serialize};

use super::Outcome;
use crate::error::Result;
use crate::{App, clients, logout};

/// Something that one service is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Message {
    /// A session in which somebody signed on there is over.
    Logout {
        /// The person, as the service knows them.
        subject: String,
        /// The session, as the service knows it.
        sid: String,
    },
}

impl Message {
    /// Tells a service once, at the address that it has registered now. One that may not sign people in at present is told all the
    /// same: it may still hold a session.
    pub(super) async fn send(&self, app: &App, client_id: &str) -> Result<Outcome> {
        let Some(registered) = clients::find(app, client_id).await? else { return Ok(Outcome::Failed) };
        match self {
            Self::Logout { subject, sid } => logout::tell(app, &registered.client, subject, sid).await,
        }
    }
}
