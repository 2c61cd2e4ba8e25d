//! An authorization request (OpenID Connect Core, 3.1.2.1; RFC 9126), checked step by step.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Prompt, id_token_hint};
use crate::client::Client;
use crate::error::{ErrorWord, Refusal};
use crate::{ACR_CARD, ACR_VALUES, JwkSet, Parameters, Scopes, pkce};

/// A request that passed every check. It can be sealed, kept and read back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// Who asks.
    pub client_id: String,
    /// Where the answer goes.
    pub redirect_uri: String,
    /// What is asked for: within what the client is allowed, and always `openid`.
    pub scopes: Scopes,
    /// Comes back to the client unchanged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Stands in the ID token unchanged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// The PKCE challenge, S256.
    pub code_challenge: String,
    /// What is to be shown, or not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prompts: Vec<Prompt>,
    /// The most seconds since the person proved themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<u32>,
    /// The name of the level under which the client knows a login by card.
    pub acr: String,
    /// The languages that the person reads, as the client says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ui_locales: Vec<String>,
    /// The pseudonym of the person whom the client expects (`id_token_hint`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_subject: Option<String>,
    /// When the request came: what is to happen anew must happen after it.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub received: Timestamp,
}

impl AuthorizationRequest {
    /// Whether the client asked for a prompt.
    pub fn has(&self, prompt: Prompt) -> bool {
        self.prompts.contains(&prompt)
    }

    /// Whether an unregistered person is to be registered (利用者登録).
    pub fn registers(&self) -> bool {
        self.scopes.has("registration") || self.has(Prompt::Create)
    }
}

/// How a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// Through the browser.
    Browser,
    /// Pushed by the client, which proved who it is (RFC 9126).
    Pushed,
}

/// What a request is checked against.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// The provider's issuer.
    pub issuer: &'a str,
    /// Who asks: the client of `client_id`, in good standing.
    pub client: &'a Client,
    /// How the request came.
    pub channel: Channel,
    /// The provider's own public keys, for hints.
    pub keys: &'a JwkSet,
    /// Now.
    pub now: Timestamp,
}

/// Why a request isn't followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// Nobody knows whether the address for the answer is the client's: the person is told, not the client (RFC 6749, 4.1.2.1).
    Untrusted(Refusal),
    /// The client is told at its own address.
    Answer {
        /// The client's address.
        redirect_uri: String,
        /// Comes back unchanged, if it could be read.
        state: Option<String>,
        /// What is wrong.
        refusal: Refusal,
    },
}

impl Rejection {
    /// What is wrong.
    pub fn refusal(&self) -> &Refusal {
        match self {
            Self::Untrusted(refusal) | Self::Answer { refusal, .. } => refusal,
        }
    }
}

type Step = fn(&mut AuthorizationRequest, &Parameters, Situation<'_>) -> Result<(), Refusal>;

/// The checks, in their order. Each knows one parameter.
const STEPS: &[Step] = &[
    state,
    no_doubles,
    pushed_if_required,
    no_request_object,
    response_type,
    response_mode,
    scope,
    nonce,
    code_challenge,
    prompt,
    max_age,
    acr_values,
    ui_locales,
    expected_subject,
];

/// Checks an authorization request.
///
/// # Errors
/// [`Rejection`]: what is wrong first, and whether the client may be told through the browser.
pub fn check(parameters: &Parameters, situation: Situation<'_>) -> Result<AuthorizationRequest, Rejection> {
    let redirect_uri = redirect_uri(parameters, situation.client).map_err(Rejection::Untrusted)?;
    let mut request = AuthorizationRequest {
        client_id: situation.client.id().to_owned(),
        redirect_uri,
        scopes: Scopes::default(),
        state: None,
        nonce: None,
        code_challenge: String::new(),
        prompts: Vec::new(),
        max_age: None,
        acr: ACR_CARD.to_owned(),
        ui_locales: Vec::new(),
        expected_subject: None,
        received: whole_second(situation.now),
    };
    match STEPS.iter().try_for_each(|step| step(&mut request, parameters, situation)) {
        Ok(()) => Ok(request),
        Err(refusal) => Err(Rejection::Answer { redirect_uri: request.redirect_uri, state: request.state, refusal }),
    }
}

/// Rows and sealed requests keep whole seconds; so must what is compared with them.
fn whole_second(moment: Timestamp) -> Timestamp {
    Timestamp::from_second(moment.as_second()).unwrap_or(moment)
}

/// Before anything else, and never guessed, even where a client has only one (RFC 9700, 4.1).
fn redirect_uri(parameters: &Parameters, client: &Client) -> Result<String, Refusal> {
    let uri = parameters.require("redirect_uri")?;
    if !client.has_redirect_uri(uri) {
        return Err(Refusal::invalid("redirect_uri is not registered for this client"));
    }
    Ok(uri.to_owned())
}

fn state(request: &mut AuthorizationRequest, parameters: &Parameters, _: Situation<'_>) -> Result<(), Refusal> {
    request.state = parameters.get("state")?.map(str::to_owned);
    Ok(())
}

fn no_doubles(_: &mut AuthorizationRequest, parameters: &Parameters, _: Situation<'_>) -> Result<(), Refusal> {
    parameters.once()
}

fn pushed_if_required(_: &mut AuthorizationRequest, _: &Parameters, situation: Situation<'_>) -> Result<(), Refusal> {
    let must = situation.client.metadata().require_pushed_authorization_requests;
    if must && situation.channel == Channel::Browser {
        return Err(Refusal::invalid("this client must push its requests (RFC 9126)"));
    }
    Ok(())
}

fn no_request_object(_: &mut AuthorizationRequest, parameters: &Parameters, at: Situation<'_>) -> Result<(), Refusal> {
    let refused = [
        ("request", ErrorWord::RequestNotSupported),
        ("request_uri", ErrorWord::RequestUriNotSupported),
        ("registration", ErrorWord::RegistrationNotSupported),
    ];
    for (name, word) in refused {
        if parameters.get(name)?.is_some() {
            // A pushed request that points to another one is malformed (RFC 9126, 2.1).
            let word =
                if name == "request_uri" && at.channel == Channel::Pushed { ErrorWord::InvalidRequest } else { word };
            return Err(Refusal::new(word, format!("{name} is not accepted here")));
        }
    }
    Ok(())
}

fn response_type(_: &mut AuthorizationRequest, parameters: &Parameters, _: Situation<'_>) -> Result<(), Refusal> {
    match parameters.require("response_type")? {
        "code" => Ok(()),
        _ => Err(Refusal::new(ErrorWord::UnsupportedResponseType, "response_type must be code")),
    }
}

fn response_mode(_: &mut AuthorizationRequest, parameters: &Parameters, _: Situation<'_>) -> Result<(), Refusal> {
    match parameters.get("response_mode")? {
        None | Some("query") => Ok(()),
        Some(_) => Err(Refusal::invalid("response_mode must be query")),
    }
}

fn scope(request: &mut AuthorizationRequest, parameters: &Parameters, at: Situation<'_>) -> Result<(), Refusal> {
    let wrong = |text: &str| Refusal::new(ErrorWord::InvalidScope, text);
    let scopes = Scopes::parse(parameters.require("scope")?).map_err(|_| wrong("scope is no list of scopes"))?;
    if !scopes.has("openid") {
        return Err(wrong("scope must hold openid"));
    }
    // Refused rather than dropped: who asks for more than agreed learns it at the first try.
    if !scopes.are_within(&at.client.metadata().scope) {
        return Err(wrong("scope holds something that this client is not allowed"));
    }
    request.scopes = scopes;
    Ok(())
}

fn nonce(request: &mut AuthorizationRequest, parameters: &Parameters, _: Situation<'_>) -> Result<(), Refusal> {
    request.nonce = parameters.get("nonce")?.map(str::to_owned);
    Ok(())
}

fn code_challenge(
    request: &mut AuthorizationRequest,
    parameters: &Parameters,
    _: Situation<'_>,
) -> Result<(), Refusal> {
    if parameters.require("code_challenge_method")? != "S256" {
        return Err(Refusal::invalid("code_challenge_method must be S256"));
    }
    let challenge = parameters.require("code_challenge")?;
    if !pkce::is_challenge(challenge) {
        return Err(Refusal::invalid("code_challenge must be a SHA-256 in base64url: 43 characters"));
    }
    request.code_challenge = challenge.to_owned();
    Ok(())
}

fn prompt(request: &mut AuthorizationRequest, parameters: &Parameters, at: Situation<'_>) -> Result<(), Refusal> {
    let Some(text) = parameters.get("prompt")? else { return Ok(()) };
    let prompts = Prompt::list(text)
        .ok_or_else(|| Refusal::invalid("prompt must be none, or some of login, consent, select_account, create"))?;
    if let Some(refused) = prompts.iter().find(|prompt| !at.client.allows(**prompt)) {
        let text = format!("this client may not ask for prompt={}", refused.word());
        return Err(Refusal::new(ErrorWord::UnauthorizedClient, text));
    }
    // It registers people as the scope does, so it needs the same permission.
    if prompts.contains(&Prompt::Create) && !at.client.metadata().scope.has("registration") {
        let text = "prompt=create registers people, and this client is not allowed the scope registration";
        return Err(Refusal::new(ErrorWord::UnauthorizedClient, text));
    }
    request.prompts = prompts;
    Ok(())
}

fn max_age(request: &mut AuthorizationRequest, parameters: &Parameters, _: Situation<'_>) -> Result<(), Refusal> {
    let Some(text) = parameters.get("max_age")? else { return Ok(()) };
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = text.parse().ok().filter(|_| digits);
    request.max_age = Some(seconds.ok_or_else(|| Refusal::invalid("max_age must be a number of seconds"))?);
    Ok(())
}

/// A wish, not a demand (OpenID Connect Core, 3.1.2.1): the first level that is known here names the login.
fn acr_values(request: &mut AuthorizationRequest, parameters: &Parameters, _: Situation<'_>) -> Result<(), Refusal> {
    let wished = parameters.get("acr_values")?.unwrap_or_default();
    if let Some(known) = wished.split(' ').find(|wish| ACR_VALUES.contains(wish)) {
        request.acr = known.to_owned();
    }
    Ok(())
}

fn ui_locales(request: &mut AuthorizationRequest, parameters: &Parameters, _: Situation<'_>) -> Result<(), Refusal> {
    let tags = parameters.get("ui_locales")?.unwrap_or_default();
    request.ui_locales = tags.split(' ').filter(|tag| !tag.is_empty()).map(str::to_owned).collect();
    Ok(())
}

fn expected_subject(
    request: &mut AuthorizationRequest,
    parameters: &Parameters,
    at: Situation<'_>,
) -> Result<(), Refusal> {
    let Some(hint) = parameters.get("id_token_hint")? else { return Ok(()) };
    let claims = id_token_hint(hint, at.keys, at.issuer, Some(at.client.id()))
        .ok_or_else(|| Refusal::invalid("id_token_hint is no ID token that this portal made for this client"))?;
    request.expected_subject = Some(claims.sub);
    Ok(())
}
