//! The OpenAPI document of all APIs, made of the handlers themselves. What is committed and served is checked to be that.

use axum::Router;
use axum::http::{HeaderName, header};
use axum::routing::get;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi as _};

use crate::error::{Error, Result};
use crate::{App, hours, notices, oauth, observe, status};

/// The committed document.
const DOCUMENT: &str = include_str!("../../assets/openapi/portal.json");

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "マイナポータル（参照実装） / Portal (reference implementation)",
        version = "1",
        description = "Registration, user status, notices and service hours, after the user registration API guideline 1.9 \
            and the private delivery API guideline 1.6. Errors of the APIs are problem details (RFC 9457) whose `code` is stable; \
            errors of the OAuth endpoints are those of RFC 6749. Times are UTC, RFC 3339. New members may come at any time: \
            ignore what you don't know.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    tags(
        (name = "oauth", description = "OpenID Connect: discovery, pushed requests, tokens"),
        (name = "user status", description = "利用者状態"),
        (name = "notices", description = "お知らせ"),
        (name = "service hours", description = "利用できる時間"),
        (name = "operation", description = "For load balancers"),
    ),
    servers((url = "/")),
    modifiers(&Security),
)]
struct Base;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut OpenApi) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("access_token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        components.add_security_scheme("client", SecurityScheme::Http(Http::new(HttpAuthScheme::Basic)));
    }
}

/// The document of this program. An area adds itself here.
pub(crate) fn document() -> OpenApi {
    let mut document = Base::openapi();
    let areas = [
        hours::Docs::openapi(),
        notices::Docs::openapi(),
        oauth::Docs::openapi(),
        observe::Docs::openapi(),
        status::Docs::openapi(),
    ];
    for area in areas {
        document.merge(area);
    }
    document
}

/// Writes the document to standard output.
///
/// # Errors
/// [`Error::Config`] if it has no JSON, which a test rules out.
pub(crate) fn print() -> Result<()> {
    let text = document().to_pretty_json().map_err(|error| Error::Config(error.to_string()))?;
    println!("{text}");
    Ok(())
}

/// The address of the document.
pub(crate) fn routes() -> Router<App> {
    let headers: [(HeaderName, &str); 2] =
        [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")];
    Router::new().route("/openapi.json", get(move || async move { (headers, DOCUMENT) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_document_is_that_of_the_program() {
        let made = document().to_pretty_json().unwrap();
        let is_current = made == DOCUMENT.trim_end();
        assert!(is_current, "write it anew: jpki-portal openapi >src/portal/assets/openapi/portal.json");
    }
}
