use axum::http::StatusCode;
use jpki_portal::bring_due;

use super::support::{Case, on_site};

/// The company tells of a notice, gets its form, and files it for a day.
async fn announces(case: &mut Case, kind: &str, form: &str, day: &'static str) {
    assert_eq!(case.company_does(&format!("ask_{kind}")).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(case.operator_does("send_form").await.status(), StatusCode::SEE_OTHER);
    let answer = case.files_with(form, &[("planned_on", day)]).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{}", answer.text());
}

#[test]
fn a_service_is_suspended_resumed_and_terminated_on_the_announced_days() {
    on_site(async |site| {
        site.portal.clock.set("2027-02-01T10:00:00+09:00");
        let mut case = Case::begin(site).await;
        case.goes_live().await;
        let client = case.client().await;
        assert_eq!(case.company_does("ask_resume").await.status(), StatusCode::CONFLICT);

        announces(&mut case, "suspend", "form8", "2027-02-15").await;
        case.site.portal.clock.set("2027-02-14T23:59:59+09:00");
        bring_due(&case.site.portal.app).await.unwrap();
        assert_eq!(case.site.in_production(&client).await, StatusCode::SEE_OTHER);
        case.site.portal.clock.set("2027-02-15T00:00:00+09:00");
        bring_due(&case.site.portal.app).await.unwrap();
        assert_eq!(case.site.in_production(&client).await, StatusCode::FORBIDDEN);
        case.operator = case.site.operator().await;
        case.company = signed_in(&case).await;
        assert!(case.seen().await.contains("利用停止中"));
        announces(&mut case, "resume", "form8", "2027-03-01").await;
        case.site.portal.clock.set("2027-03-01T00:00:00+09:00");
        bring_due(&case.site.portal.app).await.unwrap();
        assert_eq!(case.site.in_production(&client).await, StatusCode::SEE_OTHER);

        case.operator = case.site.operator().await;
        case.company = signed_in(&case).await;
        announces(&mut case, "terminate", "form9", "2027-03-15").await;
        case.site.portal.clock.set("2027-03-20T09:00:00+09:00");
        bring_due(&case.site.portal.app).await.unwrap();
        assert_eq!(case.site.in_production(&client).await, StatusCode::FORBIDDEN);
        assert_eq!(case.site.in_test(&client).await, StatusCode::FORBIDDEN);
        case.company = signed_in(&case).await;
        assert!(case.seen().await.contains("利用終了"));
        for deed in ["ask_resume", "begin_change", "ask_terminate"] {
            assert_eq!(case.company_does(deed).await.status(), StatusCode::CONFLICT, "{deed}: the end is final");
        }
    });
}

async fn signed_in(case: &Case) -> crate::support::Browser {
    let mut browser = crate::support::Browser::new(&case.site.portal);
    let fields = [("mail", "taro@example.jp"), ("password", super::support::PASSWORD)];
    let answer = browser.submit("/apply/sign-in", "/apply/sign-in", &fields).await;
    assert_eq!(answer.location(), Some("/apply"));
    browser
}

#[test]
fn two_weeks_are_counted_in_japan_and_only_the_operator_shortens_them() {
    on_site(async |site| {
        // 2027-02-02 in Japan already.
        site.portal.clock.set("2027-02-01T15:00:00Z");
        let mut case = Case::begin(site).await;
        case.goes_live().await;
        assert_eq!(
            case.files_with("form8", &[("planned_on", "2027-12-01")]).await.status(),
            StatusCode::UNPROCESSABLE_ENTITY
        );
        assert_eq!(case.company_does("ask_suspend").await.status(), StatusCode::SEE_OTHER);
        assert_eq!(case.operator_does("send_form").await.status(), StatusCode::SEE_OTHER);
        let early = case.files_with("form8", &[("planned_on", "2027-02-15")]).await;
        assert_eq!(early.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(early.text().contains("2027-02-16以降") && early.text().contains("改修"), "{}", early.text());

        let path = format!("/operator/applications/{}/deeds", case.id);
        for fields in [
            [("deed", "allow_short_notice"), ("reason", ""), ("password", super::support::PASSWORD)],
            [("deed", "allow_short_notice"), ("reason", "障害のため"), ("password", "wrong wrong wrong")],
        ] {
            assert_eq!(case.operator.submit("/operator", &path, &fields).await.status(), StatusCode::CONFLICT);
        }
        assert_eq!(case.operator_does("allow_short_notice").await.status(), StatusCode::SEE_OTHER);
        let yesterday = case.files_with("form8", &[("planned_on", "2027-02-01")]).await;
        assert_eq!(yesterday.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let answer = case.files_with("form8", &[("planned_on", "2027-02-03")]).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{}", answer.text());
        assert!(case.seen().await.contains("2027-02-03"));
        assert_eq!(case.company_does("ask_terminate").await.status(), StatusCode::CONFLICT, "one notice at a time");
        assert_eq!(case.company_does("cancel_notice").await.status(), StatusCode::SEE_OTHER);
    });
}

#[test]
fn the_operator_suspends_at_once_and_only_the_operator_ends_it() {
    on_site(async |site| {
        let mut case = Case::begin(site).await;
        case.goes_live().await;
        let client = case.client().await;
        assert_eq!(case.operator_does("suspend_now").await.status(), StatusCode::SEE_OTHER);
        assert_eq!(case.site.in_production(&client).await, StatusCode::FORBIDDEN);
        assert_eq!(case.site.in_test(&client).await, StatusCode::FORBIDDEN);
        assert_eq!(case.company_does("ask_resume").await.status(), StatusCode::CONFLICT);
        assert_eq!(case.company_does("begin_change").await.status(), StatusCode::CONFLICT);
        assert_eq!(case.operator_does("lift_suspension").await.status(), StatusCode::SEE_OTHER);
        assert_eq!(case.site.in_production(&client).await, StatusCode::SEE_OTHER);
        assert_eq!(case.site.in_test(&client).await, StatusCode::SEE_OTHER);
    });
}

const MOVED: &[(&str, &str)] = &[("redirect_uris", "https://service.example/new")];

#[test]
fn a_change_shows_its_differences_and_is_live_only_when_it_is_through() {
    on_site(async |site| {
        let mut case = Case::begin(site).await;
        case.goes_live().await;
        let client = case.client().await;
        assert_eq!(case.company_does("begin_change").await.status(), StatusCode::SEE_OTHER);
        assert_eq!(case.company_does("submit").await.status(), StatusCode::CONFLICT);
        case.files("form7").await;
        assert_eq!(case.company_does("submit").await.status(), StatusCode::CONFLICT, "nothing was revised");
        for sheet in ["sheet2", "sheet4"] {
            assert_eq!(case.files_with(sheet, MOVED).await.status(), StatusCode::SEE_OTHER);
        }
        let page = format!("{}/forms/sheet4/2", case.page());
        let shown = case.company.get(&page).await;
        let expected = "<del>https://service.example/back</del> <ins>https://service.example/new</ins>";
        assert!(shown.text().contains(expected), "{}", shown.text());
        assert_eq!(shown.text().matches("<ins>").count(), 1, "only what changed is marked");
        let console = format!("/operator/applications/{}/forms/sheet4/2", case.id);
        assert!(case.operator.get(&console).await.text().contains(expected));

        case.hands_in().await;
        case.operator_approves().await;
        case.operator_sets(&["openid"]).await;
        assert_eq!(case.site.in_test(&client).await, StatusCode::BAD_REQUEST, "tests use the new address");
        assert_eq!(case.site.in_production(&client).await, StatusCode::SEE_OTHER, "people use the old one");
        case.is_tested().await;
        case.operator_sets(&["openid"]).await;
        assert_eq!(case.site.in_production(&client).await, StatusCode::SEE_OTHER);
        case.files("form10").await;
        case.hands_in().await;
        assert_eq!(case.site.in_production(&client).await, StatusCode::SEE_OTHER);
        case.operator_approves().await;
        assert_eq!(case.site.in_production(&client).await, StatusCode::BAD_REQUEST, "the new address is live");
        assert!(case.seen().await.contains("サービス提供中"));
    });
}

#[test]
fn a_change_that_is_given_up_leaves_what_was_agreed() {
    on_site(async |site| {
        let mut case = Case::begin(site).await;
        case.goes_live().await;
        let client = case.client().await;
        case.company_does("begin_change").await;
        case.files("form7").await;
        case.files_with("sheet2", MOVED).await;
        case.hands_in().await;
        case.operator_approves().await;
        case.operator_sets(&["openid"]).await;
        assert_eq!(case.site.in_test(&client).await, StatusCode::BAD_REQUEST);
        assert_eq!(case.company_does("withdraw").await.status(), StatusCode::SEE_OTHER);
        assert_eq!(case.site.in_test(&client).await, StatusCode::SEE_OTHER);
        assert_eq!(case.site.in_production(&client).await, StatusCode::SEE_OTHER);
        assert!(case.seen().await.contains("取りやめ"));
    });
}
