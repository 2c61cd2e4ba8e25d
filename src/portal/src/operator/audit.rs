//! The audit trail, filtered, and taken away as a file.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::Operator;
use crate::App;
use crate::audit::{self, Filter, PAGE, Row};
use crate::web::{self, Failure, Frame, Lang};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    application: String,
    actor: String,
    deed: String,
    before: Option<i64>,
}

impl Asked {
    fn filter(&self) -> Filter {
        let text = |text: &str| text.trim().chars().take(100).collect();
        Filter {
            application: text(&self.application),
            actor: text(&self.actor),
            deed: text(&self.deed),
            before: self.before,
        }
    }
}

#[derive(Template)]
#[template(path = "operator/audit.html")]
struct Page {
    l: Lang,
    frame: Frame,
    filter: Filter,
    rows: Vec<Row>,
    is_unbroken: bool,
    /// The same filter as a query.
    query: String,
    /// Where older rows begin.
    older: Option<i64>,
}

type Asking = Result<Query<Asked>, axum::extract::rejection::QueryRejection>;

/// The page.
pub(super) async fn show(
    State(app): State<App>,
    frame: Frame,
    _: Operator,
    asked: Asking,
) -> Result<Response, Failure> {
    let Query(asked) = asked.map_err(|_| Failure::UnreadableForm)?;
    let filter = asked.filter();
    let rows = audit::list(&app, &filter, PAGE).await?;
    let full = i64::try_from(rows.len()).is_ok_and(|count| count == PAGE);
    let older = rows.last().map(|row| row.number).filter(|_| full);
    let fields = [("application", &filter.application), ("actor", &filter.actor), ("deed", &filter.deed)];
    let query = serde_urlencoded::to_string(fields).unwrap_or_default();
    let is_unbroken = audit::is_unbroken(&app).await?;
    Ok(web::show(StatusCode::OK, &Page { l: frame.l, frame, filter, rows, is_unbroken, query, older }))
}

/// All rows that the filter lets through, one JSON object a line, the newest first.
pub(super) async fn export(State(app): State<App>, _: Operator, asked: Asking) -> Result<Response, Failure> {
    let Query(asked) = asked.map_err(|_| Failure::UnreadableForm)?;
    let mut text = String::new();
    for row in audit::list(&app, &asked.filter(), i64::from(i32::MAX)).await? {
        text.push_str(&serde_json::to_string(&row).map_err(|_| Failure::Internal)?);
        text.push('\n');
    }
    let headers = [
        (header::CONTENT_TYPE, "application/jsonl; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit.jsonl\""),
    ];
    Ok((headers, text).into_response())
}
