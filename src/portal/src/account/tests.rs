//! Accounts on a database of their own, without HTTP.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use jpki_oidc::Scopes;
use jpki_trust::{Clock, NotChecked, TrustStore, Verifier};

use super::close::KEPT_AFTER_CLOSING;
use super::*;
use crate::{App, Config, Environment, Portal, Secrets, Store};

#[derive(Clone)]
struct Hand(Arc<AtomicI64>);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

fn on_a_portal(test: impl AsyncFn(App, Hand)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let folder = tempfile::TempDir::new().unwrap();
        let store = Store::open(&format!("sqlite:{}", folder.path().join("p.db").display()), 2).await.unwrap();
        let config = Config::new("https://portal.example", Environment::Test).unwrap();
        let clock = Hand(Arc::new(AtomicI64::new(1_800_000_000)));
        let verifier = Verifier::new(config.origin().clone(), TrustStore::new(), NotChecked);
        let portal = Portal::new(config, store, Secrets::new(&[7; 32]), Arc::new(clock.clone()), verifier);
        test(portal.clone(), clock).await;
        portal.store().close().await;
    });
}

fn card(name: &str) -> Card {
    serde_json::from_value(serde_json::json!({ "hash": name, "expires": 1_900_000_000 })).unwrap()
}

async fn opened(app: &App, name: &str) -> Option<AccountId> {
    let mut transaction = app.store().begin().await.unwrap();
    let account = open(app, &mut transaction, &card(name), "v1").await.unwrap();
    if account.is_some() {
        transaction.commit().await.unwrap();
    }
    account
}

async fn linked(app: &App, account: &AccountId, scopes: &str) -> Link {
    let consent = Consent::to_service("service", Scopes::parse(scopes).unwrap(), "v1");
    let mut transaction = app.store().begin().await.unwrap();
    let link = link(app, &mut transaction, account, consent).await.unwrap();
    transaction.commit().await.unwrap();
    link
}

async fn history(app: &App, account: &AccountId) -> Vec<What> {
    let mut all: Vec<_> = events(app, account).await.unwrap().iter().map(|event| event.what).collect();
    all.sort_by_key(|what| what.word());
    all
}

#[test]
fn a_card_opens_one_account() {
    on_a_portal(async |app, _| {
        let first = opened(&app, "a").await.unwrap();
        assert_eq!(opened(&app, "a").await, None);
        assert_ne!(opened(&app, "b").await, Some(first.clone()));
        let found = find_by_card(&app, &card("a").hash).await.unwrap().unwrap();
        assert_eq!((found.id, found.opened), (first, app.now()));
        assert!(find_by_card(&app, &card("c").hash).await.unwrap().is_none());
    });
}

#[test]
fn a_link_grows_by_what_is_agreed_to_and_keeps_its_subject_until_it_ends() {
    on_a_portal(async |app, _| {
        let account = opened(&app, "a").await.unwrap();
        let first = linked(&app, &account, "openid").await;
        let wider = linked(&app, &account, "openid notices.read").await;
        let again = linked(&app, &account, "openid").await;
        assert_eq!((&wider.id, &wider.subject), (&first.id, &first.subject));
        assert_eq!(again.scopes.to_string(), "notices.read openid", "agreeing to less again takes nothing away");
        let stranger = opened(&app, "b").await.unwrap();
        assert!(unlink(&app, &stranger, &first.id).await.unwrap().is_none(), "somebody else's link");
        assert!(unlink(&app, &account, &first.id).await.unwrap().is_some());
        assert!(find_link(&app, &first.id).await.unwrap().is_none());
        assert!(unlink(&app, &account, &first.id).await.unwrap().is_none());
        assert_ne!(linked(&app, &account, "openid").await.subject, first.subject);
        let expected = [What::AgreedAgain, What::Linked, What::Linked, What::Opened, What::Unlinked, What::Widened];
        assert_eq!(history(&app, &account).await, expected);
    });
}

#[test]
fn a_closed_account_leaves_its_history_for_a_year_and_then_nothing() {
    on_a_portal(async |app, clock| {
        let account = opened(&app, "a").await.unwrap();
        linked(&app, &account, "openid").await;
        assert!(close(&app, &account).await.unwrap());
        assert!(!close(&app, &account).await.unwrap());
        assert!(find_by_card(&app, &card("a").hash).await.unwrap().is_none());
        assert_eq!(links(&app, &account).await.unwrap(), []);
        let mut transaction = app.store().begin().await.unwrap();
        assert!(!hold(&mut transaction, &account).await.unwrap());
        transaction.rollback().await.unwrap();
        let again = opened(&app, "a").await.unwrap();
        assert_ne!(again, account);

        let year = KEPT_AFTER_CLOSING.as_secs();
        clock.0.fetch_add(year, Ordering::SeqCst);
        sweep(app.store(), app.now()).await.unwrap();
        assert_eq!(history(&app, &account).await, [What::Closed, What::Linked, What::Opened]);
        clock.0.fetch_add(1, Ordering::SeqCst);
        sweep(app.store(), app.now()).await.unwrap();
        assert_eq!(history(&app, &account).await, []);
        assert_eq!(history(&app, &again).await, [What::Opened], "an open account keeps its own");
    });
}
