//! A browser in `--headless` for ways that lead from one site to another: it keeps cookies, follows redirects, and sends the
//! forms of pages.

use std::collections::BTreeMap;

use ureq::http::Request;
use url::{Url, form_urlencoded};

use crate::Result;

/// More redirects than any way has.
const MOST_REDIRECTS: u32 = 10;

/// A person's browser.
pub(crate) struct Browser {
    agent: ureq::Agent,
    /// By path and name: browsers don't keep the ports of a host apart.
    cookies: BTreeMap<(String, String), String>,
}

/// A page that was reached.
pub(crate) struct Page {
    pub(crate) url: Url,
    pub(crate) text: String,
}

impl Browser {
    pub(crate) fn new() -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
        Self { agent: config.build().into(), cookies: BTreeMap::new() }
    }

    /// Goes to an address, and on to where it leads.
    pub(crate) fn open(&mut self, url: &str) -> Result<Page> {
        self.go("GET", Url::parse(url)?, None)
    }

    /// Sends a form of a page to a path of the same site.
    pub(crate) fn submit(&mut self, page: &Page, path: &str, fields: &[(&str, &str)]) -> Result<Page> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        if let Some(token) = page.between("name=\"form_token\" value=\"", "\"") {
            form.append_pair("form_token", token);
        }
        self.go("POST", page.url.join(path)?, Some(("application/x-www-form-urlencoded", form.finish())))
    }

    /// Calls a path of the page's site as its script does.
    pub(crate) fn call(&mut self, page: &Page, path: &str) -> Result<Page> {
        self.go("POST", page.url.join(path)?, Some(("application/json", String::new())))
    }

    fn go(&mut self, method: &'static str, mut url: Url, mut body: Option<(&str, String)>) -> Result<Page> {
        let mut method = method;
        for _ in 0..MOST_REDIRECTS {
            let mut request = Request::builder().method(method).uri(url.as_str()).header("Accept-Language", "ja");
            let cookies: Vec<_> = self
                .cookies
                .iter()
                .filter(|((path, _), _)| url.path().starts_with(path.as_str()))
                .map(|((_, name), value)| format!("{name}={value}"))
                .collect();
            if !cookies.is_empty() {
                request = request.header("Cookie", cookies.join("; "));
            }
            let content = match body.take() {
                Some((kind, content)) => {
                    let origin = url.origin().ascii_serialization();
                    request = request.header("Content-Type", kind).header("Origin", origin);
                    content
                }
                None => String::new(),
            };
            let mut response = self.agent.run(request.body(content)?)?;
            for cookie in response.headers().get_all("Set-Cookie") {
                self.keep(cookie.to_str()?);
            }
            if let Some(to) = response.headers().get("Location") {
                (method, url) = ("GET", url.join(to.to_str()?)?);
                continue;
            }
            let status = response.status();
            let text = response.body_mut().read_to_string()?;
            if !status.is_success() {
                return Err(
                    format!("{}{} refused: {status} {text}", url.origin().ascii_serialization(), url.path()).into()
                );
            }
            return Ok(Page { url, text });
        }
        Err("redirects go in circles".into())
    }

    fn keep(&mut self, cookie: &str) {
        let Some((name, value)) = cookie.split(';').next().and_then(|pair| pair.split_once('=')) else { return };
        let attribute = |name| cookie.split(';').find_map(|part| part.trim().strip_prefix(name));
        let key = (attribute("Path=").unwrap_or("/").to_owned(), name.to_owned());
        if attribute("Max-Age=") == Some("0") {
            self.cookies.remove(&key);
        } else {
            self.cookies.insert(key, value.to_owned());
        }
    }
}

impl Page {
    /// Goes on only if the page says something.
    pub(crate) fn says(&self, text: &str) -> Result<()> {
        if self.text.contains(text) {
            return Ok(());
        }
        Err(format!("{} doesn't say {text}: {}", self.url.path(), self.text).into())
    }

    /// What stands between two texts.
    pub(crate) fn between(&self, before: &str, after: &str) -> Option<&str> {
        self.text.split_once(before)?.1.split_once(after).map(|(found, _)| found)
    }
}
