//! Changes in both databases.

#[path = "../../../tests/portal/support/postgres.rs"]
mod postgres;

use std::sync::Arc;

use jpki_trust::{FixedClock, NotChecked, TrustStore, Verifier};

use super::*;
use crate::hours::{Closed, Service, gate};
use crate::{Config, Environment, Portal, Secrets, Store};

/// The middle of a third weekend.
const SUNDAY: &str = "2026-11-22T10:00:00+09:00";

/// The portal of an environment at a moment.
fn portal(store: &Store, environment: Environment, moment: &str) -> App {
    let config = Config::new("https://portal.example", environment).unwrap();
    let verifier = Verifier::new(config.origin().clone(), TrustStore::new(), NotChecked);
    let clock = Arc::new(FixedClock(moment.parse().unwrap()));
    Portal::new(config, store.clone(), Secrets::new(&[7; 32]), clock, verifier)
}

fn on_both(test: impl AsyncFn(Store)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let file = format!("sqlite:{}", folder.path().join("portal.db").display());
        for url in [file, postgres::fresh_database().await] {
            let store = Store::open(&url, 2).await.unwrap();
            test(store.clone()).await;
            store.close().await;
        }
    });
}

fn draft(kind: Kind, what: &str, start: &str, end: &str) -> Draft {
    Draft {
        kind: kind.word().to_owned(),
        system: what.to_owned(),
        window: what.to_owned(),
        start: start.to_owned(),
        end: end.to_owned(),
        reason_ja: "機器の交換".to_owned(),
        reason_en: "New machines".to_owned(),
    }
}

/// When a service opens, if it is closed.
async fn opens(app: &App, service: Service) -> Option<String> {
    match gate(app, service).await {
        Ok(()) => None,
        Err(Closed::ByHours { closure, .. }) => Some(closure.span.end.to_string()),
        Err(Closed::Unknown) => Some("unknown".to_owned()),
    }
}

#[test]
fn a_stop_holds_at_once_in_its_environment_until_it_is_withdrawn_with_a_reason() {
    on_both(async |store| {
        let app = portal(&store, Environment::Test, SUNDAY);
        let close = draft(Kind::Close, "portal", "2026-11-22T09:30", "2026-11-22T11:00");
        let made = add(&app, "operator", &close).await.unwrap();
        assert_eq!(opens(&app, Service::UserStatus).await.as_deref(), Some("2026-11-22T02:00:00Z"));
        let other = portal(&store, Environment::Production, SUNDAY);
        assert_eq!(opens(&other, Service::UserStatus).await, None);
        assert!(!cancel(&other, &made.id, "operator", "x").await.unwrap());
        assert!(matches!(cancel(&app, &made.id, "operator", " ").await, Err(Refused::Wrong(_))));
        assert!(cancel(&app, &made.id, "another", "done early").await.unwrap());
        assert_eq!(opens(&app, Service::UserStatus).await, None);
        // What was done stays written down, and isn't done twice.
        assert!(!cancel(&app, &made.id, "another", "done early").await.unwrap());
        let all = list(&app).await.unwrap();
        assert_eq!((all[0].author.as_str(), &all[0].reason.en), ("operator", &"New machines".to_owned()));
        let withdrawn = all[0].withdrawn.as_ref().unwrap();
        assert_eq!((withdrawn.by.as_str(), withdrawn.because.as_str()), ("another", "done early"));
        assert_eq!(list(&other).await.unwrap(), []);
    });
}

#[test]
fn a_planned_stop_is_replaced_by_one_change_at_a_time() {
    on_both(async |store| {
        let app = portal(&store, Environment::Test, SUNDAY);
        let window = "information_provision_network/third-weekend/2026-11-21";
        assert_eq!(opens(&app, Service::Registration).await.as_deref(), Some("2026-11-22T15:00:00Z"));
        let made = add(&app, "operator", &draft(Kind::Cancel, window, "", "")).await.unwrap();
        assert_eq!(opens(&app, Service::Registration).await, None);
        let moved = draft(Kind::Move, window, "2026-11-28T00:00", "2026-11-29T00:00");
        let Err(Refused::Wrong(wrong)) = add(&app, "operator", &moved).await else { panic!("replaced twice") };
        assert_eq!(wrong[0].field, "window");
        assert!(cancel(&app, &made.id, "operator", "it is needed after all").await.unwrap());
        assert!(opens(&app, Service::Registration).await.is_some());
        add(&app, "operator", &moved).await.unwrap();
        assert_eq!(opens(&app, Service::Registration).await, None);
        let later = portal(&store, Environment::Test, "2026-11-28T12:00:00+09:00");
        assert_eq!(opens(&later, Service::Registration).await.as_deref(), Some("2026-11-28T15:00:00Z"));
    });
}

#[test]
fn nothing_is_let_through_while_the_database_does_not_answer() {
    on_both(async |store| {
        let app = portal(&store, Environment::Test, SUNDAY);
        store.close().await;
        assert_eq!(opens(&app, Service::Notices).await.as_deref(), Some("unknown"));
    });
}
