//! The admission table of the protocol's section 1, tried from a raw socket: who is let in, who is
//! refused with which status, and that a refusal says nothing back.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod common;

use common::{TestAgent, read_response, status};
use jpki_protocol::OriginPolicy;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const ORIGIN: &str = "https://shop.example";
const CHALLENGE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3D";

/// One request, as the changes it makes to a good one.
#[derive(Clone)]
struct Row {
    method: &'static str,
    target: String,
    version: &'static str,
    host: Vec<String>,
    origin: Vec<String>,
    fields: Vec<(&'static str, String)>,
}

impl Row {
    fn health(port: u16) -> Self {
        Self {
            method: "GET",
            target: "/v1/health".into(),
            version: "HTTP/1.1",
            host: vec![format!("127.0.0.1:{port}")],
            origin: vec![ORIGIN.into()],
            fields: Vec::new(),
        }
    }

    fn socket(port: u16) -> Self {
        let fields = [
            ("Connection", "keep-alive, Upgrade"),
            ("Upgrade", "websocket"),
            ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ];
        let fields = fields.map(|(name, value)| (name, value.to_owned())).to_vec();
        Self { target: "/v1/socket".into(), fields, ..Self::health(port) }
    }

    fn door(port: u16, query: &str) -> Self {
        Self { target: format!("/v1/authenticate?{query}"), origin: Vec::new(), ..Self::health(port) }
    }

    fn method(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    fn target(mut self, target: &str) -> Self {
        self.target = target.into();
        self
    }

    fn host(mut self, host: &str) -> Self {
        self.host = vec![host.into()];
        self
    }

    fn origin(mut self, origin: &str) -> Self {
        self.origin = vec![origin.into()];
        self
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.fields.retain(|(present, _)| *present != name);
        self.fields.push((name, value.into()));
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(present, _)| *present != name);
        self
    }

    fn text(&self) -> String {
        let mut text = format!("{} {} {}\r\n", self.method, self.target, self.version);
        self.host.iter().for_each(|host| text.push_str(&format!("Host: {host}\r\n")));
        self.origin.iter().for_each(|origin| text.push_str(&format!("Origin: {origin}\r\n")));
        self.fields.iter().for_each(|(name, value)| text.push_str(&format!("{name}: {value}\r\n")));
        text + "\r\n"
    }
}

fn rows(port: u16) -> Vec<(u16, &'static str, Row)> {
    let health = || Row::health(port);
    let socket = || Row::socket(port);
    let door = |query: &str| Row::door(port, query);
    let back = "return_url=https%3A%2F%2Fshop.example%2Fback";
    let good_door = format!("challenge={CHALLENGE}&{back}&state=s");
    let other_port = port.wrapping_add(1);
    let mut rows = vec![
        (200, "health", health()),
        (200, "health by name", health().host(&format!("localhost:{port}"))),
        (200, "health by IPv6", health().host(&format!("[::1]:{port}"))),
        (200, "health of an origin with a port", health().origin("https://shop.example:8443")),
        (101, "socket", socket()),
        (101, "socket by name", socket().host(&format!("localhost:{port}"))),
        (101, "socket of a punycode origin", socket().origin("https://xn--wgv71a.example")),
        (101, "upgrade without case", socket().with("Upgrade", "WebSocket").with("Connection", "upgrade")),
        // Host: DNS rebinding.
        (403, "no port", health().host("127.0.0.1")),
        (403, "another port", health().host(&format!("127.0.0.1:{other_port}"))),
        (403, "port 80", health().host("127.0.0.1:80")),
        (403, "another loopback address", health().host(&format!("127.0.0.2:{port}"))),
        (403, "any address", health().host(&format!("0.0.0.0:{port}"))),
        (403, "a rebound name", health().host(&format!("shop.example:{port}"))),
        (403, "a name below localhost", health().host(&format!("evil.localhost:{port}"))),
        (403, "a name with a loopback prefix", health().host(&format!("127.0.0.1.evil.example:{port}"))),
        (403, "upper case", health().host(&format!("LOCALHOST:{port}"))),
        (403, "a trailing dot", health().host(&format!("localhost.:{port}"))),
        (403, "a decimal address", health().host(&format!("2130706433:{port}"))),
        (403, "user information", health().host(&format!("a@127.0.0.1:{port}"))),
        (403, "a rebound name on the socket", socket().host(&format!("shop.example:{port}"))),
        (403, "a rebound name at the door", door(&good_door).host(&format!("shop.example:{port}"))),
        (403, "a rebound name on an unknown path", health().target("/x").host("shop.example")),
        // Origin.
        (403, "null", socket().origin("null")),
        (403, "a star", socket().origin("*")),
        (403, "empty", socket().origin("")),
        (403, "http", socket().origin("http://shop.example")),
        (403, "http on localhost without developer mode", socket().origin("http://localhost:3000")),
        (403, "another scheme", socket().origin("chrome-extension://abcdefghijklmnop")),
        (403, "a file", socket().origin("file://")),
        (403, "upper case", socket().origin("https://Shop.example")),
        (403, "upper-case scheme", socket().origin("HTTPS://shop.example")),
        (403, "a path", socket().origin("https://shop.example/")),
        (403, "the default port", socket().origin("https://shop.example:443")),
        (403, "a port with a zero in front", socket().origin("https://shop.example:08443")),
        (403, "a port too large", socket().origin("https://shop.example:70000")),
        (403, "user information", socket().origin("https://a@shop.example")),
        (403, "two in one", socket().origin("https://shop.example, https://evil.example")),
        (403, "two with a space", socket().origin("https://shop.example https://evil.example")),
        (403, "not ASCII", socket().origin("https://日本.example")),
        (403, "a blocked site", socket().origin("https://blocked.example")),
        (403, "a blocked site's health", health().origin("https://blocked.example")),
        (403, "a blocked site's door", door(&good_door.replace("shop.example", "blocked.example"))),
        (403, "too long", socket().origin(&format!("https://{}example", "a.".repeat(124)))),
        // Path and method.
        (404, "the root", health().target("/")),
        (404, "no version", health().target("/health")),
        (404, "another version", health().target("/v2/health")),
        (404, "a slash at the end", health().target("/v1/health/")),
        (404, "two slashes", health().target("//v1/health")),
        (404, "upper case", health().target("/V1/HEALTH")),
        (404, "an escape", health().target("/v1/%68ealth")),
        (404, "a way up", health().target("/v1/x/../health")),
        (404, "absolute form", health().target(&format!("http://127.0.0.1:{port}/v1/health"))),
        (405, "POST", health().method("POST")),
        (405, "HEAD", health().method("HEAD")),
        (405, "OPTIONS, as of a preflight", health().method("OPTIONS")),
        (405, "CONNECT on a path", health().method("CONNECT")),
        (405, "lower case", health().method("get")),
        (405, "POST on the socket", socket().method("POST")),
        (405, "POST at the door", door(&good_door).method("POST")),
        // Upgrade.
        (426, "no upgrade", socket().without("Upgrade")),
        (426, "no connection field", socket().without("Connection")),
        (426, "another protocol", socket().with("Upgrade", "h2c")),
        (426, "an old version", socket().with("Sec-WebSocket-Version", "8")),
        (426, "no version", socket().without("Sec-WebSocket-Version")),
        (400, "no key", socket().without("Sec-WebSocket-Key")),
        (400, "a short key", socket().with("Sec-WebSocket-Key", "abc==")),
        // Malformed.
        (400, "HTTP/1.0", Row { version: "HTTP/1.0", ..health() }),
        (400, "no host", Row { host: Vec::new(), ..health() }),
        (400, "two hosts", Row { host: vec![format!("127.0.0.1:{port}"); 2], ..health() }),
        (400, "a body", health().with("Content-Length", "3")),
        (400, "a chunked body", health().with("Transfer-Encoding", "chunked")),
        // Size.
        (431, "a large field", health().with("X-Large", &"x".repeat(17 * 1024))),
        (431, "a large target", health().target(&format!("/v1/health?{}", "x".repeat(17 * 1024)))),
        // The door.
        (400, "no query", door("").target("/v1/authenticate")),
        (400, "no challenge", door(back)),
        (400, "no way back", door(&format!("challenge={CHALLENGE}"))),
        (400, "a short challenge", door(&format!("challenge=abc&{back}"))),
        (400, "an unknown parameter", door(&format!("{good_door}&pin=1234"))),
        (400, "a parameter twice", door(&format!("{good_door}&state=t"))),
        (400, "a fragment in the way back", door(&format!("{good_door}%23x").replace("&state=s%23x", "%23x"))),
        (403, "a way back over http", door(&good_door.replace("https%3A", "http%3A"))),
        (
            403,
            "a way back into a script",
            door(&good_door.replace("https%3A%2F%2Fshop.example%2Fback", "javascript%3A1")),
        ),
        (403, "an origin, as of a script or a form", door(&good_door).origin(ORIGIN)),
        (403, "an image", door(&good_door).with("Sec-Fetch-Mode", "no-cors").with("Sec-Fetch-Dest", "image")),
        (403, "a frame", door(&good_door).with("Sec-Fetch-Mode", "navigate").with("Sec-Fetch-Dest", "iframe")),
        (403, "a fetch", door(&good_door).with("Sec-Fetch-Mode", "cors").with("Sec-Fetch-Dest", "empty")),
    ];
    for (count, origins) in [("no origin", vec![]), ("two origins", vec![ORIGIN.to_owned(); 2])] {
        rows.push((403, count, Row { origin: origins.clone(), ..socket() }));
        rows.push((403, count, Row { origin: origins, ..health() }));
    }
    rows
}

#[tokio::test]
async fn the_table_holds_row_by_row() {
    let agent = TestAgent::start(OriginPolicy::Secure);
    agent.block("https://blocked.example");
    let rows = rows(agent.port);
    assert!(rows.len() >= 60, "{} rows", rows.len());
    for (want, what, row) in rows {
        let response = agent.exchange(row.text().as_bytes()).await;
        assert_eq!(status(&response), want, "{what}: {}\n{response}", row.text());
        if want >= 400 {
            let (_, body) = response.split_once("\r\n\r\n").unwrap();
            assert_eq!(body, "", "{what}: a refusal has no body");
            assert!(!response.to_lowercase().contains("access-control"), "{what}: {response}");
        }
    }
}

#[tokio::test]
async fn health_says_presence_and_protocol_to_the_one_origin() {
    let agent = TestAgent::start(OriginPolicy::Secure);
    let response = agent.exchange(Row::health(agent.port).text().as_bytes()).await;
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    assert_eq!(body, r#"{"service":"jpki-bridge","protocols":[1]}"#);
    assert!(head.contains("Access-Control-Allow-Origin: https://shop.example\r\n"), "{head}");
    assert!(head.contains("Vary: Origin\r\n") && !head.contains('*'), "{head}");
}

#[tokio::test]
async fn a_developer_may_use_http_on_localhost() {
    let agent = TestAgent::start(OriginPolicy::Developer);
    for (origin, want) in [
        ("http://localhost:3000", 200),
        ("http://shop.localhost:3000", 200),
        ("https://shop.example", 200),
        ("http://shop.example", 403),
        ("http://127.0.0.1:3000", 403),
    ] {
        let response = agent.exchange(Row::health(agent.port).origin(origin).text().as_bytes()).await;
        assert_eq!(status(&response), want, "{origin}");
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_one() {
    let agent = TestAgent::start(OriginPolicy::Secure);
    for (method, path, allowed) in [
        ("POST", "/v1/health", "GET"),
        ("OPTIONS", "/v1/socket", "GET"),
        ("GET", "/v1/open", "POST"),
        ("POST", "/status/history", "GET"),
        ("GET", "/status/act", "POST"),
    ] {
        let request = format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", agent.port);
        let response = agent.exchange(request.as_bytes()).await;
        assert!(status(&response) == 405 && response.contains(&format!("\r\nAllow: {allowed}\r\n")), "{response}");
    }
}

#[tokio::test]
async fn the_same_table_holds_on_ipv6() {
    let agent = TestAgent::start(OriginPolicy::Secure);
    // A machine without IPv6 has no ::1 to be tried.
    let Ok(mut stream) = TcpStream::connect(("::1", agent.port)).await else { return };
    let row = Row::health(agent.port).host(&format!("[::1]:{}", agent.port));
    stream.write_all(row.text().as_bytes()).await.unwrap();
    assert_eq!(status(&read_response(&mut stream).await), 200);
}

async fn open_socket(agent: &TestAgent, origin: &str) -> (u16, TcpStream) {
    let mut stream = agent.connect().await;
    stream.write_all(Row::socket(agent.port).origin(origin).text().as_bytes()).await.unwrap();
    (status(&read_response(&mut stream).await), stream)
}

#[tokio::test]
async fn an_origin_has_eight_connections_and_all_have_sixty_four() {
    let agent = TestAgent::start(OriginPolicy::Secure);
    let mut open = Vec::new();
    for site in 0..8 {
        let origin = format!("https://site{site}.example");
        for _ in 0..8 {
            let (status, stream) = open_socket(&agent, &origin).await;
            assert_eq!(status, 101);
            open.push(stream);
        }
        if site == 0 {
            assert_eq!(open_socket(&agent, &origin).await.0, 429);
        }
    }
    assert_eq!(open_socket(&agent, "https://one-more.example").await.0, 429);
    // A place that becomes free is free for anyone. The end of our stream is seen by reading it.
    let mut last = open.pop().unwrap();
    last.write_all(&[0x88, 0x80, 0, 0, 0, 0]).await.unwrap();
    let mut rest = Vec::new();
    last.read_to_end(&mut rest).await.unwrap();
    assert_eq!(open_socket(&agent, "https://one-more.example").await.0, 101);
}

#[tokio::test]
async fn a_slow_client_is_let_go_and_holds_nobody_up() {
    let agent = TestAgent::start(OriginPolicy::Secure);
    let mut slow = agent.connect().await;
    slow.write_all(b"GET /v1/health HTTP/1.1\r\nHost: ").await.unwrap();
    let quick = agent.exchange(Row::health(agent.port).text().as_bytes()).await;
    assert_eq!(status(&quick), 200);
    assert_eq!(status(&read_response(&mut slow).await), 400);
}

/// A browser opens connections ahead of their first request, and would take an answer on one for that request's.
#[tokio::test]
async fn a_client_that_says_nothing_is_let_go_without_a_word() {
    let agent = TestAgent::start(OriginPolicy::Secure);
    let mut silent = agent.connect().await;
    let mut heard = Vec::new();
    silent.read_to_end(&mut heard).await.unwrap();
    assert!(heard.is_empty(), "{}", String::from_utf8_lossy(&heard));
}

#[tokio::test]
async fn a_stopping_agent_says_goodbye_with_1001() {
    let mut agent = TestAgent::start(OriginPolicy::Secure);
    let (_, mut stream) = open_socket(&agent, ORIGIN).await;
    agent.stop();
    let mut frame = [0; 4];
    stream.read_exact(&mut frame).await.unwrap();
    assert_eq!(frame, [0x88, 0x02, 0x03, 0xE9]);
}
