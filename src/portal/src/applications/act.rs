//! Doing something to an application: one transaction from the decision to the entry in the audit trail.

use jiff::Timestamp;
use jpki_oidc::Scopes;
use sqlx::{Any, Transaction};

use super::{Application, ApplicationId, filings, notify, register, rows};
use crate::App;
use crate::audit::{self, Actor, Deed};
use crate::clients::fresh_client_id;
use crate::error::{Error, Result};
use crate::lifecycle::{Content, Effect, Event, FormId, Refused, State, step};
use crate::secrets::fresh_id;

/// What somebody does.
#[derive(Debug)]
pub(crate) struct Act<'a> {
    pub(crate) event: Event,
    /// The reason, or the evidence.
    pub(crate) note: &'a str,
    /// What was filled in.
    pub(crate) filing: Option<(&'a FormId, &'a Content)>,
    /// The access rights that are set.
    pub(crate) scopes: Option<&'a Scopes>,
}

impl<'a> Act<'a> {
    /// Something that needs no more than its reason.
    pub(crate) const fn new(event: Event, note: &'a str) -> Self {
        Self { event, note, filing: None, scopes: None }
    }
}

/// Why nothing was done.
#[derive(Debug)]
pub(crate) enum Fault {
    /// There is no such application, or it is another organisation's.
    NotFound,
    /// The rules refuse it.
    Refused(Refused),
    /// The agreed sheets make no client.
    Sheets(String),
    /// Others changed the application again and again meanwhile.
    Busy,
    /// The portal failed.
    Portal(Error),
}

impl<E: Into<Error>> From<E> for Fault {
    fn from(error: E) -> Self {
        Self::Portal(error.into())
    }
}

/// Begins an application.
pub(crate) async fn open(app: &App, organisation: &str, actor: &Actor, title: &str) -> Result<ApplicationId> {
    let (id, client, now) = (fresh_id()?, fresh_client_id()?, app.now());
    let state = written(&State::new())?;
    let mut transaction = app.store().begin().await?;
    sqlx::query(
        "INSERT INTO applications (id, organisation, title, client_id, state, due, round, version, created, changed) \
         VALUES ($1, $2, $3, $4, $5, '', 0, 0, $6, $6)",
    )
    .bind(&id)
    .bind(organisation)
    .bind(title)
    .bind(&client)
    .bind(&state)
    .bind(now.as_second())
    .execute(&mut *transaction)
    .await?;
    let deed = Deed { what: "open", organisation, application: &id, after: &state, note: title, ..Deed::default() };
    audit::write(&mut transaction, now, actor, &deed).await?;
    transaction.commit().await?;
    ApplicationId::try_from(id).map_err(|_| Error::Damaged("applications"))
}

fn written(state: &State) -> Result<String> {
    serde_json::to_string(state).map_err(|_| Error::Damaged("applications"))
}

/// Does something; with an organisation, only to an application of that one. Returns the application as it stands then.
pub(crate) async fn act(
    app: &App,
    id: &ApplicationId,
    organisation: Option<&str>,
    actor: &Actor,
    act: &Act<'_>,
) -> Result<Application, Fault> {
    for _ in 0..3 {
        if let Some((application, effects)) = once(app, id, organisation, actor, act).await? {
            if effects.contains(&Effect::TellStaff) {
                notify::staff(app, &application).await;
            }
            return Ok(application);
        }
    }
    Err(Fault::Busy)
}

/// `None` if somebody else changed the application at the same time.
async fn once(
    app: &App,
    id: &ApplicationId,
    organisation: Option<&str>,
    actor: &Actor,
    act: &Act<'_>,
) -> Result<Option<(Application, Vec<Effect>)>, Fault> {
    let now = app.now();
    let mut transaction = app.store().begin().await?;
    let mut application = rows::find(&mut *transaction, id, organisation).await?.ok_or(Fault::NotFound)?;
    let (state, effects) = step(app.config().rules(), &application.state, &act.event).map_err(Fault::Refused)?;
    let before = written(&application.state)?;
    let after = written(&state)?;
    if act.event == Event::BeginChange {
        application.round += 1;
    }
    let changed = sqlx::query(
        "UPDATE applications SET state = $1, due = $2, round = $3, version = version + 1, changed = $4 \
         WHERE id = $5 AND version = $6",
    )
    .bind(&after)
    .bind(state.due().map(|day| day.to_string()).unwrap_or_default())
    .bind(application.round)
    .bind(now.as_second())
    .bind(application.id.as_str())
    .bind(application.version)
    .execute(&mut *transaction)
    .await?;
    if changed.rows_affected() == 0 {
        return Ok(None);
    }
    let note = details(app, &mut transaction, &application, actor, act, now).await?;
    for effect in &effects {
        carry_out(app, &mut transaction, &application, effect, now).await?;
    }
    let deed = Deed {
        what: act.event.word(),
        organisation: &application.organisation,
        application: application.id.as_str(),
        before: &before,
        after: &after,
        note: &note,
    };
    audit::write(&mut transaction, now, actor, &deed).await?;
    transaction.commit().await?;
    application.state = state;
    application.changed = now;
    Ok(Some((application, effects)))
}

/// Keeps what comes with a deed. Returns what the audit trail says of it.
async fn details(
    app: &App,
    transaction: &mut Transaction<'static, Any>,
    application: &Application,
    actor: &Actor,
    act: &Act<'_>,
    now: Timestamp,
) -> Result<String> {
    let mut note = act.note.to_owned();
    if let Some((form, content)) = act.filing {
        let revision = app.config().rules().revision();
        let version = filings::keep(transaction, application, form, content, revision, &actor.name, now).await?;
        note = format!("{form} v{version}");
    }
    if let Event::Check { requirement, met } = &act.event {
        sqlx::query(
            "INSERT INTO requirement_checks (application, requirement, met, evidence, checked_by, checked) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (application, requirement) DO UPDATE SET met = excluded.met, \
             evidence = excluded.evidence, checked_by = excluded.checked_by, checked = excluded.checked",
        )
        .bind(application.id.as_str())
        .bind(requirement)
        .bind(i64::from(*met))
        .bind(act.note)
        .bind(&actor.name)
        .bind(now.as_second())
        .execute(&mut **transaction)
        .await?;
        note = format!("{requirement} {}: {}", if *met { "met" } else { "open" }, act.note);
    }
    if let Some(scopes) = act.scopes {
        let scopes: Vec<_> = scopes.iter().collect();
        let scopes = scopes.join(" ");
        register::grant(transaction, application, &scopes).await?;
        note = format!("{scopes} {note}").trim().to_owned();
    }
    Ok(note)
}

async fn carry_out(
    app: &App,
    transaction: &mut Transaction<'static, Any>,
    application: &Application,
    effect: &Effect,
    now: Timestamp,
) -> Result<(), Fault> {
    use crate::clients::Standing;

    match effect {
        Effect::Agree(forms) => {
            for form in forms {
                filings::agree(transaction, application, form, now).await?;
            }
        }
        Effect::DropChange => filings::drop_round(transaction, application, now).await?,
        Effect::Register(environment, slot) => {
            register::register(app, transaction, application, *environment, *slot, now).await?;
        }
        Effect::Activate(environment, slot) => {
            register::stand(transaction, application, (*environment, *slot), Standing::Active, now).await?;
        }
        Effect::Suspend(environment, slot) => {
            register::stand(transaction, application, (*environment, *slot), Standing::Suspended, now).await?;
        }
        Effect::Terminate(environment, slot) => {
            register::stand(transaction, application, (*environment, *slot), Standing::Terminated, now).await?;
        }
        Effect::TellStaff => {}
    }
    Ok(())
}
