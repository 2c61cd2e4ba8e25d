//! Where the endpoints are.

use jpki_oidc::provider::Endpoints;

use crate::Config;

/// What the portal says about itself (OpenID Connect Discovery).
pub(crate) const DISCOVERY: &str = "/.well-known/openid-configuration";
/// Its public keys.
pub(crate) const JWKS: &str = "/oauth/jwks";
/// Requests pushed by clients (RFC 9126).
pub(crate) const PUSHED: &str = "/oauth/par";
/// Requests through the browser.
pub(crate) const AUTHORIZE: &str = "/oauth/authorize";
/// Codes and refresh tokens against tokens.
pub(crate) const TOKEN: &str = "/oauth/token";
/// Who somebody is.
pub(crate) const USERINFO: &str = "/oauth/userinfo";
/// What a token is worth (RFC 7662).
pub(crate) const INTROSPECT: &str = "/oauth/introspect";
/// Giving a token back (RFC 7009).
pub(crate) const REVOKE: &str = "/oauth/revoke";
/// Logging out (OpenID Connect RP-Initiated Logout).
pub(crate) const END_SESSION: &str = "/oauth/end-session";

/// All of them, as full addresses.
pub(crate) fn endpoints(config: &Config) -> Endpoints {
    Endpoints {
        authorization: config.url(AUTHORIZE),
        token: config.url(TOKEN),
        userinfo: config.url(USERINFO),
        jwks: config.url(JWKS),
        pushed_authorization_request: config.url(PUSHED),
        introspection: config.url(INTROSPECT),
        revocation: config.url(REVOKE),
        end_session: config.url(END_SESSION),
    }
}
