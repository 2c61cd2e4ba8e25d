//! A service's end of the back channel: a real listener on loopback that keeps what it is told and answers as a test says.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::routing::post;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;
use tokio::net::TcpListener;

/// What it answers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Answers {
    /// This, at once.
    With(u16, &'static str),
    /// Nothing, ever.
    Never,
}

/// A listener that lives as long as the test's runtime.
#[derive(Clone)]
pub(crate) struct Listener {
    url: String,
    answers: Arc<Mutex<Answers>>,
    told: Arc<Mutex<Vec<String>>>,
}

impl Listener {
    pub(crate) async fn that_answers(status: u16, body: &'static str) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/logout", socket.local_addr().unwrap());
        let listener = Self { url, answers: Arc::new(Mutex::new(Answers::With(status, body))), told: Arc::default() };
        let router = Router::new().route("/logout", post(take)).with_state(listener.clone());
        tokio::spawn(async move { axum::serve(socket, router).await });
        listener
    }

    /// Its address.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What it answers from now on.
    pub(crate) fn now(&self, answers: Answers) {
        *self.answers.lock().unwrap() = answers;
    }

    /// The logout tokens that came so far.
    pub(crate) fn told(&self) -> Vec<String> {
        self.told.lock().unwrap().clone()
    }

    /// Header and claims of the one logout token that came.
    pub(crate) fn only_token(&self) -> (Value, Value) {
        let told = self.told();
        assert_eq!(told.len(), 1, "{told:?}");
        let mut parts = told[0].split('.').map(|part| {
            let json = BASE64_URL_SAFE_NO_PAD.decode(part).unwrap_or_default();
            serde_json::from_slice(&json).unwrap_or_default()
        });
        (parts.next().unwrap(), parts.next().unwrap())
    }
}

async fn take(
    State(listener): State<Listener>,
    Form(fields): Form<Vec<(String, String)>>,
) -> (StatusCode, &'static str) {
    let [(name, token)] = fields.as_slice() else { panic!("one field is told: {fields:?}") };
    assert_eq!(name, "logout_token");
    listener.told.lock().unwrap().push(token.clone());
    let answers = *listener.answers.lock().unwrap();
    match answers {
        Answers::With(status, body) => (StatusCode::from_u16(status).unwrap(), body),
        Answers::Never => std::future::pending().await,
    }
}
