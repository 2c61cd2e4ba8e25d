//! A client's public keys: registered with it, or fetched from where it keeps them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use jpki_oidc::{Client, JwkSet};
use tokio::sync::Mutex as Turn;
use url::Url;

use crate::App;

/// How long fetched keys are used.
const KEPT: SignedDuration = SignedDuration::from_mins(5);
/// How soon after one attempt, whatever came of it, another is made: whoever names a client makes the portal call it no more often.
const NOT_BEFORE: SignedDuration = SignedDuration::from_secs(15);
/// The most addresses of which something is kept.
const MOST: usize = 1024;

/// Keys that this process fetched, by address. A process without them fetches them.
#[derive(Debug, Default)]
pub(crate) struct KeyCache(Mutex<HashMap<String, Place>>);

/// What is known of one address.
#[derive(Debug, Clone, Default)]
struct Place {
    /// What was fetched last, and when.
    keys: Option<(Timestamp, JwkSet)>,
    /// When the last attempt ended.
    tried: Option<Timestamp>,
    /// One attempt at a time; who waits for it uses what it brought.
    turn: Arc<Turn<()>>,
}

/// What follows from what is known.
#[derive(Debug, PartialEq, Eq)]
enum Judgement {
    /// These.
    Use(JwkSet),
    /// None, for now.
    Nothing,
    /// They are to be fetched.
    Fetch,
}

impl Place {
    /// `but`: keys that didn't make a signature, so that only others help.
    fn judge(&self, but: Option<&JwkSet>, now: Timestamp) -> Judgement {
        let is_within = |moment: Timestamp, time| now.duration_since(moment).abs() < time;
        match &self.keys {
            Some((fetched, keys)) if but != Some(keys) && is_within(*fetched, KEPT) => Judgement::Use(keys.clone()),
            _ if self.tried.is_some_and(|tried| is_within(tried, NOT_BEFORE)) => Judgement::Nothing,
            _ => Judgement::Fetch,
        }
    }
}

impl KeyCache {
    fn place(&self, uri: &str) -> Place {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if places.len() >= MOST && !places.contains_key(uri) {
            // Those at which somebody waits stay: their attempt is under way.
            places.retain(|_, place| Arc::strong_count(&place.turn) > 1);
        }
        places.entry(uri.to_owned()).or_default().clone()
    }

    fn note(&self, uri: &str, keys: Option<JwkSet>, now: Timestamp) {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = places.entry(uri.to_owned()).or_default();
        place.tried = Some(now);
        if let Some(keys) = keys {
            place.keys = Some((now, keys));
        }
    }
}

/// The client's keys; nothing if they are to be fetched and can't be. `but`: those known, if they didn't make a signature.
pub(crate) async fn keys_of(app: &App, client: &Client, but: Option<&JwkSet>) -> Option<JwkSet> {
    let Some(uri) = &client.metadata().jwks_uri else {
        return client.metadata().jwks.clone().filter(|_| but.is_none());
    };
    let place = app.client_keys().place(uri);
    match place.judge(but, app.now()) {
        Judgement::Use(keys) => return Some(keys),
        Judgement::Nothing => return None,
        Judgement::Fetch => {}
    }
    let turn = place.turn.lock_owned().await;
    match app.client_keys().place(uri).judge(but, app.now()) {
        Judgement::Use(keys) => return Some(keys),
        Judgement::Nothing => return None,
        Judgement::Fetch => {}
    }
    let (app, id, uri) = (app.clone(), client.id().to_owned(), uri.clone());
    // On its own, so that it ends and is remembered even if whoever asked hangs up.
    let attempt = tokio::spawn(async move {
        let keys = fetch(&app, &id, &uri).await;
        app.client_keys().note(&uri, keys.clone(), app.now());
        drop(turn);
        keys
    });
    attempt.await.ok()?.filter(|keys| but != Some(keys))
}

async fn fetch(app: &App, client: &str, uri: &str) -> Option<JwkSet> {
    let answer = match app.outbound().get(&Url::parse(uri).ok()?).await {
        Ok(answer) => answer,
        Err(error) => {
            tracing::warn!(client, %error, "a client's keys can't be fetched");
            return None;
        }
    };
    let keys = JwkSet::parse(&answer.body).ok().filter(|_| answer.status.is_success());
    if keys.is_none() {
        tracing::warn!(client, status = answer.status.as_u16(), "a client's jwks_uri holds no key set");
    }
    keys
}

#[cfg(test)]
mod tests {
    use jpki_oidc::jwt::SigningKey;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn set() -> JwkSet {
        let key = SigningKey::from_pkcs8(&SigningKey::generate().unwrap()).unwrap();
        JwkSet { keys: vec![key.public().clone()] }
    }

    #[test]
    fn an_address_is_called_at_most_every_fifteen_seconds() {
        use Judgement::{Fetch, Nothing, Use};
        let (known, others) = (set(), set());
        let place = |keys: Option<(i64, &JwkSet)>, tried: Option<i64>| Place {
            keys: keys.map(|(second, keys)| (at(second), keys.clone())),
            tried: tried.map(at),
            ..Place::default()
        };
        let table = [
            (place(None, None), None, Fetch),
            (place(None, Some(1000)), None, Nothing),
            (place(None, Some(986)), None, Nothing),
            (place(None, Some(985)), None, Fetch),
            // A clock that was put back.
            (place(None, Some(1015)), None, Fetch),
            (place(Some((1000, &known)), Some(1000)), None, Use(known.clone())),
            (place(Some((701, &known)), Some(701)), None, Use(known.clone())),
            (place(Some((700, &known)), Some(700)), None, Fetch),
            (place(Some((700, &known)), Some(990)), None, Nothing),
            (place(Some((1000, &known)), Some(1000)), Some(&known), Nothing),
            (place(Some((900, &known)), Some(990)), Some(&known), Nothing),
            (place(Some((985, &known)), Some(985)), Some(&known), Fetch),
            // Somebody else fetched them meanwhile.
            (place(Some((1000, &known)), Some(1000)), Some(&others), Use(known.clone())),
        ];
        for (row, (place, but, expected)) in table.into_iter().enumerate() {
            assert_eq!(place.judge(but, at(1000)), expected, "{row}");
        }
    }

    #[test]
    fn what_is_kept_has_a_bound_but_an_attempt_under_way_is_not_forgotten() {
        let cache = KeyCache::default();
        let underway = cache.place("first");
        for number in 1..=MOST {
            cache.place(&number.to_string());
        }
        assert_eq!(cache.0.lock().unwrap().len(), 2);
        assert!(Arc::ptr_eq(&cache.place("first").turn, &underway.turn));
    }
}
