//! Which requests are the page's own: a pure function of the head. Whether a session stands behind one is asked after.
//!
//! The page is useless to other pages: nothing here is admitted that a browser says another origin asked for, and a
//! change needs the page's own `Origin`. Every request counts alone; there is nothing to remember between two.

use crate::onetime::Key;
use crate::server::Refusal;
use crate::server::http::{Field, Head, form_pairs};
use crate::status::section::Section;

/// The most bytes of a form: a site has at most 255.
pub(super) const MAX_FORM: usize = 4 * 1024;

/// A request to the page.
#[derive(Debug)]
pub(crate) struct Call {
    pub(super) what: What,
    /// The session's cookie, if the browser sent one.
    pub(super) cookie: Option<Key>,
}

/// What is asked for.
#[derive(Debug)]
pub(super) enum What {
    /// To come in with a one-time key, and see this section.
    Enter(Section, Key),
    /// To see a section, with the query of its form.
    See(Section, Vec<(String, String)>),
    /// The history for another program.
    Export(Format, Vec<(String, String)>),
    /// What belongs to the page.
    Asset(&'static Asset),
    /// Word of changes; of the log's too, where that is looked at.
    Changes { log: bool },
    /// To do something: a form.
    Act,
}

/// For which program a history is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Csv,
}

/// A file that belongs to the page.
#[derive(Debug)]
pub(super) struct Asset {
    path: &'static str,
    pub(super) kind: &'static str,
    pub(super) text: &'static str,
}

static ASSETS: [Asset; 3] = [
    Asset {
        path: "/status/style.css",
        kind: "text/css; charset=utf-8",
        text: include_str!("../../assets/status/style.css"),
    },
    Asset {
        path: "/status/script.js",
        kind: "text/javascript; charset=utf-8",
        text: include_str!("../../assets/status/script.js"),
    },
    Asset { path: "/status/icon.svg", kind: "image/svg+xml", text: include_str!("../../assets/status/icon.svg") },
];

/// Whether a path belongs to the page, there or not.
pub(crate) fn is_ours(path: &str) -> bool {
    path == "/status" || path.starts_with("/status/")
}

/// Decides on a request by its head.
pub(crate) fn admit(head: &Head, port: u16) -> Result<Call, Refusal> {
    let authority = format!("127.0.0.1:{port}");
    // One name is enough, and so the page has one origin.
    if head.single("host") != Field::Once(&authority) {
        return Err(Refusal::Forbidden);
    }
    let place = Place::at(&head.path).ok_or(Refusal::NotFound)?;
    let method = if matches!(place, Place::Act) { "POST" } else { "GET" };
    if head.method != method {
        return Err(Refusal::Method(method));
    }
    let what = match place {
        Place::Section(section) => {
            check_page(head)?;
            let query = query(head)?;
            match query.as_slice() {
                [(name, key)] if name == "key" => What::Enter(section, Key::parse(key).ok_or(Refusal::Forbidden)?),
                _ => What::See(section, query),
            }
        }
        Place::Export(format) => {
            check_page(head)?;
            What::Export(format, query(head)?)
        }
        Place::Asset(asset) => {
            check_part(head)?;
            What::Asset(asset)
        }
        Place::Changes => {
            check_part(head)?;
            What::Changes { log: head.query.as_deref() == Some("log") }
        }
        Place::Act => {
            check_form(head, &authority)?;
            What::Act
        }
    };
    Ok(Call { what, cookie: cookie(head, port) })
}

enum Place {
    Section(Section),
    Export(Format),
    Asset(&'static Asset),
    Changes,
    Act,
}

impl Place {
    fn at(path: &str) -> Option<Self> {
        match path {
            "/status/history.json" => Some(Self::Export(Format::Json)),
            "/status/history.csv" => Some(Self::Export(Format::Csv)),
            "/status/changes" => Some(Self::Changes),
            "/status/act" => Some(Self::Act),
            path => {
                let section = Section::at(path).map(Self::Section);
                section.or_else(|| ASSETS.iter().find(|asset| asset.path == path).map(Self::Asset))
            }
        }
    }
}

fn query(head: &Head) -> Result<Vec<(String, String)>, Refusal> {
    form_pairs(head.query.as_deref().unwrap_or_default()).ok_or(Refusal::Malformed)
}

/// A page is asked for by the person, in the address bar, a bookmark or another program, or by the page itself (W3C Fetch
/// Metadata). A link of any other page leads nowhere, nor does a frame, an image or a script.
fn check_page(head: &Head) -> Result<(), Refusal> {
    let field = |name| match head.single(name) {
        Field::Absent => Ok(None),
        Field::Once(value) => Ok(Some(value)),
        Field::Bad => Err(Refusal::Forbidden),
    };
    // Neither a navigation by GET nor a page's request to its own origin carries one (Fetch, "append a request Origin
    // header").
    let (origin, site, dest) = (field("origin")?, field("sec-fetch-site")?, field("sec-fetch-dest")?);
    let is_person = matches!(site, None | Some("none")) && matches!(dest, None | Some("document"));
    let is_page = site == Some("same-origin") && matches!(dest, Some("document" | "empty"));
    if origin.is_none() && (is_person || is_page) { Ok(()) } else { Err(Refusal::Forbidden) }
}

/// What the page is made of is asked for by the page alone.
fn check_part(head: &Head) -> Result<(), Refusal> {
    let is_page = head.single("sec-fetch-site") == Field::Once("same-origin");
    if is_page && head.single("origin") == Field::Absent { Ok(()) } else { Err(Refusal::Forbidden) }
}

/// A form says where it stands: browsers send the origin with every POST.
fn check_form(head: &Head, authority: &str) -> Result<(), Refusal> {
    let origin = format!("http://{authority}");
    let is_page = matches!(head.single("sec-fetch-site"), Field::Absent | Field::Once("same-origin"));
    if head.single("origin") != Field::Once(&origin) || !is_page {
        return Err(Refusal::Forbidden);
    }
    if head.single("content-type") != Field::Once("application/x-www-form-urlencoded") {
        return Err(Refusal::Malformed);
    }
    if head.body > MAX_FORM { Err(Refusal::TooLarge) } else { Ok(()) }
}

/// The cookie's name: each agent's own, as browsers keep one jar for all ports.
pub(super) fn cookie_name(port: u16) -> String {
    format!("jpki-bridge-{port}")
}

fn cookie(head: &Head, port: u16) -> Option<Key> {
    let Field::Once(all) = head.single("cookie") else { return None };
    let wanted = cookie_name(port);
    let mut pairs = all.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == wanted).and_then(|(_, value)| Key::parse(value))
}
