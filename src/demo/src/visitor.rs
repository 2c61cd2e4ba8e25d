//! The browser's part in `--headless`: it asks the site and keeps the site's cookie.

use jpki_protocol::Origin;
use serde_json::Value;
use ureq::Body;
use ureq::http::{Request, Response};

use crate::Result;

/// A browser, as far as this site needs one.
pub(crate) struct Visitor {
    agent: ureq::Agent,
    site: String,
    cookie: Option<String>,
}

impl Visitor {
    pub(crate) fn of(site: &Origin) -> Self {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        Self { agent, site: site.as_str().to_owned(), cookie: None }
    }

    pub(crate) fn challenge(&mut self) -> Result<String> {
        let answer = self.post("/challenge", "")?;
        let challenge = serde_json::from_str::<Value>(&answer)?["challenge"].as_str().map(str::to_owned);
        challenge.ok_or_else(|| "the site set no challenge".into())
    }

    pub(crate) fn post(&mut self, path: &str, body: &str) -> Result<String> {
        Ok(self.send("POST", path, body)?.body_mut().read_to_string()?)
    }

    pub(crate) fn get(&mut self, path: &str) -> Result<Vec<u8>> {
        Ok(self.send("GET", path, "")?.body_mut().read_to_vec()?)
    }

    fn send(&mut self, method: &str, path: &str, body: &str) -> Result<Response<Body>> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.site));
        if let Some(cookie) = &self.cookie {
            request = request.header("Cookie", cookie);
        }
        let mut response = self.agent.run(request.body(body.to_owned())?)?;
        if let Some(cookie) = response.headers().get("Set-Cookie") {
            self.cookie = cookie.to_str()?.split(';').next().map(str::to_owned);
        }
        if !response.status().is_success() {
            let text = response.body_mut().read_to_string()?;
            return Err(format!("the site refused {path}: {} {text}", response.status()).into());
        }
        Ok(response)
    }
}
