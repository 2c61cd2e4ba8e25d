//! `POST /v1/open`: a command of the same person asks for a key to the agent's own page.

use std::time::Instant;

use tokio::net::TcpStream;

use super::http::Response;
use super::{Server, refuse, send};
use crate::onetime::Key;
use crate::threads::lock;

/// Answers with `{"key"}`, or refuses: 403 to who doesn't know the secret, 404 where there is no page.
pub(super) async fn serve(server: Server, mut stream: TcpStream, secret: &Key) {
    let Some(desk) = &server.desk else { return refuse(stream, 404).await };
    let issued = lock(desk).issue(secret, Instant::now());
    match issued {
        Ok(Some(key)) => {
            send(&mut stream, Response::json(serde_json::json!({ "key": key.as_str() }).to_string())).await;
        }
        Ok(None) => {
            tracing::warn!("a command that doesn't know this agent's secret asked for its page and was refused");
            refuse(stream, 403).await;
        }
        Err(error) => {
            tracing::error!("{error}");
            refuse(stream, 500).await;
        }
    }
}
