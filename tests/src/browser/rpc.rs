//! The one client for both protocols: `{id, method, params}` out, answers and events in, over a WebSocket.

use std::collections::VecDeque;
use std::io::ErrorKind;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

use crate::Result;

/// How long an answer or event is waited for. It is never slept through: only a broken test takes it.
const LIMIT: Duration = Duration::from_secs(60);

/// A connection to a browser.
pub(super) struct Client {
    socket: WebSocket<TcpStream>,
    last_id: u64,
    session: Option<String>,
    events: VecDeque<Value>,
}

impl Client {
    pub(super) fn connect(url: &str) -> Result<Self> {
        let authority = url.trim_start_matches("ws://").split('/').next().unwrap_or_default();
        let stream = TcpStream::connect(authority)?;
        stream.set_nodelay(true)?;
        let (socket, _) = tungstenite::client(url, stream)?;
        Ok(Self { socket, last_id: 0, session: None, events: VecDeque::new() })
    }

    /// Addresses all further calls to one DevTools session.
    pub(super) fn enter(&mut self, session: String) {
        self.session = Some(session);
    }

    /// Calls a method and gives its result. Events that arrive before it are kept.
    pub(super) fn call(&mut self, method: &str, params: Value) -> Result<Value> {
        self.last_id += 1;
        let id = self.last_id;
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.socket.send(Message::text(message.to_string()))?;
        let deadline = Instant::now() + LIMIT;
        loop {
            let mut message = self.receive(deadline).map_err(|error| format!("{method}: {error}"))?;
            if message["id"] != json!(id) {
                self.events.push_back(message);
            } else if message["error"].is_null() {
                return Ok(message["result"].take());
            } else {
                // BiDi puts the text beside the error's name, DevTools inside it.
                return Err(format!("{method}: {} {}", message["error"], message["message"]).into());
            }
        }
    }

    /// Takes events, kept ones first, until `wanted` makes something of one.
    pub(super) fn wait<T>(&mut self, mut wanted: impl FnMut(&str, &Value) -> Option<T>) -> Result<T> {
        let deadline = Instant::now() + LIMIT;
        loop {
            let event = match self.events.pop_front() {
                Some(event) => event,
                None => self.receive(deadline)?,
            };
            if let Some(found) = event["method"].as_str().and_then(|method| wanted(method, &event["params"])) {
                return Ok(found);
            }
        }
    }

    /// Forgets the events that have arrived so far.
    pub(super) fn forget_events(&mut self) {
        self.events.clear();
    }

    fn receive(&mut self, deadline: Instant) -> Result<Value> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            // No time at all would be no limit at all.
            self.socket.get_ref().set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
            let message = self.socket.read().map_err(|error| match error {
                tungstenite::Error::Io(e) if e.kind() == ErrorKind::WouldBlock => "nothing came in time".to_owned(),
                error => error.to_string(),
            })?;
            match message {
                Message::Text(text) => return Ok(serde_json::from_str(&text)?),
                Message::Close(_) => return Err("the browser closed the connection".into()),
                _ => {}
            }
        }
    }
}
