//! What is left of somebody who closes their account.

use axum::http::StatusCode;

use crate::support::{Browser, TestCard, TestService, Way, claims, on_both};

const SCOPES: &str = "openid registration offline_access";

#[test]
fn who_closes_the_account_is_a_stranger_to_every_service_ever_after() {
    on_both(async |portal| {
        let service = TestService::register(&portal, "サービス", SCOPES).await;
        let (mut browser, card) = (Browser::new(&portal), TestCard::new());
        let join = async |browser: &mut Browser| {
            let way = Way::of(&browser.get(&service.address(SCOPES, &[])).await);
            way.agree(browser).await;
            assert_eq!(way.show(browser, &card).await.location(), Some(way.page("confirm").as_str()));
            let code = way.onward(browser).await.at_service("code").unwrap();
            service.redeem(&portal, &code).await.json()
        };
        let before = join(&mut browser).await;
        let mut elsewhere = Browser::new(&portal);
        let way = Way::to(&mut elsewhere, "/my").await;
        way.agree(&mut elsewhere).await;
        way.show(&mut elsewhere, &card).await;
        assert_eq!(elsewhere.get("/my").await.status(), StatusCode::OK);

        let closed = browser.submit("/my/close", "/my/close", &[("understood", "yes")]).await;
        assert_eq!(closed.status(), StatusCode::OK);
        for browser in [&mut browser, &mut elsewhere] {
            assert_eq!(browser.get("/my").await.status(), StatusCode::SEE_OTHER, "every session ended");
        }
        let refreshed = service.refresh(&portal, before["refresh_token"].as_str().unwrap()).await;
        assert_eq!(refreshed.json()["error"], "invalid_grant");
        let after = join(&mut browser).await;
        assert_ne!(claims(&after["id_token"])["sub"], claims(&before["id_token"])["sub"]);
    });
}
