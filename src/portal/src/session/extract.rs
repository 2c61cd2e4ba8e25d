//! How handlers ask who is signed in.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};

use super::{Session, SessionCookie, find};
use crate::App;
use crate::web::Failure;

/// Why a page that is somebody's isn't shown.
#[derive(Debug)]
pub(crate) enum NotSignedIn {
    /// Nobody is signed in: the way leads to the sign-in, and from there to this path, if it is one to come back to.
    SignInFirst(Option<String>),
    /// The database doesn't answer.
    Failed(Failure),
}

impl IntoResponse for NotSignedIn {
    fn into_response(self) -> Response {
        match self {
            Self::SignInFirst(None) => Redirect::to("/sign-in").into_response(),
            Self::SignInFirst(Some(back)) => {
                let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("back", &back).finish();
                Redirect::to(&format!("/sign-in?{query}")).into_response()
            }
            Self::Failed(failure) => failure.into_response(),
        }
    }
}

impl OptionalFromRequestParts<App> for Session {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, Failure> {
        match SessionCookie::of(app, &parts.headers) {
            Some(cookie) => Ok(find(app, &cookie).await?),
            None => Ok(None),
        }
    }
}

impl FromRequestParts<App> for Session {
    type Rejection = NotSignedIn;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, NotSignedIn> {
        let session = <Self as OptionalFromRequestParts<App>>::from_request_parts(parts, app).await;
        session.map_err(NotSignedIn::Failed)?.ok_or_else(|| {
            let back = parts.uri.path_and_query().filter(|_| parts.method == Method::GET);
            NotSignedIn::SignInFirst(back.map(|path| path.as_str().to_owned()))
        })
    }
}
