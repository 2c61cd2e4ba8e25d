//! The page's part in `--headless`: it calls the agent over the WebSocket.

use std::net::TcpStream;

use jpki_protocol::Origin;
use serde_json::{Value, json};
use tungstenite::client::IntoClientRequest as _;
use tungstenite::{Message, WebSocket, client};

use crate::Result;

/// A page with its connection to the agent.
pub(crate) struct Page(WebSocket<TcpStream>);

impl Page {
    pub(crate) fn open(port: u16, origin: &Origin) -> Result<Self> {
        let mut request = format!("ws://127.0.0.1:{port}/v1/socket").into_client_request()?;
        request.headers_mut().insert("Origin", origin.as_str().parse()?);
        let (socket, _) = client(request, TcpStream::connect(("127.0.0.1", port))?)?;
        Ok(Self(socket))
    }

    /// Calls a method and waits for its answer; hears of progress meanwhile.
    pub(crate) fn call(&mut self, method: &str, params: &Value, mut progress: impl FnMut(&str)) -> Result<Value> {
        let request = json!({ "jsonrpc": "2.0", "id": method, "method": method, "params": params });
        self.0.send(Message::text(request.to_string()))?;
        loop {
            let mut message: Value = serde_json::from_str(self.0.read()?.to_text()?)?;
            if let Some(state) = message["params"]["state"].as_str() {
                progress(state);
            } else if message["id"] == method {
                if let Some(reason) = message["error"]["data"]["remedy"].as_str() {
                    return Err(format!("the agent refused {method}: {reason}").into());
                }
                return Ok(message["result"].take());
            }
        }
    }
}
