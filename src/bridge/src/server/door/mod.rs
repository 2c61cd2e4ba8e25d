//! The redirect door: the way in where a browser refuses WebSockets to loopback (protocol, section 4).
//!
//! One navigation is one operation. The page is written while the operation runs and ends with the
//! way back, so it needs no second request, no state and no polling; closing it cancels.

mod page;
mod request;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jpki_protocol::page::{AuthenticateParams, ProgressState, RpcError};
use jpki_protocol::{AuthToken, ErrorCode};
use serde::Serialize;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedReadHalf;
use tokio::sync::watch;

use super::{Server, errand};
use crate::agent::{PageEvent, Running};
use crate::operation::Answer;
use page::Page;
pub(super) use request::DoorRequest;

/// What the fragment carries.
#[derive(Serialize)]
struct Carried<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<AuthToken>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<RpcError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'a str>,
}

/// Serves one navigation.
pub(super) async fn serve(server: Server, stream: TcpStream, request: DoorRequest) {
    let language = server.agent.language(request.language);
    let params = AuthenticateParams {
        challenge: request.challenge.clone(),
        purpose: request.purpose.clone(),
        lang: request.language,
    };
    let (ask, _) = errand::authenticate(request.origin.clone(), params);
    let begun = server.agent.begin(ask);
    let (reader, mut writer) = stream.into_split();
    let page = Page::new(language);
    if writer.write_all(page.start(&request.origin).as_bytes()).await.is_err() {
        return;
    }
    let outcome = match begun {
        Ok(running) => match follow(running, reader, &mut writer, &page, server.stopping).await {
            Some(outcome) => outcome.map_err(|code| RpcError::operation(code, language)),
            // The person closed the page: nobody is there to be sent back.
            None => return,
        },
        Err(not_begun) => Err(not_begun.to_error(language)),
    };
    let (token, error) = match outcome {
        Ok(token) => (Some(token), None),
        Err(error) => (None, Some(error)),
    };
    let carried = Carried { token, error, state: request.state.as_deref() };
    let json = serde_json::to_vec(&carried).unwrap_or_default();
    let target = format!("{}#jpki={}", request.return_url, URL_SAFE_NO_PAD.encode(json));
    // A page that is gone by now needs no way back.
    let _ = writer.write_all(page.end(&target).as_bytes()).await;
    let _ = writer.shutdown().await;
}

/// Shows progress until the operation ends; none if the page was closed. An agent that stops cancels
/// it, and the page is sent back as from any cancel.
async fn follow(
    mut running: Running,
    mut reader: OwnedReadHalf,
    writer: &mut (impl tokio::io::AsyncWrite + Unpin),
    page: &Page,
    mut stopping: watch::Receiver<bool>,
) -> Option<Result<AuthToken, ErrorCode>> {
    let mut ignored = [0; 256];
    let mut stopped = false;
    loop {
        tokio::select! {
            event = running.next() => match event {
                Some(PageEvent::Progress(state)) => writer.write_all(page.progress(state).as_bytes()).await.ok()?,
                Some(PageEvent::Finished(Ok(Answer::Token(signed)))) => return Some(Ok(errand::token(&signed))),
                Some(PageEvent::Finished(Err(code))) => return Some(Err(code)),
                // The door asks for tokens alone, and an operation always answers.
                Some(PageEvent::Finished(Ok(_))) | None => return Some(Err(ErrorCode::Internal)),
            },
            // Bytes mean nothing here; their end means that the page is gone.
            read = reader.read(&mut ignored) => match read {
                Ok(0) | Err(_) => return None,
                Ok(_) => {}
            },
            () = until_true(&mut stopping), if !stopped => {
                stopped = true;
                running.cancel();
            }
        }
    }
}

async fn until_true(flag: &mut watch::Receiver<bool>) {
    // An error means that its sender is gone, and the agent with it.
    let _ = flag.wait_for(|flag| *flag).await;
}

impl Page {
    fn progress(&self, state: ProgressState) -> String {
        self.line(self.text(state))
    }
}
