use axum::http::StatusCode;
use sqlx::{AnyConnection, Connection as _};

use super::support::{Case, PASSWORD, mails_to, on_site};
use crate::support::{Browser, Operator};

#[test]
fn the_console_is_the_operators_alone() {
    on_site(async |site| {
        let mut company = site.company("taro@example.jp", "株式会社テスト").await;
        let mut nobody = Browser::new(&site.portal);
        let id = "AAAAAAAAAAAAAAAAAAAAAA";
        let paths = ["/operator", "/operator/audit", "/operator/audit/export", "/operator/hours"];
        for path in paths.into_iter().chain([format!("/operator/applications/{id}").as_str()]) {
            for browser in [&mut company, &mut nobody] {
                assert_eq!(browser.get(path).await.location(), Some("/operator/sign-in"), "{path}");
            }
        }
        let deeds = ["deeds", "checks", "access"].map(|deed| format!("/operator/applications/{id}/{deed}"));
        for path in &deeds {
            let answer = company.submit("/apply", path, &[("deed", "approve")]).await;
            assert_eq!(answer.location(), Some("/operator/sign-in"), "{path}");
        }
        let mut operator = site.operator().await;
        assert_eq!(operator.get("/apply/enquiries").await.location(), Some("/apply/sign-in"));
        assert_eq!(operator.get(&format!("/operator/applications/{id}")).await.status(), StatusCode::NOT_FOUND);
        site.portal.clock.pass(4 * 60 * 60);
        assert_eq!(operator.get("/operator").await.location(), Some("/operator/sign-in"));
    });
}

#[test]
fn the_consoles_cookie_is_never_sent_from_elsewhere() {
    on_site(async |site| {
        site.operator().await;
        let mut browser = Browser::new(&site.portal);
        let fields = [("name", "yamada"), ("password", PASSWORD)];
        let answer = browser.submit("/operator/sign-in", "/operator/sign-in", &fields).await;
        let cookie = answer.header("set-cookie").unwrap();
        assert!(cookie.starts_with("__Host-operator="), "{cookie}");
        for attribute in ["SameSite=Strict", "HttpOnly", "Secure", "Path=/"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        let wrong = browser.submit("/operator/sign-in", "/operator/sign-in", &[("name", "yamada"), ("password", "x")]);
        assert_eq!(wrong.await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    });
}

#[test]
fn what_hurts_asks_for_a_reason_and_the_password() {
    on_site(async |site| {
        let mut case = Case::begin(site).await;
        case.goes_live().await;
        let path = format!("/operator/applications/{}/deeds", case.id);
        for (reason, password) in [("", PASSWORD), ("漏えい", ""), ("漏えい", "wrong wrong wrong")] {
            let fields = [("deed", "suspend_now"), ("reason", reason), ("password", password)];
            let answer = case.operator.submit("/operator", &path, &fields).await;
            assert_eq!(answer.status(), StatusCode::CONFLICT, "{reason} {password}");
        }
        assert!(case.seen().await.contains("サービス提供中"));
        let unknown = case.operator.submit("/operator", &path, &[("deed", "destroy")]).await;
        assert_eq!(unknown.status(), StatusCode::BAD_REQUEST);
    });
}

#[test]
fn the_audit_trail_tells_everything_and_shows_a_changed_row() {
    on_site(async |site| {
        let mut case = Case::begin(site).await;
        case.files("disclosure").await;
        case.hands_in().await;
        case.operator_does("return").await;
        let trail = case.operator.get("/operator/audit").await;
        assert!(trail.text().contains("記録に欠けや改変はありません"));
        let export = format!("/operator/audit/export?application={}", case.id);
        let rows: Vec<serde_json::Value> =
            case.operator.get(&export).await.text().lines().map(|row| serde_json::from_str(row).unwrap()).collect();
        let deeds: Vec<_> = rows.iter().map(|row| row["deed"].as_str().unwrap()).collect();
        assert_eq!(deeds, ["return", "submit", "file", "open"]);
        assert_eq!((&rows[0]["actor"], &rows[0]["note"]), (&"yamada".into(), &"確認のため".into()));
        assert!(rows[0]["before"].as_str().unwrap().contains("disclosure_review"));
        assert!(rows[0]["after"].as_str().unwrap().contains("considering"));
        let filtered = case.operator.get("/operator/audit/export?deed=sign_up").await;
        assert_eq!(filtered.text().lines().count(), 1);
        assert_eq!(case.operator.get("/operator/audit?before=x").await.status(), StatusCode::BAD_REQUEST);

        let mut connection = AnyConnection::connect(&case.site.portal.database).await.unwrap();
        sqlx::query("UPDATE audit SET note = 'nothing' WHERE deed = 'return'").execute(&mut connection).await.unwrap();
        assert!(case.operator.get("/operator/audit").await.text().contains("記録が改変されたか、欠けています"));
    });
}

#[test]
fn enquiries_are_asked_and_answered_at_any_time() {
    on_site(async |site| {
        let mut company = site.company("taro@example.jp", "株式会社テスト").await;
        let mut other = site.company("jiro@example.jp", "別の会社").await;
        let mut operator = site.operator().await;
        let empty =
            company.submit("/apply/enquiries", "/apply/enquiries", &[("subject", "件"), ("content", " ")]).await;
        assert_eq!(empty.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let fields = [("subject", "試験の期間"), ("content", "いつまでですか")];
        let answer = company.submit("/apply/enquiries", "/apply/enquiries", &fields).await;
        let page = answer.location().unwrap().to_owned();
        assert_eq!(other.get(&page).await.status(), StatusCode::NOT_FOUND);
        assert!(operator.get("/operator").await.text().contains("未回答"));
        let console = page.replace("/apply/", "/operator/");
        operator.submit(&console, &console, &[("content", "三月までです")]).await;
        assert!(!operator.get("/operator").await.text().contains("未回答"));
        assert!(company.get(&page).await.text().contains("三月までです"));
        company.submit(&page, &page, &[("content", "承知しました")]).await;
        assert!(operator.get(&console).await.text().contains("承知しました"));
        assert!(operator.get("/operator").await.text().contains("未回答"));
    });
}

#[test]
fn maintenance_is_announced_and_withdrawn_with_a_reason() {
    on_site(async |site| {
        let mut operator = site.operator().await;
        site.portal.clock.set("2027-01-10T10:00:00+09:00");
        let mut operator_again = site.operator().await;
        let form = [
            ("kind", "announce"),
            ("start", "2027-01-20T22:00"),
            ("end", "2027-01-21T06:00"),
            ("reason_ja", "機器の交換"),
            ("reason_en", "New machines"),
        ];
        let mut wrong = form;
        wrong[3].1 = "";
        let answer = operator_again.submit("/operator/hours", "/operator/hours", &wrong).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().contains(r##"href="#reason_ja""##) && answer.text().contains("2027-01-20T22:00"));
        let made = operator_again.submit("/operator/hours", "/operator/hours", &form).await;
        assert_eq!(made.status(), StatusCode::SEE_OTHER);
        assert!(Browser::new(&site.portal).get("/hours").await.text().contains("機器の交換"));
        let id = operator_again.get("/operator/hours").await.field("id").unwrap();
        let no_reason = [("id", id.as_str()), ("because", "")];
        let refused = operator_again.submit("/operator/hours", "/operator/hours/cancel", &no_reason).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let reason = [("id", id.as_str()), ("because", "延期")];
        let done = operator_again.submit("/operator/hours", "/operator/hours/cancel", &reason).await;
        assert_eq!(done.status(), StatusCode::SEE_OTHER);
        assert!(!Browser::new(&site.portal).get("/hours").await.text().contains("機器の交換"));
        assert!(operator_again.get("/operator/audit").await.text().contains("withdraw_hours"));
        operator.submit("/operator/sign-in", "/operator/sign-out", &[]).await;
        assert_eq!(operator.get("/operator").await.location(), Some("/operator/sign-in"));
    });
}

#[test]
fn staff_are_told_of_each_decision() {
    on_site(async |site| {
        let mut case = Case::begin(site).await;
        case.files("disclosure").await;
        case.hands_in().await;
        assert!(mails_to(&case.site.mails, "taro@example.jp").is_empty(), "what they did themselves they know");
        case.operator_does("return").await;
        let mails = mails_to(&case.site.mails, "taro@example.jp");
        assert!(mails.len() == 1 && mails[0].contains(&case.page()), "{mails:?}");
    });
}

#[test]
fn accounts_of_the_console_are_made_at_the_command_line() {
    on_site(async |site| {
        let operator = Operator::of(&site.portal);
        operator.reads(&["operator", "add", "suzuki"], "too short\n").unwrap_err();
        operator.reads(&["operator", "add", "suzuki"], &format!("{PASSWORD}\n")).unwrap();
        assert_eq!(operator.reads(&["operator", "list"], "").unwrap(), "suzuki\n");
        let mut browser = Browser::new(&site.portal);
        let fields = [("name", "suzuki"), ("password", PASSWORD)];
        let answer = browser.submit("/operator/sign-in", "/operator/sign-in", &fields).await;
        assert_eq!(answer.location(), Some("/operator"));
        operator.reads(&["operator", "remove", "suzuki"], "").unwrap();
        assert_eq!(browser.get("/operator").await.location(), Some("/operator/sign-in"));
        operator.reads(&["operator", "remove", "suzuki"], "").unwrap_err();
    });
}
