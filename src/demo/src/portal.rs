//! The portal and the example service on this machine: the portal as the environment for tests, with its database in the
//! demo's folder.

use std::path::Path;
use std::sync::Arc;

use jpki_demo::service::{self, ServiceConfig};
use jpki_oidc::jwt::SigningKey;
use jpki_portal::{Calendar, Config, Environment, Portal, Secrets, Store};
use jpki_protocol::Origin;
use jpki_trust::{NotChecked, SystemClock, TrustStore, Verifier};

use crate::Result;
use crate::stage::listen;

/// The ports tried first: easy to type, and beside the site's.
const PORTAL_PORT: u16 = 8081;
const SERVICE_PORT: u16 = 8082;

/// A demonstration isn't closed on third weekends.
const CALENDAR: &str = include_str!("../../portal/assets/hours/always-open.json");

/// The notice that waits for everybody who registers.
pub(crate) const NOTICE: [&str; 3] = [
    "さくら市",
    "子育て支援のお知らせ",
    "さくら市では、子育て支援の手続きをオンラインで受け付けています。\n\nこれは見本のお知らせです。",
];

/// Where portal and service are.
pub(crate) struct Addresses {
    pub(crate) portal: Origin,
    pub(crate) service: Origin,
}

/// Starts both, and tells them of each other. Must run inside the runtime.
pub(crate) async fn start(folder: &Path, roots: TrustStore, agent_port: u16) -> Result<Addresses> {
    let (portal_listener, portal) = listen(PORTAL_PORT)?;
    let (service_listener, service) = listen(SERVICE_PORT)?;
    let config = Config::new(portal.as_str(), Environment::Test)?
        .with_private_clients(true)
        .with_agent_port(Some(agent_port))
        .with_calendar(Calendar::from_json(CALENDAR)?)
        .without_revocation();
    let store = Store::open(&format!("sqlite:{}", folder.join("portal.db").display()), 4).await?;
    let secrets = Secrets::in_file(&folder.join("portal.secret"))?;
    let verifier = Verifier::new(config.origin().clone(), roots, NotChecked);
    let app = Portal::new(config, store, secrets, Arc::new(SystemClock), verifier);

    let key = SigningKey::generate()?;
    let names = ["さくら便利帳（例）", "Sakura Companion (example)"];
    let client_id = jpki_portal::register_client(&app, None, names, service::metadata(&service, &key)?).await?;
    let [issuer, subject, body] = NOTICE;
    jpki_portal::send_notice_to_everybody(&app, issuer, subject, body, 30).await?;

    let portal_listener = tokio::net::TcpListener::from_std(portal_listener)?;
    let service_listener = tokio::net::TcpListener::from_std(service_listener)?;
    let config = ServiceConfig { origin: service.clone(), portal: portal.as_str().to_owned(), client_id, key };
    tokio::spawn(jpki_portal::serve(app, portal_listener, None, None));
    tokio::spawn(async move {
        if let Err(error) = service::serve(service_listener, config).await {
            eprintln!("jpki-demo: the service ended: {error}");
        }
    });
    Ok(Addresses { portal, service })
}
