//! Links in mails: each leads to something once, until it expires. The database holds their keyed hashes.

use jiff::SignedDuration;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row as _;

use crate::App;
use crate::error::{Error, Result};
use crate::secrets::fresh_token;

/// Makes a link's token, which leads to some content for a while.
pub(crate) async fn make(app: &App, content: &impl Serialize, lifetime: SignedDuration) -> Result<String> {
    let token = fresh_token()?;
    let content = serde_json::to_string(content).map_err(|_| Error::Damaged("a link"))?;
    sqlx::query("INSERT INTO desk_links (id, content, expires) VALUES ($1, $2, $3)")
        .bind(hash(app, &token))
        .bind(content)
        .bind(app.now().as_second() + lifetime.as_secs())
        .execute(app.store().pool())
        .await?;
    Ok(token)
}

fn hash(app: &App, token: &str) -> String {
    app.secrets().hash("desk link", token.as_bytes())
}

/// What a token leads to; it can still be used afterwards.
pub(crate) async fn look<T: DeserializeOwned>(app: &App, token: &str) -> Result<Option<T>> {
    let row = sqlx::query("SELECT content FROM desk_links WHERE id = $1 AND expires > $2")
        .bind(hash(app, token))
        .bind(app.now().as_second())
        .fetch_optional(app.store().pool())
        .await?;
    let Some(row) = row else { return Ok(None) };
    // A link of another kind leads nowhere here.
    Ok(serde_json::from_str(&row.try_get::<String, _>("content")?).ok())
}

/// Uses a token up. False if somebody else did.
pub(crate) async fn take(app: &App, token: &str) -> Result<bool> {
    let done =
        sqlx::query("DELETE FROM desk_links WHERE id = $1").bind(hash(app, token)).execute(app.store().pool()).await?;
    Ok(done.rows_affected() == 1)
}
