//! The pages themselves: each a template and its few values.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::web::{Frame, Lang, show};
use crate::{App, guidelines};

macro_rules! page {
    ($(#[$doc:meta])* $handler:ident, $name:ident, $path:literal) => {
        #[derive(Template)]
        #[template(path = $path)]
        struct $name {
            l: Lang,
            frame: Frame,
        }

        $(#[$doc])*
        pub(super) async fn $handler(frame: Frame) -> Response {
            show(StatusCode::OK, &$name { l: frame.l, frame })
        }
    };
}

page!(
    /// Where everybody begins.
    home, Home, "home/home.html"
);
page!(
    /// よくあるご質問.
    questions, Questions, "home/questions.html"
);
page!(
    /// 動作環境: what a person needs.
    environment, NeededEnvironment, "home/environment.html"
);

#[derive(Template)]
#[template(path = "home/developers.html")]
struct Developers {
    l: Lang,
    frame: Frame,
    issuer: String,
}

/// For who wants to call the APIs: what there is, and how to begin.
pub(super) async fn developers(State(app): State<App>, frame: Frame) -> Response {
    show(StatusCode::OK, &Developers { l: frame.l, frame, issuer: app.config().issuer().to_owned() })
}

#[derive(Template)]
#[template(path = "home/about.html")]
struct About {
    l: Lang,
    frame: Frame,
    guidelines: [guidelines::Guideline; 2],
    version: &'static str,
}

/// What this portal is, and which versions of the guidelines it follows.
pub(super) async fn about(frame: Frame) -> Response {
    let version = env!("CARGO_PKG_VERSION");
    show(StatusCode::OK, &About { l: frame.l, frame, guidelines: guidelines::FOLLOWED, version })
}
