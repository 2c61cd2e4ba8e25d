//! Mails that tell the applicant's staff that something changed.

use jpki_protocol::Language;
use sqlx::Row as _;

use super::Application;
use crate::App;
use crate::desk::{Mail, send};
use crate::error::Result;
use crate::web::Lang;

/// Tells all staff of the organisation. What was done stays done if a mail can't be sent.
pub(super) async fn staff(app: &App, application: &Application) {
    if let Err(error) = tell(app, application).await {
        tracing::warn!(%error, "staff couldn't be told of a change");
    }
}

async fn tell(app: &App, application: &Application) -> Result<()> {
    let rows = sqlx::query("SELECT mail FROM staff WHERE organisation = $1 ORDER BY mail")
        .bind(&application.organisation)
        .fetch_all(app.store().pool())
        .await?;
    let [ja, en] = [Language::Ja, Language::En].map(|language| application.state.name(&Lang(language)));
    let url = app.config().url(&format!("/apply/applications/{}", application.id.as_str()));
    for row in rows {
        let mail = Mail {
            to: row.try_get("mail")?,
            subject: "【マイナポータル】申請の状況が変わりました / Your application".to_owned(),
            text: format!("申請の状況が変わりました：{ja}\nYour application has changed: {en}\n\n{url}\n"),
        };
        send(app, mail).await?;
    }
    Ok(())
}
