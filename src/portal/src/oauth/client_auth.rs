//! Which client calls, proved.

use axum::http::{HeaderMap, header};
use jpki_oidc::provider::{Assertion, ClientProof, not_proved};
use jpki_oidc::{AuthMethod, JwkSet, Parameters};

use super::answer::OAuthError;
use super::paths;
use crate::App;
use crate::clients::{self, Registered};
use crate::observe::limit_client;

/// Authenticates the client of a call, which is then known to be in good standing. An assertion counts once.
///
/// # Errors
/// `invalid_client`, without saying whether the client exists; `invalid_request` for proofs that contradict each other.
pub(crate) async fn authenticate(
    app: &App,
    headers: &HeaderMap,
    parameters: &Parameters,
) -> Result<Registered, OAuthError> {
    let authorization = match headers.get(header::AUTHORIZATION).map(|value| value.to_str()) {
        None => None,
        Some(Ok(text)) => Some(text),
        Some(Err(_)) => return Err(not_proved().into()),
    };
    let proof = ClientProof::read(parameters, authorization)?;
    let registered = clients::find(app, proof.client_id()).await?;
    let registered = registered.filter(Registered::is_active).ok_or_else(not_proved)?;
    match (&proof, registered.client.metadata().token_endpoint_auth_method) {
        (ClientProof::Assertion { client_id, assertion }, AuthMethod::PrivateKeyJwt) => {
            let checked = check(app, &registered, client_id, assertion).await?;
            // Hashed, because a client chooses it: it may be long, or say something. These are most of the short-lived rows:
            // 132 bits of the hash tell them apart.
            let id = app.secrets().hash("assertion", format!("{client_id} {}", checked.jti).as_bytes());
            if !app.store().use_once(&id[..22], checked.expires).await? {
                return Err(not_proved().into());
            }
        }
        (ClientProof::Secret { secret, .. }, AuthMethod::ClientSecretBasic) => {
            let hash = registered.secret.as_deref().ok_or_else(not_proved)?;
            if !app.secrets().is_hash("client secret", secret.as_bytes(), hash) {
                return Err(not_proved().into());
            }
        }
        _ => return Err(not_proved().into()),
    }
    limit_client(app, registered.client.id()).map_err(OAuthError::TooOften)?;
    Ok(registered)
}

async fn check(app: &App, registered: &Registered, id: &str, assertion: &str) -> Result<Assertion, OAuthError> {
    let own = [paths::TOKEN, paths::PUSHED, paths::INTROSPECT, paths::REVOKE].map(|path| app.config().url(path));
    let audiences = [app.config().issuer(), &own[0], &own[1], &own[2], &own[3]];
    let mut known: Option<JwkSet> = None;
    // A second look at a client's keys if none of them made the signature: it may have a new one since they were fetched.
    for _ in 0..2 {
        let Some(keys) = clients::keys_of(app, &registered.client, known.as_ref()).await else { break };
        match Assertion::check(assertion, id, &keys, &audiences, app.now()) {
            Ok(checked) => return Ok(checked),
            Err(wrong) if wrong != not_proved() => return Err(wrong.into()),
            Err(_) => known = Some(keys),
        }
    }
    Err(not_proved().into())
}
