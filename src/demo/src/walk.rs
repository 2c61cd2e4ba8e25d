//! `--headless`: does what page and person do, and says how long each step took.

use std::net::TcpStream;
use std::time::Instant;

use jpki_protocol::Origin;
use serde_json::{Value, json};
use tungstenite::client::IntoClientRequest as _;
use tungstenite::{Message, WebSocket, client};

use crate::Result;
use crate::stage::{Reader, Stage};

pub(crate) fn run(reader: Reader) -> Result<()> {
    let mut steps = Steps::begin();
    let stage = Stage::set(reader, "stand-in")?;
    steps.done(&format!("software card, agent (port {}) and site ({}) started", stage.agent_port(), stage.site()));

    let mut visitor = Visitor { site: stage.site().as_str().to_owned(), cookie: None };
    let challenge = visitor.challenge()?;
    steps.done("the site set a challenge");

    let mut page = connect(stage.agent_port(), stage.site())?;
    let info = call(&mut page, "bridge.info", &json!({}), |_| {})?;
    steps.done(&format!("the page found the agent, version {}", info["version"].as_str().unwrap_or("unknown")));

    let params = json!({ "challenge": challenge, "purpose": "デモサイトへのログイン" });
    let result = call(&mut page, "authenticate", &params, |state| steps.done(&format!("progress: {state}")))?;
    steps.done("the card signed; the page has its token");

    visitor.login(&result["token"])?;
    steps.done("the site verified the token and signed the person in");
    println!("Verified.");
    Ok(())
}

/// Prints each step with its time in milliseconds.
struct Steps {
    last: Instant,
}

impl Steps {
    fn begin() -> Self {
        Self { last: Instant::now() }
    }

    fn done(&mut self, what: &str) {
        let now = Instant::now();
        println!("{:>8.1} ms  {what}", (now - self.last).as_secs_f64() * 1000.0);
        self.last = now;
    }
}

/// A browser's part: it keeps the site's cookie.
struct Visitor {
    site: String,
    cookie: Option<String>,
}

impl Visitor {
    fn challenge(&mut self) -> Result<String> {
        let answer = self.post("/challenge", "")?;
        let challenge = serde_json::from_str::<Value>(&answer)?["challenge"].as_str().map(str::to_owned);
        challenge.ok_or_else(|| "the site set no challenge".into())
    }

    fn login(&mut self, token: &Value) -> Result<()> {
        self.post("/login", &token.to_string()).map(drop)
    }

    fn post(&mut self, path: &str, body: &str) -> Result<String> {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut request = agent.post(format!("{}{path}", self.site));
        if let Some(cookie) = &self.cookie {
            request = request.header("Cookie", cookie);
        }
        let mut response = request.send(body)?;
        if let Some(cookie) = response.headers().get("Set-Cookie") {
            self.cookie = cookie.to_str()?.split(';').next().map(str::to_owned);
        }
        let text = response.body_mut().read_to_string()?;
        if !response.status().is_success() {
            return Err(format!("the site refused {path}: {} {text}", response.status()).into());
        }
        Ok(text)
    }
}

fn connect(port: u16, origin: &Origin) -> Result<WebSocket<TcpStream>> {
    let mut request = format!("ws://127.0.0.1:{port}/v1/socket").into_client_request()?;
    request.headers_mut().insert("Origin", origin.as_str().parse()?);
    let (socket, _) = client(request, TcpStream::connect(("127.0.0.1", port))?)?;
    Ok(socket)
}

/// Calls a method and waits for its answer; hears of progress meanwhile.
fn call(
    page: &mut WebSocket<TcpStream>,
    method: &str,
    params: &Value,
    mut progress: impl FnMut(&str),
) -> Result<Value> {
    let request = json!({ "jsonrpc": "2.0", "id": method, "method": method, "params": params });
    page.send(Message::text(request.to_string()))?;
    loop {
        let mut message: Value = serde_json::from_str(page.read()?.to_text()?)?;
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
