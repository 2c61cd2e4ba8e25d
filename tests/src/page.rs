//! A web page's side of the agent's socket, without a browser: it says whatever a test wants a page to say, well formed or
//! not. Tests that ask the agent for something come in; what the person does is [`crate::person`]'s.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};
use tungstenite::client::IntoClientRequest as _;
use tungstenite::protocol::frame::Frame;
use tungstenite::{Message, WebSocket};

use crate::Result;

/// The site that pages belong to where no other is named.
pub const ORIGIN: &str = "https://shop.example";

/// A challenge as a site's server makes it: 32 bytes in base64.
pub const CHALLENGE: &str = "RG8gbm90IHBhbmljOiB0aGlzIGlzIGEgY2hhbGxlbmc=";

/// Longer than the agent takes for anything, also on a machine under load.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// An open socket. Dropping it cuts the connection, as a closed tab does.
#[derive(Debug)]
pub struct Page {
    socket: WebSocket<Steady>,
    last_id: u64,
}

/// A connection that goes on after a signal: with a time-out set, the system doesn't do that by itself (signal(7)).
#[derive(Debug)]
struct Steady(TcpStream);

impl Read for Steady {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        loop {
            match self.0.read(bytes) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                outcome => return outcome,
            }
        }
    }
}

impl Write for Steady {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        loop {
            match self.0.write(bytes) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                outcome => return outcome,
            }
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

impl Page {
    /// Connects as a page of `origin` would.
    ///
    /// # Errors
    /// If the agent doesn't let it in.
    pub fn open(port: u16, origin: &str) -> Result<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        let mut request = format!("ws://127.0.0.1:{port}/v1/socket").into_client_request()?;
        request.headers_mut().insert("Origin", origin.parse()?);
        let (socket, _) = tungstenite::client(request, Steady(stream))?;
        Ok(Self { socket, last_id: 0 })
    }

    /// Sends a text.
    ///
    /// # Errors
    /// If the connection is gone.
    pub fn send(&mut self, text: &str) -> Result<()> {
        Ok(self.socket.send(Message::text(text))?)
    }

    /// Sends any message or frame.
    ///
    /// # Errors
    /// If the connection is gone.
    pub fn send_message(&mut self, message: Message) -> Result<()> {
        Ok(self.socket.send(message)?)
    }

    /// Sends one frame as it is.
    ///
    /// # Errors
    /// If the connection is gone.
    pub fn send_frame(&mut self, frame: Frame) -> Result<()> {
        self.send_message(Message::Frame(frame))
    }

    /// The TCP connection below, for bytes that are no WebSocket at all.
    pub fn stream(&self) -> &TcpStream {
        &self.socket.get_ref().0
    }

    /// Sends a request and gives its id.
    ///
    /// # Errors
    /// If the connection is gone.
    pub fn request(&mut self, method: &str, params: &Value) -> Result<u64> {
        self.last_id += 1;
        let id = self.last_id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string())?;
        Ok(id)
    }

    /// Asks for an authentication and gives the request's id.
    ///
    /// # Errors
    /// If the connection is gone.
    pub fn authenticate(&mut self) -> Result<u64> {
        self.request("authenticate", &json!({ "challenge": CHALLENGE }))
    }

    /// The next JSON message of the agent.
    ///
    /// # Errors
    /// If none comes, or something else.
    pub fn receive(&mut self) -> Result<Value> {
        loop {
            match self.receive_message()? {
                Message::Text(text) => return Ok(serde_json::from_str(text.as_str())?),
                Message::Ping(_) | Message::Pong(_) => {}
                other => return Err(format!("not a text: {other}").into()),
            }
        }
    }

    /// The next message of any kind.
    ///
    /// # Errors
    /// If none comes.
    pub fn receive_message(&mut self) -> Result<Message> {
        Ok(self.socket.read()?)
    }

    /// The next answer, past the notifications before it.
    ///
    /// # Errors
    /// If none comes.
    pub fn answer(&mut self) -> Result<Value> {
        loop {
            let message = self.receive()?;
            if message.get("method").is_none() {
                return Ok(message);
            }
        }
    }

    /// The word of the error that answers next.
    ///
    /// # Errors
    /// If no answer comes, or a result.
    pub fn error_word(&mut self) -> Result<String> {
        let answer = self.answer()?;
        let word = answer["error"]["data"]["code"].as_str();
        Ok(word.ok_or_else(|| format!("no error: {answer}"))?.to_owned())
    }

    /// The token that answers next.
    ///
    /// # Errors
    /// If no answer comes, or an error.
    pub fn token(&mut self) -> Result<Value> {
        let mut answer = self.answer()?;
        let token = answer["result"]["token"].take();
        if token.is_object() { Ok(token) } else { Err(format!("no token: {answer}").into()) }
    }

    /// Waits for the agent to close, and gives the code of its goodbye, if it said one.
    ///
    /// # Errors
    /// If it goes on speaking, or is silent.
    pub fn close_code(&mut self) -> Result<Option<u16>> {
        loop {
            match self.socket.read() {
                Ok(Message::Close(frame)) => return Ok(frame.map(|frame| frame.code.into())),
                Ok(Message::Text(text)) if text.as_str().contains("\"progress\"") => {}
                Ok(Message::Text(text)) if text.as_str().contains("\"error\"") => {}
                Ok(other) => return Err(format!("not a close: {other}").into()),
                Err(tungstenite::Error::Io(error)) if error.kind() == ErrorKind::ConnectionReset => {
                    return Ok(None);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}
