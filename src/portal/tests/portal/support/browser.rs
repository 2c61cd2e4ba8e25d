//! A browser without a screen: keeps cookies, reads forms, follows nothing unless told.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Method, Request, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::TestPortal;

/// A person's browser.
pub(crate) struct Browser {
    router: axum::Router,
    /// By path and name.
    cookies: BTreeMap<(String, String), String>,
}

/// What came back.
pub(crate) struct Answer {
    head: Response<()>,
    body: String,
}

impl Browser {
    pub(crate) fn new(portal: &TestPortal) -> Self {
        Self { router: portal.router.clone(), cookies: BTreeMap::new() }
    }

    /// A browser for another portal.
    pub(crate) fn at(router: axum::Router) -> Self {
        Self { router, cookies: BTreeMap::new() }
    }

    /// Goes to an address: a path, or a URL of the portal.
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// Asks what an address would answer (HEAD).
    pub(crate) async fn look(&mut self, path: &str) -> Answer {
        self.send(Method::HEAD, path, None).await
    }

    /// Goes to an address and follows redirects as long as they stay in the portal.
    pub(crate) async fn visit(&mut self, path: &str) -> Answer {
        let mut answer = self.get(path).await;
        for _ in 0..10 {
            match answer.location().filter(|to| to.starts_with('/') || to.starts_with(TestPortal::ISSUER)) {
                Some(to) => {
                    let to = to.to_owned();
                    answer = self.get(&to).await;
                }
                None => return answer,
            }
        }
        panic!("redirects go in circles");
    }

    /// Posts fields as they are.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(Method::POST, path, Some(body)).await
    }

    /// Posts fields as the form of a page would: with that page's token.
    pub(crate) async fn submit(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get(page).await;
        let token = page.field("form_token").unwrap_or_else(|| panic!("the page holds no form: {}", page.text()));
        let fields = [fields, &[("form_token", token.as_str())]].concat();
        self.post(path, &fields).await
    }

    /// Posts JSON as a page's script does.
    pub(crate) async fn post_json(&mut self, path: &str, body: &str) -> Answer {
        self.send_as(Method::POST, path, Some((body.to_owned(), "application/json", TestPortal::ISSUER))).await
    }

    /// Posts JSON as a script of another site would.
    pub(crate) async fn post_json_from(&mut self, origin: &str, path: &str, body: &str) -> Answer {
        self.send_as(Method::POST, path, Some((body.to_owned(), "application/json", origin))).await
    }

    /// Its cookie of a name, for what lies at a path.
    pub(crate) fn cookie(&self, path: &str, name: &str) -> Option<&str> {
        self.cookies.get(&(path.to_owned(), name.to_owned())).map(String::as_str)
    }

    /// Puts a cookie where it doesn't come from the portal.
    pub(crate) fn plant(&mut self, path: &str, name: &str, value: &str) {
        self.cookies.insert((path.to_owned(), name.to_owned()), value.to_owned());
    }

    async fn send(&mut self, method: Method, path: &str, form: Option<String>) -> Answer {
        let form = form.map(|form| (form, "application/x-www-form-urlencoded", TestPortal::ISSUER));
        self.send_as(method, path, form).await
    }

    async fn send_as(&mut self, method: Method, path: &str, body: Option<(String, &str, &str)>) -> Answer {
        let path = path.strip_prefix(TestPortal::ISSUER).unwrap_or(path);
        let plain = path.split('?').next().unwrap_or(path);
        let mut cookies: Vec<_> = self.cookies.iter().filter(|((at, _), _)| plain.starts_with(at.as_str())).collect();
        cookies.sort_by_key(|((at, _), _)| std::cmp::Reverse(at.len()));
        let cookies: Vec<_> = cookies.iter().map(|((_, name), value)| format!("{name}={value}")).collect();
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "portal.example");
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let body = match body {
            Some((body, kind, origin)) => {
                request = request.header(header::CONTENT_TYPE, kind).header(header::ORIGIN, origin);
                Body::from(body)
            }
            None => Body::empty(),
        };
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            self.keep(cookie.to_str().unwrap());
        }
        Answer::of(response).await
    }

    fn keep(&mut self, cookie: &str) {
        let (pair, attributes) = cookie.split_once(';').unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        let attribute = |name| attributes.split(';').find_map(|one| one.trim().strip_prefix(name));
        let key = (attribute("Path=").unwrap_or("/").to_owned(), name.to_owned());
        if attribute("Max-Age=") == Some("0") {
            self.cookies.remove(&key);
        } else {
            self.cookies.insert(key, value.to_owned());
        }
    }
}

impl Answer {
    /// A response, read to its end.
    pub(crate) async fn of(response: Response<Body>) -> Self {
        let (head, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Self { head: Response::from_parts(head, ()), body: String::from_utf8_lossy(&body).into_owned() }
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.head.status()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.headers().get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn location(&self) -> Option<&str> {
        self.header("location")
    }

    pub(crate) fn text(&self) -> &str {
        &self.body
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The value of the first field with this name in the page's forms.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        let (_, after) = self.body.split_once(&format!("name=\"{name}\" value=\""))?;
        Some(after.split('"').next().unwrap_or_default().to_owned())
    }
}
