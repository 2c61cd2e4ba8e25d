//! Who calls an API, and for whom: an access token that still rests on something.

use std::fmt;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use jpki_oidc::Scopes;
use jpki_oidc::provider::AccessClaims;

use super::{offline, sign_on};
use crate::account::{AccountId, find_link};
use crate::api::Problem;
use crate::clients::{self, Registered};
use crate::error::Result;
use crate::observe::limit_client;
use crate::{App, keys};

/// What an access token rests on: without it the token is worth nothing, whatever its signature says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Root {
    /// The redemption of a code.
    SignOn(sign_on::Name),
    /// A grant beyond a session.
    Offline(String),
}

impl Root {
    fn read(text: &str) -> Option<Self> {
        match text.split_once(':')? {
            ("s", name) => sign_on::Name::read(name).map(Self::SignOn),
            ("o", id) => Some(Self::Offline(id.to_owned())),
            _ => None,
        }
    }
}

impl fmt::Display for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignOn(name) => write!(f, "s:{name}"),
            Self::Offline(id) => write!(f, "o:{id}"),
        }
    }
}

/// What an access token is worth at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    /// What it says.
    pub(crate) claims: AccessClaims,
    /// How far it reaches: what it says, within what the client is still allowed.
    pub(crate) scopes: Scopes,
    /// For whom; none for somebody who isn't registered.
    pub(crate) account: Option<AccountId>,
    /// Through which link.
    pub(crate) link: Option<String>,
}

/// What an access token is worth: nothing if it is over, revoked, without its link, or its client isn't in good standing.
pub(crate) async fn standing_of(app: &App, token: &str) -> Result<Option<Standing>> {
    let ring = keys::ring(app).await?;
    let claims = AccessClaims::read(token, ring.public(), app.config().issuer(), app.now());
    let Some(claims) = claims else { return Ok(None) };
    let Some(registered) = clients::find(app, &claims.client_id).await?.filter(Registered::is_active) else {
        return Ok(None);
    };
    let rests = match Root::read(&claims.grant) {
        None => None,
        Some(Root::SignOn(name)) => sign_on::find(app.store(), &name, &claims.client_id).await?,
        Some(Root::Offline(id)) => offline::find(app, &id, &claims.client_id).await?.map(|grant| Some(grant.link)),
    };
    let Some(link) = rests else { return Ok(None) };
    let account = match &link {
        None => None,
        Some(link) => match find_link(app, link).await? {
            Some(link) => Some(link.account),
            None => return Ok(None),
        },
    };
    let scopes = claims.scope.and(&registered.client.metadata().scope);
    Ok(Some(Standing { claims, scopes, account, link }))
}

/// Revokes what an access token rests on.
pub(crate) async fn revoke(app: &App, claims: &AccessClaims) -> Result<()> {
    match Root::read(&claims.grant) {
        Some(Root::SignOn(name)) => {
            let mut connection = app.store().pool().acquire().await?;
            sign_on::revoke_one(&mut connection, &name.to_string(), &claims.client_id).await
        }
        // The access token alone can't be told from the others of its grant, so they end together (RFC 7009, 2.1).
        Some(Root::Offline(id)) => offline::end(app.store(), &id, &claims.client_id).await.map(|_| ()),
        None => Ok(()),
    }
}

/// A call with an access token (RFC 6750), in its header. An extractor for APIs.
#[derive(Debug, Clone)]
pub(crate) struct Bearer {
    /// By what it knows the person.
    pub(crate) subject: String,
    /// For whom; none for somebody who isn't registered.
    pub(crate) account: Option<AccountId>,
    /// How far the token reaches.
    pub(crate) scopes: Scopes,
}

impl Bearer {
    /// Whether the token reaches a scope.
    pub(crate) fn has(&self, scope: &str) -> bool {
        self.scopes.has(scope)
    }

    /// Goes on only if the token reaches a scope.
    ///
    /// # Errors
    /// 403 `insufficient_scope`.
    pub(crate) fn require(&self, scope: &'static str) -> Result<(), Problem> {
        if self.has(scope) {
            return Ok(());
        }
        Err(insufficient_scope(&format!("The access token doesn't reach this: it needs the scope `{scope}`."), scope))
    }
}

impl FromRequestParts<App> for Bearer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let mut headers = parts.headers.get_all(header::AUTHORIZATION).iter();
        let (header, None) = (headers.next(), headers.next()) else { return Err(invalid_token()) };
        let Some(header) = header else {
            // Nothing was tried, so nothing is said of an error (RFC 6750, 3.1).
            let problem = Problem::new(
                StatusCode::UNAUTHORIZED,
                "access_token_missing",
                "Send an access token: `Authorization: Bearer …`.",
            );
            return Err(problem.challenge(HeaderValue::from_static("Bearer realm=\"portal\"")));
        };
        let token = header.to_str().ok().and_then(|text| text.split_once(' '));
        let token = token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
        let standing = match token {
            Some(token) => standing_of(app, token).await?,
            None => None,
        };
        let Standing { claims, scopes, account, .. } = standing.ok_or_else(invalid_token)?;
        limit_client(app, &claims.client_id)?;
        Ok(Self { subject: claims.sub, account, scopes })
    }
}

/// The token doesn't reach something: which scopes would (RFC 6750, 3).
pub(crate) fn insufficient_scope(detail: &str, scopes: &str) -> Problem {
    let problem = Problem::new(StatusCode::FORBIDDEN, "insufficient_scope", detail);
    let how = format!("Bearer realm=\"portal\", error=\"insufficient_scope\", scope=\"{scopes}\"");
    match HeaderValue::from_str(&how) {
        Ok(how) => problem.challenge(how),
        Err(_) => problem,
    }
}

fn invalid_token() -> Problem {
    let detail = "The access token is unknown, expired or revoked, or its service may not use the portal at present.";
    Problem::new(StatusCode::UNAUTHORIZED, "invalid_token", detail)
        .challenge(HeaderValue::from_static("Bearer realm=\"portal\", error=\"invalid_token\""))
}
