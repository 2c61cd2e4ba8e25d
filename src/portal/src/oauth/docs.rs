//! How the OpenAPI document describes the forms and answers of the OAuth endpoints, which no one type in this program is: which
//! parameters a request has depends on its kind.

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

/// The endpoints for clients.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    super::discovery::document,
    super::discovery::keys,
    super::pushed::push,
    super::token::tokens,
    super::introspect::introspect,
    super::revoke::revoke,
    super::userinfo::userinfo,
    super::userinfo::by_post
))]
pub(crate) struct Docs;

/// Something with members: name, whether it is required, what it is.
fn object(members: &[(&str, bool, Type, &str)]) -> RefOr<Schema> {
    let object = members.iter().fold(ObjectBuilder::new(), |object, (name, required, kind, description)| {
        let member: Schema = match kind {
            Type::Array => {
                let items = ObjectBuilder::new().schema_type(SchemaType::AnyValue);
                ArrayBuilder::new().items(items).description(Some(*description)).into()
            }
            kind => {
                ObjectBuilder::new().schema_type(SchemaType::Type(kind.clone())).description(Some(*description)).into()
            }
        };
        let object = object.property(*name, member);
        if *required { object.required(*name) } else { object }
    });
    Schema::from(object.build()).into()
}

macro_rules! described {
    ($(#[$doc:meta])* $name:ident: $([$member:literal, $required:literal, $kind:ident, $description:literal]),+ $(,)?) => {
        $(#[$doc])*
        pub(super) enum $name {}

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                object(&[$(($member, $required, Type::$kind, $description)),+])
            }
        }

        impl ToSchema for $name {}
    };
}

described! {
    /// What went wrong (RFC 6749, 5.2).
    OAuthProblem:
    ["error", true, String, "A stable word."],
    ["error_description", true, String, "A sentence for the developer."],
}

described! {
    /// What the portal says about itself (OpenID Connect Discovery 1.0, 3).
    Discovery:
    ["issuer", true, String, "The portal's address, and the `iss` of its tokens."],
    ["authorization_endpoint", true, String, "Where a browser is sent."],
    ["token_endpoint", true, String, "Where codes become tokens."],
    ["jwks_uri", true, String, "Where the public keys are."],
    ["pushed_authorization_request_endpoint", true, String, "Where requests are pushed."],
    ["userinfo_endpoint", true, String, "Who somebody is."],
    ["scopes_supported", true, Array, "Every scope."],
    ["token_endpoint_auth_methods_supported", true, Array, "How clients authenticate."],
}

described! {
    /// Public keys (RFC 7517).
    KeySet:
    ["keys", true, Array, "The keys."],
}

described! {
    /// A code or a refresh token (RFC 6749, 4.1.3 and 6). The client authenticates with an assertion, or in the header.
    TokenForm:
    ["grant_type", true, String, "`authorization_code` or `refresh_token`."],
    ["code", false, String, "The code."],
    ["redirect_uri", false, String, "That of the authorization request."],
    ["code_verifier", false, String, "That of the request's `code_challenge` (RFC 7636)."],
    ["refresh_token", false, String, "The refresh token."],
    ["scope", false, String, "Fewer scopes than were granted."],
    ["client_id", false, String, "The client."],
    ["client_assertion_type", false, String, "`urn:ietf:params:oauth:client-assertion-type:jwt-bearer`."],
    ["client_assertion", false, String, "A JWT signed by the client (RFC 7523)."],
}

described! {
    /// An authorization request (RFC 9126). The client authenticates with an assertion, or in the header.
    PushForm:
    ["response_type", true, String, "`code`."],
    ["client_id", true, String, "The client."],
    ["redirect_uri", true, String, "Exactly one that is registered."],
    ["scope", true, String, "What is asked for, with `openid`."],
    ["code_challenge", true, String, "RFC 7636."],
    ["code_challenge_method", true, String, "`S256`."],
    ["state", false, String, "Comes back as it is."],
    ["nonce", false, String, "Comes back in the ID token."],
    ["prompt", false, String, "`none`, `login`, `consent` or `create`."],
    ["max_age", false, String, "Seconds since the card was last asked for."],
    ["client_assertion_type", false, String, "`urn:ietf:params:oauth:client-assertion-type:jwt-bearer`."],
    ["client_assertion", false, String, "A JWT signed by the client (RFC 7523)."],
}

described! {
    /// Tokens (RFC 6749, 5.1).
    Tokens:
    ["access_token", true, String, "For the APIs."],
    ["token_type", true, String, "`Bearer`."],
    ["expires_in", true, Integer, "Seconds that the access token lives."],
    ["scope", true, String, "How far it reaches."],
    ["id_token", false, String, "Who signed in, for a code."],
    ["refresh_token", false, String, "With the scope `offline_access`."],
}

described! {
    /// The name of a pushed request.
    Pushed:
    ["request_uri", true, String, "To send a browser with, once."],
    ["expires_in", true, Integer, "Seconds that it waits."],
}

described! {
    /// A token to judge or to give back (RFC 7662, 2.1; RFC 7009, 2.1). The client authenticates with an assertion, or in the header.
    TokenToJudge:
    ["token", true, String, "The token."],
    ["token_type_hint", false, String, "`access_token` or `refresh_token`."],
    ["client_id", false, String, "The client."],
    ["client_assertion_type", false, String, "`urn:ietf:params:oauth:client-assertion-type:jwt-bearer`."],
    ["client_assertion", false, String, "A JWT signed by the client (RFC 7523)."],
}

described! {
    /// What a token is worth (RFC 7662, 2.2).
    Worth:
    ["active", true, Boolean, "Whether it is worth anything, to this client."],
    ["token_type", false, String, "`Bearer` or `refresh_token`."],
    ["client_id", false, String, "The client that it was given to."],
    ["scope", false, String, "How far it reaches."],
    ["sub", false, String, "The pseudonym (仮名) by which this client knows the person."],
    ["iss", false, String, "This portal."],
    ["aud", false, String, "Who it is for."],
    ["iat", false, Integer, "Since when."],
    ["exp", false, Integer, "Until when."],
    ["jti", false, String, "Its name."],
}

described! {
    /// Who somebody is.
    UserInfo:
    ["sub", true, String, "The pseudonym (仮名) by which this client knows the person."],
}
