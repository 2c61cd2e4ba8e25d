//! 利用者状態: what a service may know of a person.

use axum::http::StatusCode;
use jpki_portal::Calendar;
use serde_json::json;

use crate::support::{Browser, Caller, TestCard, on_both, on_both_with, sign_in};

const API: &str = "/api/v1/user-status";
const ALL: &str = "openid registration user_status.registration user_status.health_insurance user_status.eshishobako \
     user_status.mypost user_status.furusato_etax";

async fn set(browser: &mut Browser, setting: &str, to: &str) {
    let answer = browser.submit("/my/settings", "/my/settings", &[("setting", setting), ("to", to)]).await;
    assert_eq!(answer.location(), Some("/my/settings?saved"), "{}", answer.text());
}

#[test]
fn a_service_learns_registration_and_what_the_person_switches() {
    on_both(async |portal| {
        let service = Caller::register(&portal, "all", ALL).await;
        let mut browser = Browser::new(&portal);
        let token = service.sign_in(&portal, &mut browser, &TestCard::new()).await;
        let told = service.call(API, &token).await;
        assert_eq!(told.headers["cache-control"], "no-store");
        let off = json!({ "health_insurance": false, "eshishobako": false, "mypost": false, "furusato_etax": false });
        assert_eq!(told.body, json!({ "version": "1", "list": "2021-12", "registered": true, "settings": off }));

        set(&mut browser, "mypost", "on").await;
        set(&mut browser, "health_insurance", "on").await;
        set(&mut browser, "health_insurance", "off").await;
        set(&mut browser, "eshishobako", "on").await;
        let told = service.call(&format!("{API}?states=health_insurance,eshishobako,mypost"), &token).await;
        assert_eq!(told.body["settings"], json!({ "health_insurance": false, "eshishobako": true, "mypost": true }));
        assert_eq!(told.body.get("registered"), None);
    });
}

#[test]
fn one_persons_settings_are_no_other_persons() {
    on_both(async |portal| {
        let service = Caller::register(&portal, "all", ALL).await;
        let mut one = Browser::new(&portal);
        sign_in(&mut one, &TestCard::new()).await;
        set(&mut one, "mypost", "on").await;
        let token = service.sign_in(&portal, &mut Browser::new(&portal), &TestCard::new()).await;
        assert_eq!(service.call(API, &token).await.body["settings"]["mypost"], false);
    });
}

#[test]
fn what_a_service_is_not_permitted_is_absent_and_asking_for_it_is_refused() {
    on_both(async |portal| {
        let service = Caller::register(&portal, "one", "openid registration user_status.mypost").await;
        let token = service.sign_in(&portal, &mut Browser::new(&portal), &TestCard::new()).await;
        let told = service.call(API, &token).await.body;
        assert_eq!(told, json!({ "version": "1", "list": "2021-12", "settings": { "mypost": false } }));
        let table = [
            ("?states=registration", (403, "insufficient_scope")),
            ("?states=mypost,eshishobako", (403, "insufficient_scope")),
            ("?states=my_number", (400, "unknown_state")),
            ("?states=", (400, "unknown_state")),
            ("?states=mypost&states=mypost", (400, "invalid_request")),
        ];
        for (query, refusal) in table {
            assert_eq!(service.call(&format!("{API}{query}"), &token).await.problem(), refusal, "{query}");
        }
        // What would permit it stands where programs look for it (RFC 6750, 3).
        let refused = service.call(&format!("{API}?states=mypost,eshishobako"), &token).await;
        let how = refused.headers["www-authenticate"].to_str().unwrap();
        assert!(how.starts_with("Bearer ") && how.contains("error=\"insufficient_scope\""), "{how}");
        assert!(how.contains("scope=\"user_status.eshishobako user_status.mypost\""), "{how}");
        let none = Caller::register(&portal, "none", "openid registration").await;
        let token = none.sign_in(&portal, &mut Browser::new(&portal), &TestCard::new()).await;
        let refused = none.call(API, &token).await;
        assert_eq!(refused.problem(), (403, "insufficient_scope"));
        let how = refused.headers["www-authenticate"].to_str().unwrap();
        assert!(how.contains("scope=\"user_status.registration user_status.health_insurance"), "{how}");
    });
}

#[test]
fn somebody_who_is_not_registered_is_said_to_be_so_and_nothing_else_is_said() {
    on_both(async |portal| {
        let card = TestCard::new();
        let service = Caller::register(&portal, "s", "openid user_status.registration user_status.mypost").await;
        let token = service.sign_in(&portal, &mut Browser::new(&portal), &card).await;
        let told = service.call(API, &token).await.body;
        assert_eq!(told, json!({ "version": "1", "list": "2021-12", "registered": false, "settings": {} }));
        let refused = service.call(&format!("{API}?states=mypost"), &token).await;
        assert_eq!(refused.problem(), (403, "user_not_registered"));
    });
}

#[test]
fn nobody_is_told_anything_without_a_token_that_counts() {
    on_both(async |portal| {
        let service = Caller::register(&portal, "all", ALL).await;
        let token = service.sign_in(&portal, &mut Browser::new(&portal), &TestCard::new()).await;
        for wrong in ["", "x", &token[1..], &format!("{token}A")] {
            assert_eq!(service.call(API, wrong).await.status, StatusCode::UNAUTHORIZED, "{wrong}");
        }
        portal.clock.pass(301);
        assert_eq!(service.call(API, &token).await.problem(), (401, "invalid_token"));
    });
}

#[test]
fn outside_the_hours_a_service_learns_when_to_come_back() {
    let closed = r#""en": "The portal", "closures": [{ "id": "new-year", "ja": "停止", "en": "stop", "every": "year",
        "from_day": "12-28", "from": "21:00", "until_day": "01-04", "until": "08:00" }]"#;
    let calendar =
        include_str!("../../assets/hours/guideline.json").replace(r#""en": "The portal", "closures": []"#, closed);
    let settings = |config: jpki_portal::Config| config.with_calendar(Calendar::from_json(&calendar).unwrap());
    on_both_with(settings, async |portal| {
        let next_year = portal.app.now().to_zoned(jiff::tz::TimeZone::UTC).year() + 1;
        portal.clock.set(&format!("{next_year}-12-28T20:58:00+09:00"));
        let service = Caller::register(&portal, "all", ALL).await;
        let token = service.sign_in(&portal, &mut Browser::new(&portal), &TestCard::new()).await;
        portal.clock.pass(120);
        let closed = service.call(API, &token).await;
        assert_eq!(closed.status, StatusCode::SERVICE_UNAVAILABLE);
        // From 21:00 on 28 December until 8:00 on 4 January.
        let until_opening = (6 * 24 + 11) * 3600;
        assert_eq!(closed.headers["retry-after"], until_opening.to_string(), "{}", closed.body);
        assert_eq!(service.call("/api/v1/notices", &token).await.status, StatusCode::SERVICE_UNAVAILABLE);
    });
}
