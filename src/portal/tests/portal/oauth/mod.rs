//! The portal as OpenID Provider, through HTTP: as a client and a browser see it.

mod authorize;
mod clients;
mod jwks_uri;
mod keys;
mod pushed;
mod refresh;
mod token;
