//! The redirect door by a raw HTTP client: one navigation is one operation, its page ends with the way back, and closing it
//! cancels.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do: at once")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use e2e::bench::{Bench, card};
use e2e::page::{CHALLENGE, PATIENCE};
use serde_json::{Value, json};

const BACK: &str = "https://shop.example/back?x=1&y=2";

/// A navigation under way.
struct Navigation(BufReader<TcpStream>);

impl Navigation {
    fn begin(port: u16, state: &str) -> Self {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let challenge = CHALLENGE.replace('=', "%3D");
        let back = "https%3A%2F%2Fshop.example%2Fback%3Fx%3D1%26y%3D2";
        let request = format!(
            "GET /v1/authenticate?challenge={challenge}&return_url={back}&lang=en&state={state} HTTP/1.1\r\n\
             Host: 127.0.0.1:{port}\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        Self(BufReader::new(stream))
    }

    /// Reads on until a line has this in it.
    fn until(&mut self, wanted: &str) -> String {
        let mut all = String::new();
        while !all.lines().last().is_some_and(|line| line.contains(wanted)) {
            assert_ne!(self.0.read_line(&mut all).unwrap(), 0, "the page ends without {wanted}:\n{all}");
        }
        all
    }

    /// Reads to the end and gives what the fragment of the way back carries.
    fn carried(mut self) -> Value {
        let mut page = String::new();
        self.0.read_to_string(&mut page).unwrap();
        let (_, rest) = page.split_once("location.replace(\"").unwrap();
        let (target, _) = rest.split_once("\")").unwrap();
        let (back, fragment) = target.split_once("#jpki=").unwrap();
        assert_eq!(back, BACK);
        assert!(page.contains(&format!("href=\"{}\"", target.replace('&', "&amp;"))), "{page}");
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(fragment).unwrap()).unwrap()
    }
}

#[test]
fn a_navigation_shows_its_progress_and_ends_with_the_token() {
    let bench = Bench::with(card().unwrap()).unwrap();
    let mut navigation = Navigation::begin(bench.agent.port(), "a+b%22%2F");
    let mut window = bench.person.window().unwrap();
    let open = window.until_type("open").unwrap();
    assert_eq!((&open["origin"], &open["lang"]), (&json!("https://shop.example"), &json!("en")));
    // The page is there before the person has done anything.
    let start = navigation.until("<p>");
    assert!(start.starts_with("HTTP/1.1 200 OK\r\n"), "{start}");
    for field in ["Content-Security-Policy: default-src 'none'", "frame-ancestors 'none'", "Cache-Control: no-store"] {
        assert!(start.contains(field), "{field} is missing:\n{start}");
    }
    assert!(!start.contains("Set-Cookie") && !start.contains(CHALLENGE), "{start}");
    window.until_ready().unwrap();
    window.accept("1234").unwrap();
    let carried = navigation.carried();
    assert_eq!(carried["state"], "a b\"/");
    assert_eq!(carried["token"]["format"], "web-eid:1.0");
    assert_eq!(carried.get("error"), None);
}

#[test]
fn a_navigation_that_fails_takes_the_error_back() {
    let bench = Bench::without_card().unwrap();
    let navigation = Navigation::begin(bench.agent.port(), "s");
    bench.person.window().unwrap().cancel().unwrap();
    let carried = navigation.carried();
    assert_eq!((&carried["error"]["data"]["code"], &carried["state"]), (&json!("user_cancelled"), &json!("s")));
    assert_eq!(carried.get("token"), None);
    // Declined just now: the site waits, and is told how long.
    let carried = Navigation::begin(bench.agent.port(), "t").carried();
    assert_eq!((&carried["error"]["data"]["code"], &carried["state"]), (&json!("busy"), &json!("t")));
    assert!(carried["error"]["data"]["retryAfter"].is_u64(), "{carried}");
    assert!(!bench.person.sees_another_window());
}

#[test]
fn a_closed_page_cancels_its_operation() {
    let bench = Bench::without_card().unwrap();
    let mut navigation = Navigation::begin(bench.agent.port(), "s");
    let mut window = bench.person.window().unwrap();
    navigation.until("<p>");
    drop(navigation);
    assert_eq!(window.until_type("close").unwrap()["result"], "cancelled");
}

#[test]
fn an_agent_that_stops_ends_the_page_with_the_way_back() {
    let bench = Bench::without_card().unwrap();
    let navigation = Navigation::begin(bench.agent.port(), "s");
    let window = bench.person.window().unwrap();
    bench.agent.terminate().unwrap();
    assert_eq!(navigation.carried()["error"]["data"]["code"], "user_cancelled");
    assert!(bench.agent.ended().unwrap().0.success());
    window.ended().unwrap();
}
