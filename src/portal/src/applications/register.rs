//! From the agreed sheets (設シ1, 設シ2, 設シ4) and the access rights to a client that the protocol knows, and back.

use jiff::Timestamp;
use jpki_oidc::{Client, JwkSet, Metadata, Scopes};
use sqlx::{Any, AnyConnection, Row as _, Transaction};

use super::{Application, ApplicationId, Fault, Filing, agreed_before};
use crate::clients::{self, Registered, Standing};
use crate::error::{Error, Result};
use crate::lifecycle::{Content, FormId, Phase, Slot};
use crate::{App, Environment};

/// The sheets of an environment: 設シ1, and 設シ2 or 設シ4.
const fn sheets(environment: Environment) -> [&'static str; 2] {
    match environment {
        Environment::Test => ["sheet1-test", "sheet2"],
        Environment::Production => ["sheet1-production", "sheet4"],
    }
}

/// A client's name in the protocol. The candidate of each change has a new one, because it ends with the change.
fn client_id(application: &Application, slot: Slot) -> String {
    match slot {
        Slot::Service => application.client_id.clone(),
        Slot::Candidate => format!("{}-check{}", application.client_id, application.round),
    }
}

/// What a sheet of connection information says, as metadata (RFC 7591).
fn metadata(connection: &Content, scope: Scopes) -> Result<Metadata, String> {
    let list = |name: &str| connection.lines(name).map(str::to_owned).collect::<Vec<_>>();
    let one = |name: &str| Some(connection.get(name).to_owned()).filter(|value| !value.is_empty());
    let jwks = one("jwks").map(|text| JwkSet::parse(text.as_bytes()).map_err(|wrong| format!("jwks: {wrong}")));
    let backchannel_logout_uri = one("backchannel_logout_uri");
    Ok(Metadata {
        redirect_uris: list("redirect_uris"),
        post_logout_redirect_uris: list("post_logout_redirect_uris"),
        jwks: jwks.transpose()?,
        jwks_uri: one("jwks_uri"),
        backchannel_logout_session_required: backchannel_logout_uri.is_some(),
        backchannel_logout_uri,
        initiate_login_uri: one("initiate_login_uri"),
        scope,
        ..Metadata::default()
    })
}

fn client(
    app: &App,
    environment: Environment,
    id: &str,
    connection: &Content,
    scope: Scopes,
) -> Result<Client, String> {
    let rules = clients::rules(app.config().allows_private_clients(), environment);
    Client::new(id, metadata(connection, scope)?, rules).map_err(|wrong| wrong.to_string())
}

/// What is wrong with a sheet of connection information that is about to be filed; other forms are fine.
pub(crate) fn wrong_sheet(app: &App, form: &FormId, content: &Content) -> Option<String> {
    let environment = [Environment::Test, Environment::Production]
        .into_iter()
        .find(|environment| sheets(*environment)[1] == form.0)?;
    client(app, environment, "new", content, Scopes::parse("openid").ok()?).err()
}

async fn agreed(connection: &mut AnyConnection, application: &Application, form: &str) -> Result<Filing, Fault> {
    let found = agreed_before(connection, &application.id, &FormId::new(form), i64::MAX).await?;
    found.ok_or_else(|| Fault::Sheets(form.to_owned()))
}

/// Makes or renews a client.
pub(super) async fn register(
    app: &App,
    transaction: &mut Transaction<'static, Any>,
    application: &Application,
    environment: Environment,
    slot: Slot,
    now: Timestamp,
) -> Result<(), Fault> {
    let [service, connection] = sheets(environment);
    let service = agreed(transaction, application, service).await?.content;
    let connection = agreed(transaction, application, connection).await?.content;
    let scopes = newest(transaction, &application.id, environment).await?.unwrap_or_default();
    let id = client_id(application, slot);
    let client = client(app, environment, &id, &connection, scopes).map_err(Fault::Sheets)?;
    let registered = Registered::new(client, service.get("service_name"), service.get("service_name_en"));
    match clients::put(&mut **transaction, environment, &registered, now).await? {
        true => Ok(()),
        // What was terminated is never used again, whoever terminated it.
        false => Err(Fault::Sheets(id)),
    }
}

/// Lets a client stand otherwise, if there is one.
pub(super) async fn stand(
    transaction: &mut Transaction<'static, Any>,
    application: &Application,
    (environment, slot): (Environment, Slot),
    standing: Standing,
    now: Timestamp,
) -> Result<()> {
    let id = client_id(application, slot);
    clients::set_standing(&mut **transaction, environment, &id, standing, now).await?;
    Ok(())
}

/// The environment for which access rights are set now.
fn environment(application: &Application) -> Option<Environment> {
    match application.state.procedure()?.phase {
        Phase::TestAccess => Some(Environment::Test),
        Phase::ProductionAccess => Some(Environment::Production),
        _ => None,
    }
}

/// Keeps access rights as they are set.
pub(super) async fn grant(
    transaction: &mut Transaction<'static, Any>,
    application: &Application,
    scopes: &str,
) -> Result<()> {
    let Some(environment) = environment(application) else { return Ok(()) };
    sqlx::query(
        "INSERT INTO access_rights (application, environment, version, round, scopes, dropped) VALUES ($1, $2, \
         (SELECT COALESCE(MAX(version), 0) + 1 FROM access_rights WHERE application = $1 AND environment = $2), $3, $4, 0)",
    )
    .bind(application.id.as_str())
    .bind(environment.word())
    .bind(application.round)
    .bind(scopes)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

async fn newest(
    connection: &mut AnyConnection,
    id: &ApplicationId,
    environment: Environment,
) -> Result<Option<Scopes>> {
    let row = sqlx::query(
        "SELECT scopes FROM access_rights WHERE application = $1 AND environment = $2 AND dropped = 0 \
         ORDER BY version DESC LIMIT 1",
    )
    .bind(id.as_str())
    .bind(environment.word())
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let scopes: String = row.try_get("scopes")?;
    Scopes::parse(&scopes).map(Some).map_err(|_| Error::Damaged("access_rights"))
}

/// The access rights that a service has in an environment.
pub(crate) async fn granted(app: &App, id: &ApplicationId, environment: Environment) -> Result<Option<Scopes>> {
    let mut connection = app.store().pool().acquire().await?;
    newest(&mut connection, id, environment).await
}

/// The access rights that are asked for where they are to be set now.
pub(crate) async fn requested(app: &App, application: &Application) -> Result<Vec<String>> {
    let Some(environment) = environment(application) else { return Ok(Vec::new()) };
    let sheet = FormId::new(sheets(environment)[0]);
    let filing = agreed_before(app.store().pool(), &application.id, &sheet, i64::MAX).await?;
    Ok(filing.map(|filing| filing.content.lines("scopes").map(str::to_owned).collect()).unwrap_or_default())
}
