//! Who is let in to the page, as a table: one good request, and what becomes of it with one thing wrong.

use super::admission::{MAX_FORM, admit};
use crate::onetime::Key;
use crate::server::Refusal;
use crate::server::http::{Head, parse};

const PORT: u16 = 39041;
const SELF: &str = "http://127.0.0.1:39041";

/// A request as a browser sends it.
#[derive(Clone)]
struct Row {
    method: &'static str,
    target: String,
    fields: Vec<(&'static str, String)>,
}

impl Row {
    fn new(method: &'static str, target: &str, fields: &[(&'static str, &str)]) -> Self {
        let fields = fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self { method, target: target.to_owned(), fields }.with("Host", "127.0.0.1:39041")
    }

    /// From the address bar, or another program.
    fn page(target: &str) -> Self {
        let fields = [("Sec-Fetch-Site", "none"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")];
        Self::new("GET", target, &fields)
    }

    fn part(target: &str) -> Self {
        Self::new("GET", target, &[("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "no-cors")])
    }

    fn form() -> Self {
        let kind = "application/x-www-form-urlencoded";
        let fields =
            [("Origin", SELF), ("Sec-Fetch-Site", "same-origin"), ("Content-Type", kind), ("Content-Length", "9")];
        Self::new("POST", "/status/act", &fields)
    }

    fn method(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self = self.without(name);
        self.fields.push((name, value.to_owned()));
        self
    }

    fn twice(mut self, name: &'static str, value: &str) -> Self {
        self.fields.push((name, value.to_owned()));
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(present, _)| *present != name);
        self
    }

    fn head(&self) -> Head {
        let fields: String = self.fields.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        parse(format!("{} {} HTTP/1.1\r\n{fields}\r\n", self.method, self.target).as_bytes()).unwrap().unwrap()
    }

    #[track_caller]
    fn status(&self) -> u16 {
        admit(&self.head(), PORT).map_or_else(Refusal::status, |_| 200)
    }
}

#[test]
fn the_page_is_for_itself_and_for_the_person() {
    let key = Key::random().unwrap();
    let with_key = format!("/status?key={}", key.as_str());
    let page = || Row::page("/status");
    let part = || Row::part("/status/script.js");
    let refetch = || page().with("Sec-Fetch-Site", "same-origin").with("Sec-Fetch-Dest", "empty");
    for (status, what, row) in [
        (200, "address bar", page()),
        (200, "a browser that doesn't say what it does", page().without("Sec-Fetch-Site").without("Sec-Fetch-Dest")),
        (200, "a key", Row::page(&with_key)),
        (200, "a key to a section", Row::page(&with_key.replace("?", "/history?"))),
        (200, "a filter", Row::page("/status/history?site=&since=2026-01-01")),
        (200, "a link of the page", page().with("Sec-Fetch-Site", "same-origin")),
        (200, "the page's script", refetch()),
        (403, "no key", Row::page("/status?key=AAAA")),
        (400, "a broken query", Row::page("/status?key=%FF")),
        (404, "no section", Row::page("/status/secrets")),
        (404, "a section within one", Row::page("/status/log/more")),
        (405, "a section by POST", page().method("POST")),
        // Other names of this computer, and rebound ones.
        (403, "localhost", page().with("Host", "localhost:39041")),
        (403, "IPv6", page().with("Host", "[::1]:39041")),
        (403, "another port", page().with("Host", "127.0.0.1:39042")),
        (403, "no port", page().with("Host", "127.0.0.1")),
        (403, "a rebound name", page().with("Host", "evil.example:39041")),
        // Other pages.
        (403, "a link of another site", page().with("Sec-Fetch-Site", "cross-site")),
        (403, "a link of another port", page().with("Sec-Fetch-Site", "same-site")),
        (403, "a key in a link of another site", Row::page(&with_key).with("Sec-Fetch-Site", "cross-site")),
        (403, "a frame", page().with("Sec-Fetch-Dest", "iframe")),
        (403, "a frame of the page", refetch().with("Sec-Fetch-Dest", "iframe")),
        (403, "an image", page().with("Sec-Fetch-Dest", "image")),
        (403, "a foreign script", refetch().with("Sec-Fetch-Site", "cross-site")),
        (403, "a script of another port", refetch().with("Sec-Fetch-Site", "same-site")),
        (403, "a foreign origin", page().with("Origin", "https://evil.example")),
        (403, "an origin at all", page().with("Origin", SELF)),
        (403, "two answers", page().twice("Sec-Fetch-Site", "same-origin")),
        // Exports.
        (200, "an export", Row::page("/status/history.csv?site=").with("Sec-Fetch-Site", "same-origin")),
        (403, "an export by another page", Row::page("/status/history.json").with("Sec-Fetch-Site", "same-site")),
        // Parts.
        (200, "the script", part()),
        (200, "the style", Row::part("/status/style.css")),
        (200, "changes", Row::part("/status/changes")),
        (403, "the script, by another site", part().with("Sec-Fetch-Site", "cross-site")),
        (403, "the script, by another port", part().with("Sec-Fetch-Site", "same-site")),
        (403, "the script, by nobody", part().without("Sec-Fetch-Site")),
        (403, "changes, by another site", Row::part("/status/changes").with("Sec-Fetch-Site", "cross-site")),
        (403, "changes, with an origin", Row::part("/status/changes").with("Origin", "https://evil.example")),
        (405, "the script by POST", part().method("POST")),
    ] {
        assert_eq!(row.status(), status, "{what}");
    }
}

#[test]
fn a_form_is_the_pages_own() {
    let form = Row::form;
    for (status, what, row) in [
        (200, "a form", form()),
        (200, "a browser that doesn't say what it does", form().without("Sec-Fetch-Site")),
        (200, "the largest", form().with("Content-Length", &MAX_FORM.to_string())),
        (413, "one that is larger", form().with("Content-Length", &(MAX_FORM + 1).to_string())),
        (403, "no origin", form().without("Origin")),
        (403, "a hidden origin", form().with("Origin", "null")),
        (403, "another site", form().with("Origin", "https://evil.example")),
        (403, "another port", form().with("Origin", "http://127.0.0.1:8000")),
        (403, "another name", form().with("Origin", "http://localhost:39041")),
        (403, "another scheme", form().with("Origin", "https://127.0.0.1:39041")),
        (403, "two origins", form().twice("Origin", SELF)),
        (403, "from another port, says the browser", form().with("Sec-Fetch-Site", "same-site")),
        (403, "from another site, says the browser", form().with("Sec-Fetch-Site", "cross-site")),
        (403, "from nowhere, says the browser", form().with("Sec-Fetch-Site", "none")),
        (403, "another host", form().with("Host", "evil.example:39041").with("Origin", "http://evil.example:39041")),
        (400, "text", form().with("Content-Type", "text/plain")),
        (400, "a file", form().with("Content-Type", "multipart/form-data; boundary=x")),
        (400, "no kind", form().without("Content-Type")),
        (405, "by GET", form().method("GET").without("Content-Length")),
        (405, "by PUT", form().method("PUT").without("Content-Length")),
    ] {
        assert_eq!(row.status(), status, "{what}");
    }
}

#[test]
fn the_cookie_of_this_port_is_read() {
    let key = Key::random().unwrap();
    let cookie = |text: &str| {
        let row = Row::page("/status").with("Cookie", &text.replace("KEY", key.as_str()));
        admit(&row.head(), PORT).unwrap().cookie.map(|cookie| cookie.as_str().to_owned())
    };
    for text in
        ["jpki-bridge-39041=KEY", "a=b; jpki-bridge-39041=KEY;c=d", "jpki-bridge-39042=x; jpki-bridge-39041=KEY"]
    {
        assert_eq!(cookie(text).as_deref(), Some(key.as_str()), "{text}");
    }
    for text in ["", "jpki-bridge-39042=KEY", "jpki-bridge-39041=", "jpki-bridge-39041=AAAA", "x-jpki-bridge-39041=KEY"]
    {
        assert_eq!(cookie(text), None, "{text}");
    }
}
