//! A browser without a screen: it keeps cookies by host, reads forms, and follows redirects from host to host. All hosts
//! are names under `localhost`, so all are here.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};

use url::Url;

use crate::Result;
use crate::page::PATIENCE;

/// The most redirects in a row.
const MAX_REDIRECTS: usize = 20;

/// A person's browser.
#[derive(Debug, Default)]
pub struct Visitor {
    /// By host, path and name.
    cookies: BTreeMap<(String, String, String), String>,
}

/// What is shown at the end of the way.
#[derive(Debug)]
pub struct Shown {
    /// Where.
    pub url: Url,
    /// Its status.
    pub status: u16,
    /// The head of the answer, line by line.
    pub head: String,
    /// The page.
    pub text: String,
    /// Every address on the way, with this one.
    pub way: Vec<Url>,
}

impl Visitor {
    /// A browser that was nowhere yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Goes to an address and wherever it leads.
    ///
    /// # Errors
    /// If a host doesn't answer, or redirects go in circles.
    pub fn visit(&mut self, address: &str) -> Result<Shown> {
        self.follow(Url::parse(address)?, None)
    }

    /// Goes to an address and stays there, whatever the answer says.
    ///
    /// # Errors
    /// If the host doesn't answer.
    pub fn ask(&mut self, address: &str) -> Result<Shown> {
        self.send(&Url::parse(address)?, None)
    }

    /// Sends the first form of a page whose action ends so, with its hidden fields and these, and goes wherever it leads.
    ///
    /// # Errors
    /// If the page has no such form, or as [`Visitor::visit`].
    pub fn submit(&mut self, page: &Shown, action: &str, fields: &[(&str, &str)]) -> Result<Shown> {
        let (target, hidden) =
            form(&page.text, action).ok_or_else(|| format!("no form for {action} at {}:\n{}", page.url, page.text))?;
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        let given = |name: &str| fields.iter().any(|(given, _)| *given == name);
        body.extend_pairs(hidden.iter().filter(|(name, _)| !given(name)));
        body.extend_pairs(fields);
        self.follow(page.url.join(&target)?, Some(body.finish()))
    }

    /// Posts nothing to an address, as a page's script does.
    ///
    /// # Errors
    /// If the host doesn't answer.
    pub fn post(&mut self, url: &Url) -> Result<Shown> {
        self.send(url, Some(String::new()))
    }

    /// Drops the cookies of a host, as if they had expired.
    pub fn forget(&mut self, host: &str) {
        self.cookies.retain(|(of, _, _), _| of != host);
    }

    fn follow(&mut self, mut url: Url, mut form: Option<String>) -> Result<Shown> {
        let mut way = Vec::new();
        for _ in 0..MAX_REDIRECTS {
            let mut shown = self.send(&url, form.take())?;
            way.push(url.clone());
            let location = header(&shown.head, "location").map(str::to_owned);
            match location.filter(|_| matches!(shown.status, 301..=303)) {
                Some(location) => url = url.join(&location)?,
                None => {
                    shown.way = way;
                    return Ok(shown);
                }
            }
        }
        Err(format!("redirects go in circles: {way:?}").into())
    }

    /// HTTP/1.0, so that the answer ends with its connection.
    fn send(&mut self, url: &Url, form: Option<String>) -> Result<Shown> {
        let host = url.host_str().ok_or("no host")?;
        let port = url.port_or_known_default().ok_or("no port")?;
        if url.scheme() != "http" || !(host == "localhost" || host.ends_with(".localhost")) {
            return Err(format!("{url} isn't on this machine").into());
        }
        let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
        let method = if form.is_some() { "POST" } else { "GET" };
        let mut request = format!("{method} {target} HTTP/1.0\r\nHost: {host}:{port}\r\nAccept: text/html\r\n");
        let cookies = self.cookies_for(host, url.path());
        if !cookies.is_empty() {
            write!(request, "Cookie: {cookies}\r\n")?;
        }
        let body = form.unwrap_or_default();
        if method == "POST" {
            let origin = url.origin().ascii_serialization();
            let length = body.len();
            write!(
                request,
                "Origin: {origin}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n"
            )?;
        }
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(format!("{request}\r\n{body}").as_bytes())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, text) = answer.split_once("\r\n\r\n").ok_or_else(|| format!("{url} doesn't answer: {answer}"))?;
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or("no status")?;
        for line in head.lines().skip(1) {
            if let Some(cookie) = value_of(line, "set-cookie") {
                self.keep(host, cookie)?;
            }
        }
        Ok(Shown { url: url.clone(), status, head: head.to_owned(), text: text.to_owned(), way: vec![url.clone()] })
    }

    /// Longer paths first (RFC 6265, 5.4).
    fn cookies_for(&self, host: &str, path: &str) -> String {
        let mut sent: Vec<_> =
            self.cookies.iter().filter(|((of, at, _), _)| of == host && path.starts_with(at.as_str())).collect();
        sent.sort_by_key(|((_, at, _), _)| std::cmp::Reverse(at.len()));
        let sent: Vec<_> = sent.iter().map(|((_, _, name), value)| format!("{name}={value}")).collect();
        sent.join("; ")
    }

    fn keep(&mut self, host: &str, cookie: &str) -> Result<()> {
        let mut parts = cookie.split(';').map(str::trim);
        let (name, value) = parts.next().and_then(|pair| pair.split_once('=')).ok_or("a cookie without a name")?;
        let (mut path, mut over) = ("/", false);
        for attribute in parts {
            let (attribute, value) = attribute.split_once('=').unwrap_or((attribute, ""));
            match attribute.to_ascii_lowercase().as_str() {
                "path" => path = value,
                "max-age" => over = value == "0",
                "expires" => over |= value.contains("1970"),
                _ => {}
            }
        }
        let key = (host.to_owned(), path.to_owned(), name.to_owned());
        if over {
            self.cookies.remove(&key);
        } else {
            self.cookies.insert(key, value.to_owned());
        }
        Ok(())
    }
}

impl Shown {
    /// A field of the answer's head.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    /// The value of an attribute such as `data-challenge` on the page.
    pub fn attribute(&self, name: &str) -> Option<String> {
        let (_, after) = self.text.split_once(&format!("{name}=\""))?;
        Some(unescape(after.split('"').next()?))
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().skip(1).find_map(|line| value_of(line, name))
}

fn value_of<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (found, value) = line.split_once(':')?;
    found.eq_ignore_ascii_case(name).then(|| value.trim())
}

/// The action and the hidden fields of the first form whose action ends so.
fn form(page: &str, action: &str) -> Option<(String, Vec<(String, String)>)> {
    page.split("<form").skip(1).find_map(|form| {
        let form = form.split("</form>").next()?;
        let target = attribute(form.split('>').next()?, "action")?;
        if !target.ends_with(action) {
            return None;
        }
        let hidden = form.split("<input").skip(1).filter_map(|input| {
            let tag = input.split('>').next()?;
            let is_hidden = attribute(tag, "type").is_some_and(|kind| kind == "hidden");
            is_hidden.then_some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default()))
        });
        Some((target, hidden.collect()))
    })
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, after) = tag.split_once(&format!(" {name}=\""))?;
    Some(unescape(after.split('"').next()?))
}

fn unescape(text: &str) -> String {
    [("&#38;", "&"), ("&amp;", "&"), ("&#34;", "\""), ("&quot;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">")]
        .iter()
        .fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_go_back_where_they_came_from_until_they_are_taken_away() {
        let mut visitor = Visitor::new();
        visitor.keep("a.localhost", "one=1; Path=/; HttpOnly").unwrap();
        visitor.keep("a.localhost", "two=2; path=/deep; Max-Age=60").unwrap();
        assert_eq!(visitor.cookies_for("a.localhost", "/deep/er"), "two=2; one=1");
        assert_eq!(visitor.cookies_for("b.localhost", "/deep"), "");
        visitor.keep("a.localhost", "one=; Path=/; Max-Age=0").unwrap();
        visitor.keep("a.localhost", "two=; Path=/deep; Expires=Thu, 01 Jan 1970 00:00:00 GMT").unwrap();
        assert_eq!(visitor.cookies_for("a.localhost", "/deep"), "");
    }

    #[test]
    fn a_form_is_found_by_its_action_and_brings_its_hidden_fields() {
        let page = r#"<form method="post" action="/language"><input type="hidden" name="x" value="1"></form>
            <form action="/flow/1/consent" method="post"><input type="hidden" name="t" value="a&#38;b"><input name="n" value="v"></form>"#;
        let fields = vec![("t".to_owned(), "a&b".to_owned())];
        assert_eq!(form(page, "/consent"), Some(("/flow/1/consent".to_owned(), fields)));
        assert_eq!(form(page, "/other"), None);
    }
}
