//! The audit trail (監査証跡): who did what to which application, when, what it was before and after, and why.
//! Whoever changes something at a desk comes in with the transaction that changes it; the operator comes in to read.
//! Rows are added and never changed. Each carries a digest over itself and the one before it: a changed or missing row shows.

mod read;

use jiff::Timestamp;
use ring::digest::{SHA256, digest};
use sqlx::{Any, Row as _, Transaction};

pub(crate) use read::{Filter, PAGE, Row, is_unbroken, list};

use crate::desk::Desk;
use crate::error::Result;

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Actor {
    /// Where; nowhere for what came by itself on its day.
    pub(crate) desk: Option<Desk>,
    /// The staff's id or the operator's name.
    pub(crate) name: String,
}

impl Actor {
    /// What comes by itself on its day.
    pub(crate) const fn calendar() -> Self {
        Self { desk: None, name: String::new() }
    }

    /// The word for the desk in rows.
    pub(crate) fn word(&self) -> &'static str {
        self.desk.map_or("calendar", Desk::word)
    }
}

/// What is written down.
#[derive(Debug, Default)]
pub(crate) struct Deed<'a> {
    /// A word for it, such as `approve`.
    pub(crate) what: &'a str,
    pub(crate) organisation: &'a str,
    pub(crate) application: &'a str,
    pub(crate) before: &'a str,
    pub(crate) after: &'a str,
    /// The reason, or what was looked at.
    pub(crate) note: &'a str,
}

/// Adds a row. Those who add rows wait for each other, so that the rows are one chain.
pub(crate) async fn write(
    transaction: &mut Transaction<'static, Any>,
    now: Timestamp,
    actor: &Actor,
    deed: &Deed<'_>,
) -> Result<()> {
    let head = sqlx::query("UPDATE audit_head SET number = number + 1 WHERE id = 1 RETURNING number, digest")
        .fetch_one(&mut **transaction)
        .await?;
    let (number, last): (i64, String) = (head.try_get("number")?, head.try_get("digest")?);
    let fields =
        [actor.word(), &actor.name, deed.what, deed.organisation, deed.application, deed.before, deed.after, deed.note];
    let chained = chained(&last, number, now.as_second(), &fields);
    sqlx::query(
        "INSERT INTO audit (number, written, desk, actor, deed, organisation, application, before, after, note, digest) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(number)
    .bind(now.as_second())
    .bind(fields[0])
    .bind(fields[1])
    .bind(fields[2])
    .bind(fields[3])
    .bind(fields[4])
    .bind(fields[5])
    .bind(fields[6])
    .bind(fields[7])
    .bind(&chained)
    .execute(&mut **transaction)
    .await?;
    sqlx::query("UPDATE audit_head SET digest = $1 WHERE id = 1").bind(&chained).execute(&mut **transaction).await?;
    Ok(())
}

/// The digest of a row after another, in hexadecimal: over each part with its length, so that no two rows read the same.
fn chained(last: &str, number: i64, written: i64, fields: &[&str; 8]) -> String {
    let numbers = [number.to_string(), written.to_string()];
    let parts = [last].into_iter().chain(numbers.iter().map(String::as_str)).chain(fields.iter().copied());
    let text: String = parts.map(|part| format!("{}:{part}", part.len())).collect();
    digest(&SHA256, text.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
