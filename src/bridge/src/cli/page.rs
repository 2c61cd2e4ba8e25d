//! `jpki-bridge open`: the agent's own page in the person's browser.

use std::process::{Command, Stdio};

use super::Failure;
use super::instance::Note;
use super::open::Reply;
use super::print::line;
use crate::onetime::Key;
use crate::settings::{self, Layers, Settings};

pub(super) fn run(print: bool, port: Option<u16>) -> Result<(), Failure> {
    // The port that an agent of these settings has: it may be one of its own, and the note is kept by it.
    let layers = Layers::load(None, Settings { port, ..Settings::default() })?;
    let note = Note::of_running(&settings::runtime_folder()?, layers.merged().port)?;
    let note = note.ok_or("the agent is not running; start it with: jpki-bridge run")?;
    let address = address_of(&note)?;
    if print {
        return line(address);
    }
    show(&address)
}

/// Opens the page of the agent that runs already, where there is a desktop to open it on.
///
/// # Errors
/// If it gives no key, or no browser can be started.
pub(super) fn show_of(note: &Note) -> Result<(), Failure> {
    let on_desktop = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    if cfg!(target_os = "linux") && !on_desktop { Ok(()) } else { show(&address_of(note)?) }
}

fn address_of(note: &Note) -> Result<String, Failure> {
    match note.ask() {
        Reply::Key(key) => Ok(address(note.port, "/status", &key)),
        Reply::Refused => Err("the agent gives no key to its page; quit it and start it again".into()),
        Reply::Silent => Err("the agent doesn't answer; start it again with: jpki-bridge run".into()),
    }
}

/// Where the page is for who holds this key.
pub(super) fn address(port: u16, path: &str, key: &Key) -> String {
    format!("http://127.0.0.1:{port}{path}?key={}", key.as_str())
}

fn show(address: &str) -> Result<(), Failure> {
    let mut browser = browser(address);
    browser.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let status = browser.status().map_err(|error| format!("no browser could be started: {error}. Take --print"))?;
    if status.success() { Ok(()) } else { Err("no browser could be started. Take --print and open the address".into()) }
}

/// What opens an address in the person's browser. Others on this computer may see the key among the arguments; it opens
/// the page only to this person's processes, once.
pub(super) fn browser(address: &str) -> Command {
    let (program, before): (_, &[&str]) = if cfg!(windows) {
        ("rundll32.exe", &["url.dll,FileProtocolHandler"])
    } else if cfg!(target_os = "macos") {
        ("open", &[])
    } else {
        ("xdg-open", &[])
    };
    let mut command = Command::new(program);
    command.args(before).arg(address);
    command
}
