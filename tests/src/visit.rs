//! Visits of the agent's own page: the way in with a one-time key, as a command of the same person has it. Tests that look
//! at the page, or at what it costs, come in.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};

use serde_json::Value;

use crate::Result;
use crate::agent::Agent;
use crate::browser::{Browser, Options};

/// A request as this text says, and all that comes back.
///
/// # Errors
/// If the agent doesn't answer with text.
pub fn exchange(agent: &Agent, request: &str) -> Result<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, agent.port()))?;
    stream.write_all(request.as_bytes())?;
    let mut response = String::new();
    stream.read_to_string(&mut response)?;
    Ok(response)
}

/// A request for `target` with these fields, each line ended, and the answer.
///
/// # Errors
/// As [`exchange`].
pub fn ask(agent: &Agent, method: &str, target: &str, fields: &str, body: &str) -> Result<String> {
    let port = agent.port();
    let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    exchange(agent, &format!("{method} {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{length}{fields}\r\n{body}"))
}

/// A key, as a command of the same person gets it.
///
/// # Errors
/// If the agent left no note, or gives none.
pub fn key(agent: &Agent) -> Result<String> {
    let note: Value = serde_json::from_slice(&std::fs::read(agent.home().join(".config/jpki-bridge/agent.json"))?)?;
    let secret = note["secret"].as_str().ok_or("the note has no secret")?;
    let response = ask(agent, "POST", "/v1/open", &format!("Authorization: Bearer {secret}\r\n"), "")?;
    let body = response.split_once("\r\n\r\n").ok_or("no answer")?.1;
    Ok(serde_json::from_str::<Value>(body)?["key"].as_str().ok_or("no key")?.to_owned())
}

/// Where a section of the page is.
pub fn address(agent: &Agent, section: &str) -> String {
    format!("http://127.0.0.1:{}{section}", agent.port())
}

/// Chromium, come in with a key, in this section.
///
/// # Errors
/// If it doesn't get there.
pub fn visit(agent: &Agent, section: &str, options: &Options) -> Result<Browser> {
    let mut browser = Browser::chromium(options)?;
    let address = address(agent, section);
    browser.open(&format!("{address}?key={}", key(agent)?))?;
    let there = browser.evaluate("return location.href")?;
    if there == address.as_str() { Ok(browser) } else { Err(format!("the browser is at {there}").into()) }
}
