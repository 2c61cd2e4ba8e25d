//! The keys that sign tokens: in the database, sealed, and renewed by themselves without anybody noticing.
//! Whoever signs or verifies a token of the portal comes in for the key ring; the operator comes in to renew a key early.
//! No private key leaves this folder but inside its ring, and none stands anywhere unsealed.

mod command;
mod life;
mod rows;

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use jpki_oidc::JwkSet;
use jpki_oidc::jwt::SigningKey;
use serde::Serialize;

use crate::App;
use crate::error::{Error, Result};

pub(crate) use command::KeysCommand;

/// How long a ring is used before the database is asked again: far less than a new key is known before it signs.
const KEPT: SignedDuration = SignedDuration::from_secs(60);

/// The keys of this environment, as far as they count now.
#[derive(Debug)]
pub(crate) struct Keyring {
    signing: SigningKey,
    public: JwkSet,
    read: Timestamp,
}

/// The ring that this process read last. Another replica's may be a minute older or younger; both hold every key that counts.
#[derive(Debug, Default)]
pub(crate) struct Cache(Mutex<Option<Arc<Keyring>>>);

impl Keyring {
    /// The public keys: those that sign, signed lately, and will sign.
    pub(crate) fn public(&self) -> &JwkSet {
        &self.public
    }

    /// Signs claims as a token of a type.
    pub(crate) fn sign(&self, typ: &str, claims: &impl Serialize) -> Result<String> {
        self.signing.sign(typ, claims).map_err(|_| Error::NoRandomness)
    }
}

/// The key ring. The first call in the portal's life makes the first key.
pub(crate) async fn ring(app: &App) -> Result<Arc<Keyring>> {
    let now = app.now();
    let known = app.keys().0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some(known) = known.filter(|ring| now.duration_since(ring.read).abs() < KEPT) {
        return Ok(known);
    }
    let ring = Arc::new(rows::read(app.store(), app.config().environment(), app.secrets(), now).await?);
    *app.keys().0.lock().unwrap_or_else(PoisonError::into_inner) = Some(ring.clone());
    Ok(ring)
}
