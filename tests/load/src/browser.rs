//! A simulated browser: one connection, cookies, forms. It loads no pictures, no styles and no scripts.

use std::collections::BTreeMap;
use std::time::Duration;

use ureq::Agent;
use ureq::http::{Response, StatusCode, header};

use crate::Result;

/// A browser that has just been started.
pub(crate) struct Browser {
    agent: Agent,
    portal: String,
    /// By path and name.
    cookies: BTreeMap<(String, String), String>,
}

/// A page, or the way to the next.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) location: Option<String>,
    pub(crate) body: String,
}

impl Browser {
    /// The client whose connection browsers take over from each other.
    pub(crate) fn agent() -> Agent {
        let config = Agent::config_builder()
            .max_redirects(0)
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(30)))
            .build();
        config.into()
    }

    pub(crate) fn new(agent: &Agent, portal: &str) -> Self {
        Self { agent: agent.clone(), portal: portal.to_owned(), cookies: BTreeMap::new() }
    }

    pub(crate) fn get(&mut self, path: &str) -> Result<Answer> {
        let mut request = self.agent.get(self.url(path));
        if let Some(cookies) = self.cookies_for(path) {
            request = request.header(header::COOKIE, cookies);
        }
        let response = request.call()?;
        self.take(response)
    }

    /// Posts a form of a page: with that page's token.
    pub(crate) fn submit(&mut self, page: &Answer, path: &str, fields: &[(&str, &str)]) -> Result<Answer> {
        let token = page.field("form_token").ok_or("the page holds no form")?;
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .append_pair("form_token", &token)
            .finish();
        self.post(path, "application/x-www-form-urlencoded", &body)
    }

    pub(crate) fn post(&mut self, path: &str, kind: &str, body: &str) -> Result<Answer> {
        let mut request = self.agent.post(self.url(path)).content_type(kind).header(header::ORIGIN, &self.portal);
        if let Some(cookies) = self.cookies_for(path) {
            request = request.header(header::COOKIE, cookies);
        }
        let response = request.send(body)?;
        self.take(response)
    }

    fn url(&self, path: &str) -> String {
        if path.starts_with('/') { format!("{}{path}", self.portal) } else { path.to_owned() }
    }

    fn cookies_for(&self, path: &str) -> Option<String> {
        let path = path.strip_prefix(&self.portal).unwrap_or(path);
        let plain = path.split('?').next().unwrap_or(path);
        let sent: Vec<_> = self
            .cookies
            .iter()
            .filter(|((at, _), _)| plain.starts_with(at.as_str()))
            .map(|((_, name), value)| format!("{name}={value}"))
            .collect();
        (!sent.is_empty()).then(|| sent.join("; "))
    }

    fn take(&mut self, mut response: Response<ureq::Body>) -> Result<Answer> {
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let text = cookie.to_str()?;
            let (pair, attributes) = text.split_once(';').unwrap_or((text, ""));
            let (name, value) = pair.split_once('=').ok_or("a cookie without a value")?;
            let attribute = |name| attributes.split(';').find_map(|one| one.trim().strip_prefix(name));
            let key = (attribute("Path=").unwrap_or("/").to_owned(), name.to_owned());
            if attribute("Max-Age=") == Some("0") {
                self.cookies.remove(&key);
            } else {
                self.cookies.insert(key, value.to_owned());
            }
        }
        let location = response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()).map(str::to_owned);
        let body = response.body_mut().read_to_string()?;
        Ok(Answer { status: response.status(), location, body })
    }
}

impl Answer {
    /// The value of the first field with this name in the page's forms.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        let (_, after) = self.body.split_once(&format!("name=\"{name}\" value=\""))?;
        Some(after.split('"').next()?.to_owned())
    }

    /// Where the answer leads, or what it is instead.
    pub(crate) fn leads(&self) -> Result<&str> {
        self.location.as_deref().ok_or_else(|| {
            let title = self.body.split_once("<h1>").and_then(|(_, rest)| rest.split('<').next()).unwrap_or_default();
            format!("an answer leads nowhere: {} {title}", self.status).into()
        })
    }
}
