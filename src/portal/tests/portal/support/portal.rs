//! A portal on a database of its own.

use std::sync::Arc;

use jpki_portal::{App, Calendar, Config, Environment, Limit, Limits, Portal, Secrets, Store, router};
use jpki_trust::{TrustStore, Verifier};
use tempfile::TempDir;

use super::postgres;
use super::{TestCard, TestClock, TestRevocation};

/// A portal under test.
pub(crate) struct TestPortal {
    pub(crate) app: App,
    pub(crate) router: axum::Router,
    pub(crate) clock: TestClock,
    pub(crate) revocation: TestRevocation,
    /// The database's URL.
    pub(crate) database: String,
}

impl TestPortal {
    /// The issuer of every portal under test.
    pub(crate) const ISSUER: &str = "https://portal.example";

    /// The secret of every portal under test.
    pub(crate) const SECRET: [u8; 32] = [7; 32];

    /// A test may ask as often as it likes while its clock stands still.
    pub(crate) const NO_LIMITS: Limits = Limits { address: Limit::OFF, browser: Limit::OFF, client: Limit::OFF };

    /// Another replica of the same portal.
    pub(crate) async fn replica(&self) -> App {
        let store = Store::open(&self.database, 4).await.unwrap();
        let verifier = Verifier::new(self.app.config().origin().clone(), TrustStore::new(), self.revocation.clone());
        let config = self.app.config().clone();
        Portal::new(config, store, Secrets::new(&[7; 32]), Arc::new(self.clock.clone()), verifier)
    }

    async fn on(database: &str, settings: impl Fn(Config) -> Config) -> Self {
        // Tests run on third weekends, too.
        let calendar = Calendar::from_json(include_str!("../../../assets/hours/always-open.json")).unwrap();
        let config = Config::new(Self::ISSUER, Environment::Test).unwrap().with_private_clients(true);
        let config = settings(config.with_calendar(calendar).with_limits(Self::NO_LIMITS));
        let clock = TestClock::new();
        let store = Store::open(database, 4).await.unwrap();
        let mut roots = TrustStore::new();
        roots.add_pem(&TestCard::root(), jpki_trust::Environment::Test).unwrap();
        let revocation = TestRevocation::default();
        let verifier = Verifier::new(config.origin().clone(), roots, revocation.clone()).with_clock(clock.clone());
        let app = Portal::new(config, store, Secrets::new(&Self::SECRET), Arc::new(clock.clone()), verifier);
        Self { router: router(app.clone()), app, clock, revocation, database: database.to_owned() }
    }
}

/// Runs a test on both databases, each with a portal of its own.
pub(crate) fn on_both(test: impl AsyncFn(TestPortal)) {
    on_both_with(|config| config, test);
}

/// Runs a test on both databases, each with a portal of its own that has other settings.
pub(crate) fn on_both_with(settings: impl Fn(Config) -> Config, test: impl AsyncFn(TestPortal)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let folder = TempDir::new().unwrap();
        let file = format!("sqlite:{}", folder.path().join("portal.db").display());
        let databases = [file, postgres::fresh_database().await];
        for database in databases {
            let portal = TestPortal::on(&database, &settings).await;
            let app = portal.app.clone();
            test(portal).await;
            app.store().close().await;
        }
    });
}
