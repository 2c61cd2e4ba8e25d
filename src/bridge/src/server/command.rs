//! What a command of the same person asks of the agent that runs, with the secret of the agent's note: a key to its page,
//! and to show nothing more of a history that was erased.

use std::time::Instant;

use tokio::net::TcpStream;

use super::http::Response;
use super::{Server, send};
use crate::onetime::Key;
use crate::threads::lock;

/// `POST /v1/open`: `{"key"}`, or 403 to who doesn't know the secret, 404 where there is no page.
pub(super) async fn open(server: Server, mut stream: TcpStream, secret: &Key) {
    let response = match server.desk.as_ref().map(|desk| lock(desk).issue(secret, Instant::now())) {
        None => Response::status(404),
        Some(Ok(Some(key))) => Response::json(serde_json::json!({ "key": key.as_str() }).to_string()),
        Some(Ok(None)) => unknown(),
        Some(Err(error)) => {
            tracing::error!("{error}");
            Response::status(500)
        }
    };
    send(&mut stream, response).await;
}

/// `POST /v1/forgot`: the history was erased. Answers with `{}`, or as [`open`] does.
pub(super) async fn forgot(server: Server, mut stream: TcpStream, secret: &Key) {
    let response = match server.desk.as_ref().map(|desk| lock(desk).knows(secret)) {
        None => Response::status(404),
        Some(false) => unknown(),
        Some(true) => {
            server.agent.history_was_cleared();
            Response::json("{}")
        }
    };
    send(&mut stream, response).await;
}

fn unknown() -> Response {
    tracing::warn!("a command that doesn't know this agent's secret was refused");
    Response::status(403)
}
