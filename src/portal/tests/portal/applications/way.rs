use axum::http::StatusCode;

use super::support::{Case, mails_to, on_site};

#[test]
fn a_company_goes_the_whole_way_from_sign_up_to_its_service() {
    on_site(async |site| {
        let mut case = Case::begin(site).await;
        assert!(case.seen().await.contains("利用検討・API利用申請（開示）"));
        let client = case.client().await;
        assert!(!case.seen().await.contains(&client), "nothing is disclosed yet");

        case.files("disclosure").await;
        case.hands_in().await;
        case.operator_finds_all_met().await;
        case.operator_approves().await;
        assert!(case.seen().await.contains("開示された資料"));
        let told = mails_to(&case.site.mails, "taro@example.jp");
        assert!(told[0].contains("企画書の作成") && told[0].contains(&case.page()), "{told:?}");

        case.files("plan").await;
        case.hands_in().await;
        case.operator_approves().await;
        for form in ["form3", "sheet1-test", "sheet2"] {
            case.files(form).await;
        }
        case.hands_in().await;
        case.operator_approves().await;
        assert_eq!(case.site.in_test(&client).await, StatusCode::BAD_REQUEST);
        case.operator_sets(&["openid", "registration"]).await;
        assert_eq!(case.site.in_test(&client).await, StatusCode::SEE_OTHER);
        assert_eq!(case.site.in_production(&client).await, StatusCode::BAD_REQUEST);

        assert!(case.seen().await.contains("疎通確認"));
        case.is_tested().await;
        for form in ["form6", "sheet1-production", "sheet4"] {
            case.files(form).await;
        }
        case.hands_in().await;
        case.operator_approves().await;
        case.operator_sets(&["openid", "registration"]).await;
        assert_eq!(case.site.in_production(&client).await, StatusCode::SEE_OTHER);
        case.files("form10").await;
        case.hands_in().await;
        assert!(case.seen().await.contains("サービス提供前確認"));
        case.operator_approves().await;
        assert!(case.seen().await.contains("サービス提供中"));
    });
}

#[test]
fn what_is_returned_is_filed_again_and_every_version_is_kept() {
    on_site(async |site| {
        let mut case = Case::begin(site).await;
        case.files("disclosure").await;
        case.hands_in().await;
        assert_eq!(case.operator_does("return").await.status(), StatusCode::SEE_OTHER);
        let form = format!("{}/forms/disclosure", case.page());
        assert!(
            case.company.get(&form).await.text().contains("登記事項証明書"),
            "what was filed is there to be revised"
        );
        assert_eq!(
            case.files_with("disclosure", &[("purpose", "お知らせの取得")]).await.status(),
            StatusCode::SEE_OTHER
        );
        case.hands_in().await;
        assert!(case.company.get(&format!("{form}/1")).await.text().contains("利用者登録"));
        assert!(case.company.get(&format!("{form}/2")).await.text().contains("お知らせの取得"));
        assert_eq!(case.company.get(&format!("{form}/3")).await.status(), StatusCode::NOT_FOUND);

        let text = case.company.get(&format!("{form}/2/text")).await;
        assert!(text.text().contains("[利用の目的と内容]\nお知らせの取得"));
        assert!(text.header("content-disposition").unwrap().contains("disclosure-v2.txt"));
        let json = case.company.get(&format!("{form}/2/json")).await.json();
        assert_eq!((&json["content"]["purpose"], &json["version"]), (&"お知らせの取得".into(), &2.into()));
    });
}

#[test]
fn a_wrong_form_loses_no_input() {
    on_site(async |site| {
        let mut case = Case::begin(site).await;
        let answer = case.files_with("disclosure", &[("contact_mail", "taro"), ("purpose", "<b>目的</b>")]).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let text = answer.text();
        assert!(text.contains(r##"<a href="#contact_mail">"##) && text.contains(r#"value="taro""#));
        assert!(text.contains("&#60;b&#62;目的") && !text.contains("<b>目的"), "{text}");
        assert!(text.contains("登記事項証明書") && text.contains(r#"value="notices" checked"#));
        assert!(case.seen().await.contains("まだありません"), "nothing was filed");
        let twice = case.files_with("disclosure", &[("purpose", "a"), ("purpose", "b")]).await;
        assert_eq!(twice.status(), StatusCode::BAD_REQUEST);
        let other = case.files_with("disclosure", &[("unknown", "a")]).await;
        assert_eq!(other.status(), StatusCode::BAD_REQUEST);
    });
}
