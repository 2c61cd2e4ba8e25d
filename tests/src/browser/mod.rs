//! Real browsers, led by their own protocols: Chromium by the DevTools protocol, Firefox by WebDriver BiDi. A test
//! opens a [`Browser`], loads a page, and lets the page's own promises say when something has happened. No driver
//! program is needed, and nothing here knows what the pages are about.

mod chromium;
mod firefox;
mod process;
mod rpc;

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::Result;

/// How a browser is started.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// A host name that leads to 127.0.0.1.
    pub host: Option<String>,
    /// A port of 127.0.0.1 that counts as a public address, so that its pages need the loopback permission.
    pub public_port: Option<u16>,
    /// Whether pages are asked to be dark.
    pub dark: bool,
    /// The language that pages are asked for, of Chromium.
    pub language: Option<&'static str>,
}

/// What a browser answers when a page asks for a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// As if the person had allowed it.
    Granted,
    /// As if the person had refused it.
    Denied,
    /// As if the person had not been asked yet.
    Prompt,
}

impl Permission {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Denied => "denied",
            Self::Prompt => "prompt",
        }
    }
}

/// How a page is shown.
#[derive(Debug, Clone, Copy)]
pub struct View {
    /// The window's width in CSS pixels.
    pub width: u32,
    /// Whether the person prefers dark pages.
    pub dark: bool,
    /// Whether it is shown as on paper.
    pub printed: bool,
}

impl View {
    /// In a window of this width.
    pub const fn wide(width: u32) -> Self {
        Self { width, dark: false, printed: false }
    }
}

/// What each browser does in its own way. Scripts are the bodies of async functions and give JSON text.
trait Engine: Send {
    fn navigate(&mut self, url: &str) -> Result<()>;
    fn wait_for_load(&mut self, prefix: &str) -> Result<Vec<String>>;
    fn evaluate(&mut self, body: &str) -> Result<String>;
    fn click_at(&mut self, x: f64, y: f64) -> Result<()>;
    fn press_tab(&mut self) -> Result<()>;
    fn show_as(&mut self, view: View) -> Result<()>;
    fn screenshot(&mut self) -> Result<String>;
    fn set_permission(&mut self, origin: &str, name: &str, permission: Permission) -> Result<()>;
}

/// A headless browser with one tab and an empty profile. Dropping it ends all its processes and removes its files.
pub struct Browser(Box<dyn Engine>);

impl Browser {
    /// Starts Chromium.
    ///
    /// # Errors
    /// If it isn't installed or doesn't come up.
    pub fn chromium(options: &Options) -> Result<Self> {
        Ok(Self(Box::new(chromium::Chromium::start(options)?)))
    }

    /// Starts Firefox.
    ///
    /// # Errors
    /// If it isn't installed or doesn't come up.
    pub fn firefox(options: &Options) -> Result<Self> {
        Ok(Self(Box::new(firefox::Firefox::start(options)?)))
    }

    /// Loads a page and waits until it is complete.
    ///
    /// # Errors
    /// If it can't be loaded.
    pub fn open(&mut self, url: &str) -> Result<()> {
        self.0.navigate(url)
    }

    /// Waits until the tab has gone by itself to a page whose address begins with `prefix` and has loaded it. Gives the
    /// addresses on the way there, the last included.
    ///
    /// # Errors
    /// If it doesn't get there in time.
    pub fn wait_for_load(&mut self, prefix: &str) -> Result<Vec<String>> {
        self.0.wait_for_load(prefix)
    }

    /// Runs the body of an async function in the page, as in answer to a click, and gives what it returns.
    ///
    /// # Errors
    /// If it throws, or the page goes away meanwhile.
    pub fn evaluate(&mut self, body: &str) -> Result<Value> {
        Ok(serde_json::from_str(&self.0.evaluate(body)?)?)
    }

    /// Presses the mouse button on the middle of the element that a JavaScript expression gives.
    ///
    /// # Errors
    /// If there is no such element, or another one covers it.
    pub fn click(&mut self, element: &str) -> Result<()> {
        let at = self.evaluate(&format!(
            "const element = {element};
             element.scrollIntoView({{ block: 'center' }});
             const {{ x, y, width, height }} = element.getBoundingClientRect();
             const at = {{ x: x + width / 2, y: y + height / 2 }};
             const hit = element.getRootNode().elementFromPoint(at.x, at.y);
             // Text in a slot counts as the one who put it there.
             const hasSlottedText = hit === element.getRootNode().host && element.querySelector('slot') !== null;
             if (!element.contains(hit) && !hasSlottedText) throw new Error('covered by ' + hit?.outerHTML);
             return at;"
        ))?;
        let coordinate = |name: &str| at[name].as_f64().ok_or("the element has no place on the page");
        self.0.click_at(coordinate("x")?, coordinate("y")?)
    }

    /// Presses the Tab key.
    ///
    /// # Errors
    /// If the browser refuses.
    pub fn press_tab(&mut self) -> Result<()> {
        self.0.press_tab()
    }

    /// Shows this page, and those that come, in another way.
    ///
    /// # Errors
    /// If the browser can't: Firefox decides colours and paper when it starts.
    pub fn show_as(&mut self, view: View) -> Result<()> {
        self.0.show_as(view)
    }

    /// Decides a permission for the pages of an origin.
    ///
    /// # Errors
    /// If the browser doesn't know the permission.
    pub fn set_permission(&mut self, origin: &str, name: &str, permission: Permission) -> Result<()> {
        self.0.set_permission(origin, name, permission)
    }

    /// Writes what the tab shows to a PNG file.
    ///
    /// # Errors
    /// If the browser or the file system refuses.
    pub fn screenshot(&mut self, file: &Path) -> Result<()> {
        Ok(std::fs::write(file, STANDARD.decode(self.0.screenshot()?)?)?)
    }
}

/// The expression for a script body that gives JSON text, so that both protocols carry any value alike.
fn as_json(body: &str) -> String {
    format!("(async () => JSON.stringify((await (async () => {{ {body} }})()) ?? null))()")
}

/// A member of an answer that must be text.
fn text(value: &Value, pointer: &str) -> Result<String> {
    Ok(value.pointer(pointer).and_then(Value::as_str).ok_or_else(|| format!("no {pointer} in {value}"))?.to_owned())
}

/// No parameters.
fn none() -> Value {
    json!({})
}
