use axum::http::StatusCode;

use super::support::{Case, on_site};

#[test]
fn no_gate_opens_out_of_order() {
    on_site(async |site| {
        let mut case = Case::begin(site).await;
        let deeds = ["submit", "begin_change", "ask_suspend", "ask_resume", "ask_terminate", "cancel_notice"];
        for deed in deeds {
            assert_eq!(case.company_does(deed).await.status(), StatusCode::CONFLICT, "{deed}");
        }
        for form in ["plan", "form3", "sheet2", "form4", "form6", "sheet4", "form7", "form10"] {
            let answer = case.files_with(form, &[]).await;
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{form}");
            assert!(answer.text().contains("いまの段階では、この様式は提出できません"), "{form}");
        }
        let deeds = ["approve", "return", "send_form", "allow_short_notice", "suspend_now", "lift_suspension"];
        for deed in deeds {
            assert_eq!(case.operator_does(deed).await.status(), StatusCode::CONFLICT, "{deed}");
        }
        assert_eq!(case.operator_sets(&["openid"]).await.status(), StatusCode::CONFLICT);
        assert_eq!(case.operator_finds("article-4-1-2", "yes").await.status(), StatusCode::CONFLICT);
    });
}

#[test]
fn consent_comes_after_every_requirement() {
    on_site(async |site| {
        let mut case = Case::begin(site).await;
        case.files("disclosure").await;
        case.hands_in().await;
        assert_eq!(case.files_with("disclosure", &[]).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let refused = case.operator_does("approve").await;
        assert_eq!(refused.status(), StatusCode::CONFLICT);
        assert!(refused.text().contains("確認が済んでいない要件があります"));
        case.operator_finds_all_met().await;
        assert_eq!(case.operator_finds("article-4-1-5", "no").await.status(), StatusCode::SEE_OTHER);
        assert_eq!(case.operator_does("approve").await.status(), StatusCode::CONFLICT);
        case.operator_finds("article-4-1-5", "yes").await;
        case.operator_approves().await;
        let console = format!("/operator/applications/{}", case.id);
        let page = case.operator.get(&console).await;
        assert!(page.text().contains("登記事項証明書を確認（yamada、"), "evidence, approver and date are kept");
    });
}

#[test]
fn access_rights_are_some_of_those_asked_for() {
    on_site(async |site| {
        let mut case = Case::begin(site).await;
        case.files("disclosure").await;
        case.hands_in().await;
        case.operator_finds_all_met().await;
        case.operator_approves().await;
        case.files("plan").await;
        case.hands_in().await;
        case.operator_approves().await;
        let wrong = case.files_with("sheet2", &[("jwks", r#"{"keys":[]}"#)]).await;
        assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
        for form in ["form3", "sheet1-test", "sheet2"] {
            case.files(form).await;
        }
        case.hands_in().await;
        case.operator_approves().await;
        for scopes in [&["openid", "user_status.mypost"][..], &["registration"], &[]] {
            assert_eq!(case.operator_sets(scopes).await.status(), StatusCode::CONFLICT, "{scopes:?}");
        }
        assert_eq!(case.operator_sets(&["openid"]).await.status(), StatusCode::SEE_OTHER);
    });
}

#[test]
fn another_organisations_applications_do_not_exist() {
    on_site(async |site| {
        let mut case = Case::begin(site).await;
        case.files("disclosure").await;
        let mut other = case.site.company("jiro@example.jp", "別の会社").await;
        let page = case.page();
        let paths = [
            page.clone(),
            format!("{page}/forms/disclosure"),
            format!("{page}/forms/disclosure/1"),
            format!("{page}/forms/disclosure/1/text"),
            format!("{page}/forms/disclosure/1/json"),
        ];
        for path in &paths {
            assert_eq!(case.company.get(path).await.status(), StatusCode::OK, "{path}");
            assert_eq!(other.get(path).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
        let deed = other.submit("/apply", &format!("{page}/deeds"), &[("deed", "submit")]).await;
        assert_eq!(deed.status(), StatusCode::NOT_FOUND);
        let form = other.submit("/apply", &format!("{page}/forms/disclosure"), &[("purpose", "x")]).await;
        assert_eq!(form.status(), StatusCode::NOT_FOUND);
        assert!(!other.get("/apply").await.text().contains("家計簿"));
        for path in ["/apply/applications/short", "/apply/applications/AAAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(case.company.get(path).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
    });
}

#[test]
fn what_is_withdrawn_or_refused_is_over() {
    on_site(async |site| {
        let mut case = Case::begin(site).await;
        let path = format!("{}/deeds", case.page());
        let unsure = case.company.submit("/apply", &path, &[("deed", "withdraw")]).await;
        assert_eq!(unsure.status(), StatusCode::CONFLICT);
        assert_eq!(case.company_does("withdraw").await.status(), StatusCode::SEE_OTHER);
        assert!(case.seen().await.contains("取下げ"));
        assert_eq!(case.files_with("disclosure", &[]).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(case.operator_does("refuse").await.status(), StatusCode::CONFLICT);
    });
}
