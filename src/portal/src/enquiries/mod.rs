//! 問合せ: questions of companies' staff and the operator's answers, at any time, about anything.
//! Staff come in with their organisation, the operator with all of them.
//! What was written isn't changed or removed.

use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use crate::App;
use crate::audit::{self, Actor, Deed};
use crate::desk::Desk;
use crate::error::Result;
use crate::lifecycle::in_japan;
use crate::secrets::fresh_id;
use crate::store::moment;

/// The most characters of a subject and of a message.
pub(crate) const SUBJECT: usize = 100;
pub(crate) const MESSAGE: usize = 4000;

/// A conversation.
#[derive(Debug, Clone)]
pub(crate) struct Enquiry {
    pub(crate) id: String,
    pub(crate) organisation: String,
    pub(crate) company: String,
    pub(crate) subject: String,
    /// Whether the operator must answer.
    pub(crate) is_open: bool,
    changed: Timestamp,
}

/// One message of it.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    /// Whether the operator wrote it.
    pub(crate) is_answer: bool,
    pub(crate) content: String,
    written: Timestamp,
}

fn shown(moment: Timestamp) -> String {
    in_japan(moment).strftime("%Y/%m/%d %H:%M").to_string()
}

impl Enquiry {
    /// When something was written last, in Japan's time.
    pub(crate) fn when(&self) -> String {
        shown(self.changed)
    }
}

impl Message {
    /// When it was written, in Japan's time.
    pub(crate) fn when(&self) -> String {
        shown(self.written)
    }
}

const SELECT: &str = "SELECT enquiries.*, organisations.name AS company FROM enquiries \
                      JOIN organisations ON organisations.id = enquiries.organisation";

fn read(row: &AnyRow) -> Result<Enquiry> {
    Ok(Enquiry {
        id: row.try_get("id")?,
        organisation: row.try_get("organisation")?,
        company: row.try_get("company")?,
        subject: row.try_get("subject")?,
        is_open: row.try_get::<String, _>("waits_for")? == Desk::Operator.word(),
        changed: moment(row.try_get("changed")?)?,
    })
}

/// The enquiries of an organisation, or all; what was written to last comes first.
pub(crate) async fn list(app: &App, organisation: Option<&str>) -> Result<Vec<Enquiry>> {
    let statement =
        format!("{SELECT} WHERE $1 = '' OR organisation = $1 ORDER BY changed DESC, enquiries.id LIMIT 500");
    let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
        .bind(organisation.unwrap_or_default())
        .fetch_all(app.store().pool())
        .await?;
    rows.iter().map(read).collect()
}

/// An enquiry with its messages; with an organisation, only if it is that one's.
pub(crate) async fn find(app: &App, id: &str, organisation: Option<&str>) -> Result<Option<(Enquiry, Vec<Message>)>> {
    let statement = format!("{SELECT} WHERE enquiries.id = $1 AND ($2 = '' OR organisation = $2)");
    let row = sqlx::query(sqlx::AssertSqlSafe(statement))
        .bind(id)
        .bind(organisation.unwrap_or_default())
        .fetch_optional(app.store().pool())
        .await?;
    let Some(enquiry) = row.as_ref().map(read).transpose()? else { return Ok(None) };
    let rows = sqlx::query("SELECT desk, content, written FROM enquiry_messages WHERE enquiry = $1 ORDER BY number")
        .bind(id)
        .fetch_all(app.store().pool())
        .await?;
    let message = |row: &AnyRow| {
        Ok(Message {
            is_answer: row.try_get::<String, _>("desk")? == Desk::Operator.word(),
            content: row.try_get("content")?,
            written: moment(row.try_get("written")?)?,
        })
    };
    Ok(Some((enquiry, rows.iter().map(message).collect::<Result<_>>()?)))
}

/// Begins an enquiry. Returns its id.
pub(crate) async fn begin(
    app: &App,
    organisation: &str,
    actor: &Actor,
    subject: &str,
    content: &str,
) -> Result<String> {
    let (id, now) = (fresh_id()?, app.now());
    let mut transaction = app.store().begin().await?;
    sqlx::query(
        "INSERT INTO enquiries (id, organisation, subject, waits_for, created, changed) VALUES ($1, $2, $3, $4, $5, $5)",
    )
    .bind(&id)
    .bind(organisation)
    .bind(subject)
    .bind(Desk::Operator.word())
    .bind(now.as_second())
    .execute(&mut *transaction)
    .await?;
    add(&mut transaction, &id, Desk::Staff, actor, content, now).await?;
    let deed = Deed { what: "enquire", organisation, note: &id, ..Deed::default() };
    audit::write(&mut transaction, now, actor, &deed).await?;
    transaction.commit().await?;
    Ok(id)
}

/// Writes another message from a desk.
pub(crate) async fn answer(app: &App, enquiry: &Enquiry, desk: Desk, actor: &Actor, content: &str) -> Result<()> {
    let now = app.now();
    let waits_for = match desk {
        Desk::Staff => Desk::Operator,
        Desk::Operator => Desk::Staff,
    };
    let mut transaction = app.store().begin().await?;
    // Holding the row first, so that two messages at once get two numbers.
    sqlx::query("UPDATE enquiries SET waits_for = $1, changed = $2 WHERE id = $3")
        .bind(waits_for.word())
        .bind(now.as_second())
        .bind(&enquiry.id)
        .execute(&mut *transaction)
        .await?;
    add(&mut transaction, &enquiry.id, desk, actor, content, now).await?;
    let deed = Deed { what: "answer", organisation: &enquiry.organisation, note: &enquiry.id, ..Deed::default() };
    audit::write(&mut transaction, now, actor, &deed).await?;
    transaction.commit().await?;
    Ok(())
}

async fn add(
    transaction: &mut sqlx::Transaction<'static, sqlx::Any>,
    enquiry: &str,
    desk: Desk,
    actor: &Actor,
    content: &str,
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO enquiry_messages (enquiry, number, desk, author, content, written) VALUES ($1, \
         (SELECT COALESCE(MAX(number), 0) + 1 FROM enquiry_messages WHERE enquiry = $1), $2, $3, $4, $5)",
    )
    .bind(enquiry)
    .bind(desk.word())
    .bind(&actor.name)
    .bind(content)
    .bind(now.as_second())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// A text that can be written: not empty, not too long.
pub(crate) fn written(text: &str, most: usize) -> Option<String> {
    let text: String = text.replace("\r\n", "\n").chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    let text = text.trim();
    (1..=most).contains(&text.chars().count()).then(|| text.to_owned())
}
