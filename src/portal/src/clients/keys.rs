//! A client's public keys: registered with it, or fetched from where it keeps them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use jpki_oidc::{Client, JwkSet};
use url::Url;

use crate::App;

/// How long fetched keys are used.
const KEPT: SignedDuration = SignedDuration::from_mins(5);
/// How soon they are fetched again for a signature that none of them made: the client may have a new key.
const NOT_BEFORE: SignedDuration = SignedDuration::from_secs(15);
/// The most clients whose keys are kept.
const MOST: usize = 1024;

/// Keys that this process fetched, by address. A process without them fetches them.
#[derive(Debug, Default)]
pub(crate) struct KeyCache(Mutex<HashMap<String, (Timestamp, JwkSet)>>);

/// The client's keys; nothing if they are to be fetched and can't be. `anew`: those known didn't make a signature.
pub(crate) async fn keys_of(app: &App, client: &Client, anew: bool) -> Option<JwkSet> {
    let Some(uri) = &client.metadata().jwks_uri else {
        return client.metadata().jwks.clone().filter(|_| !anew);
    };
    let now = app.now();
    let known = app.client_keys().0.lock().unwrap_or_else(PoisonError::into_inner).get(uri).cloned();
    if let Some((fetched, keys)) = known {
        let age = now.duration_since(fetched).abs();
        match anew {
            false if age < KEPT => return Some(keys),
            true if age < NOT_BEFORE => return None,
            _ => {}
        }
    }
    let answer = match app.outbound().get(&Url::parse(uri).ok()?).await {
        Ok(answer) => answer,
        Err(error) => {
            tracing::warn!(client = client.id(), %error, "a client's keys can't be fetched");
            return None;
        }
    };
    let keys = JwkSet::parse(&answer.body).ok().filter(|_| answer.status.is_success());
    let Some(keys) = keys else {
        tracing::warn!(client = client.id(), status = answer.status.as_u16(), "a client's jwks_uri holds no key set");
        return None;
    };
    let mut cache = app.client_keys().0.lock().unwrap_or_else(PoisonError::into_inner);
    if cache.len() >= MOST {
        cache.clear();
    }
    cache.insert(uri.clone(), (now, keys.clone()));
    Some(keys)
}
