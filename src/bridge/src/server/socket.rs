//! The WebSocket of a page: requests in, answers and progress out (protocol, section 2).

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use jpki_protocol::page::{
    Call, CancelResult, Incoming, Info, MAX_MESSAGE, Progress, Request, RequestId, RpcError, error, notification,
    parse, result,
};
use jpki_protocol::{ErrorCode, Language, Origin, PROTOCOL_VERSION};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::Server;
use super::errand::{self, Form};
use super::http::head_text;
use crate::agent::{Ask, PageEvent, Running};

/// How long a page may take to read what it is sent.
const SEND_TIME: Duration = Duration::from_secs(10);

type Socket = WebSocketStream<TcpStream>;

/// Completes the upgrade and serves the page until it goes away.
pub(super) async fn serve(server: Server, mut stream: TcpStream, origin: Origin, key: &str, early: Vec<u8>) {
    let response = format!(
        "{}Upgrade: websocket\r\nSec-WebSocket-Accept: {}\r\n\r\n",
        head_text(101, &[]).replace("Connection: close", "Connection: Upgrade"),
        derive_accept_key(key.as_bytes())
    );
    if stream.write_all(response.as_bytes()).await.is_err() {
        return;
    }
    let config = WebSocketConfig::default()
        .max_message_size(Some(MAX_MESSAGE))
        .max_frame_size(Some(MAX_MESSAGE))
        .read_buffer_size(4 * 1024)
        .write_buffer_size(0)
        .max_write_buffer_size(4 * MAX_MESSAGE);
    let socket = WebSocketStream::from_partially_read(stream, early, Role::Server, Some(config)).await;
    Page { server, origin, socket, running: None }.serve().await;
}

struct Page {
    server: Server,
    origin: Origin,
    socket: Socket,
    running: Option<Under>,
}

/// The request under way.
struct Under {
    id: RequestId,
    form: Form,
    language: Language,
    running: Running,
}

/// What happened on the connection.
enum Happened {
    Read(Option<Result<Message, Error>>),
    Page(Option<PageEvent>),
    Stop,
}

impl Page {
    async fn serve(mut self) {
        let mut stopping = self.server.stopping.clone();
        loop {
            let happened = tokio::select! {
                message = self.socket.next() => Happened::Read(message),
                event = next_event(&mut self.running) => Happened::Page(event),
                _ = stopping.wait_for(|stop| *stop) => Happened::Stop,
            };
            let answer = match happened {
                Happened::Read(Some(Ok(Message::Text(text)))) => self.take(text.as_str()),
                Happened::Read(Some(Ok(Message::Binary(_)))) => return self.close(CloseCode::Unsupported).await,
                // Pings and goodbyes are answered by the library when it is read next; after a goodbye
                // there is nothing more to read.
                Happened::Read(Some(Ok(
                    Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_),
                ))) => None,
                Happened::Read(Some(Err(Error::Capacity(_)))) => return self.close(CloseCode::Size).await,
                Happened::Read(Some(Err(Error::Utf8(_)))) => return self.close(CloseCode::Invalid).await,
                Happened::Read(Some(Err(Error::Protocol(_)))) => return self.close(CloseCode::Protocol).await,
                Happened::Read(Some(Err(_)) | None) => return,
                Happened::Page(event) => self.report(event),
                Happened::Stop => return self.close(CloseCode::Away).await,
            };
            if let Some(text) = answer
                && !self.send(Message::text(text)).await
            {
                return;
            }
        }
    }

    /// Takes one message of the page, and gives the answer if it has one at once.
    fn take(&mut self, text: &str) -> Option<String> {
        let Request { id, call } = match parse(text) {
            Ok(Incoming::Request(request)) => request,
            Ok(Incoming::Notification) => return None,
            Err((id, problem)) => return Some(error(id.as_ref(), &problem)),
        };
        match call {
            Call::Info => Some(result(&id, &info())),
            Call::Cancel(params) => {
                let running = self.running.as_ref().filter(|under| under.id == params.id);
                running.inspect(|under| under.running.cancel());
                Some(result(&id, &CancelResult { cancelled: running.is_some() }))
            }
            Call::Authenticate(params) => self.begin(id, errand::authenticate(self.origin.clone(), params)),
            Call::ReadAttributes(params) => self.begin(id, errand::read_attributes(self.origin.clone(), params)),
            Call::Sign(params) => self.begin(id, errand::sign(self.origin.clone(), params)),
        }
    }

    /// Begins what a call asks for; gives the answer if that can't be.
    fn begin(&mut self, id: RequestId, (ask, form): (Ask, Form)) -> Option<String> {
        let language = self.server.agent.language(ask.language);
        // A page has one request under way; a second could not be told from the first.
        if self.running.is_some() {
            return Some(error(Some(&id), &RpcError::operation(ErrorCode::Busy, language)));
        }
        match self.server.agent.begin(ask) {
            Ok(running) => {
                self.running = Some(Under { id, form, language, running });
                None
            }
            Err(not_begun) => Some(error(Some(&id), &not_begun.to_error(language))),
        }
    }

    /// What the page hears of its running request.
    fn report(&mut self, event: Option<PageEvent>) -> Option<String> {
        let under = self.running.as_ref()?;
        let (id, language) = (&under.id, under.language);
        let answer = match event {
            Some(PageEvent::Progress(state)) => return Some(notification(&Progress { id: id.clone(), state })),
            Some(PageEvent::Finished(result)) => result.and_then(|answer| under.form.write(id, answer)),
            // An operation always answers; one that did not is a defect the page must not wait for.
            None => Err(ErrorCode::Internal),
        };
        let answer = answer.unwrap_or_else(|code| error(Some(id), &RpcError::operation(code, language)));
        self.running = None;
        Some(answer)
    }

    async fn send(&mut self, message: Message) -> bool {
        matches!(tokio::time::timeout(SEND_TIME, self.socket.send(message)).await, Ok(Ok(())))
    }

    /// Says goodbye with a reason, and waits a moment for the page's own.
    async fn close(mut self, code: CloseCode) {
        let goodbye = async {
            self.socket.close(Some(CloseFrame { code, reason: "".into() })).await?;
            while let Some(message) = self.socket.next().await {
                message?;
            }
            Ok::<(), Error>(())
        };
        // A page that does not answer is cut off.
        let _ = tokio::time::timeout(Duration::from_secs(1), goodbye).await;
    }
}

async fn next_event(running: &mut Option<Under>) -> Option<PageEvent> {
    match running {
        Some(under) => under.running.next().await,
        None => std::future::pending().await,
    }
}

fn info() -> Info {
    Info {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        protocol: PROTOCOL_VERSION,
        operations: ["authenticate", "readAttributes", "sign"].map(str::to_owned).to_vec(),
        platform: std::env::consts::OS.to_owned(),
    }
}
