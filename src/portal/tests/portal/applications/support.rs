//! A company's staff, an operator, and their mails.

use std::path::{Path, PathBuf};

use axum::http::StatusCode;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jpki_portal::{Calendar, Config, Environment, Portal, Secrets, add_operator, router};
use tempfile::TempDir;

use crate::support::{Answer, Browser, TestPortal, address, on_both_with};

pub(super) const PASSWORD: &str = "correct horse battery";
pub(super) const KEYS: &str = "https://service.example/keys";
const OPERATOR: &str = "yamada";

/// A portal with a folder for mails.
pub(super) struct Site {
    pub(super) portal: TestPortal,
    pub(super) mails: PathBuf,
}

/// Runs a test on both databases.
pub(super) fn on_site(test: impl AsyncFn(Site)) {
    let folder = TempDir::new().unwrap();
    let mails = folder.path().to_owned();
    on_both_with(
        |config| config.with_mail_folder(Some(mails.clone())),
        async |portal| {
            for mail in std::fs::read_dir(&mails).unwrap() {
                std::fs::remove_file(mail.unwrap().path()).unwrap();
            }
            test(Site { portal, mails: mails.clone() }).await;
        },
    );
}

/// The texts of the mails to an address; they are gone afterwards.
pub(super) fn mails_to(folder: &Path, address: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let mail = std::fs::read_to_string(&path).unwrap();
        if mail.contains(&format!("To: <{address}>\r\n")) {
            let (_, body) = mail.split_once("\r\n\r\n").unwrap();
            let text = BASE64_STANDARD.decode(body.replace("\r\n", "")).unwrap();
            texts.push(String::from_utf8(text).unwrap());
            std::fs::remove_file(path).unwrap();
        }
    }
    texts
}

/// The address of a page of this portal in a mail.
pub(super) fn link(mail: &str) -> String {
    let at = mail.find(TestPortal::ISSUER).unwrap();
    mail[at + TestPortal::ISSUER.len()..].split_whitespace().next().unwrap().to_owned()
}

impl Site {
    /// Signs somebody up, and follows the mail.
    pub(super) async fn company(&self, mail: &str, organisation: &str) -> Browser {
        let mut browser = Browser::new(&self.portal);
        let fields = [
            ("mail", mail),
            ("password", PASSWORD),
            ("name", "田中 太郎"),
            ("organisation", organisation),
            ("kind", "private"),
        ];
        let answer = browser.submit("/apply/sign-up", "/apply/sign-up", &fields).await;
        assert_eq!(answer.status(), StatusCode::OK, "{}", answer.text());
        let mails = mails_to(&self.mails, mail);
        let link = link(&mails[0]);
        let answer = browser.submit(&link, &link, &[("password", PASSWORD)]).await;
        assert_eq!(answer.location(), Some("/apply"), "{}", answer.text());
        browser
    }

    /// Signs an operator in.
    pub(super) async fn operator(&self) -> Browser {
        add_operator(&self.portal.app, OPERATOR, PASSWORD).await.unwrap();
        let mut browser = Browser::new(&self.portal);
        let fields = [("name", OPERATOR), ("password", PASSWORD)];
        let answer = browser.submit("/operator/sign-in", "/operator/sign-in", &fields).await;
        assert_eq!(answer.location(), Some("/operator"), "{}", answer.text());
        browser
    }

    /// How the production portal on the same database answers a client's request to sign somebody in.
    pub(super) async fn in_production(&self, client: &str) -> StatusCode {
        let app = &self.portal.app;
        let config = Config::new(TestPortal::ISSUER, Environment::Production)
            .unwrap()
            .with_calendar(Calendar::from_json(include_str!("../../../assets/hours/always-open.json")).unwrap())
            .with_limits(TestPortal::NO_LIMITS);
        let verifier =
            jpki_trust::Verifier::new(config.origin().clone(), jpki_trust::TrustStore::new(), jpki_trust::NotChecked);
        let clock = std::sync::Arc::new(self.portal.clock.clone());
        let production = Portal::new(config, app.store().clone(), Secrets::new(&TestPortal::SECRET), clock, verifier);
        asked(&mut Browser::at(router(production)), client).await
    }

    /// The same in the environment for tests.
    pub(super) async fn in_test(&self, client: &str) -> StatusCode {
        asked(&mut Browser::new(&self.portal), client).await
    }
}

/// A service sends somebody to sign in: accepted (on to a page), or refused.
async fn asked(browser: &mut Browser, client: &str) -> StatusCode {
    let parameters = [
        ("client_id", client),
        ("redirect_uri", "https://service.example/back"),
        ("response_type", "code"),
        ("scope", "openid"),
        ("state", "state"),
        ("nonce", "nonce"),
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        ("code_challenge_method", "S256"),
    ];
    browser.get(&address(&parameters.map(|(name, value)| (name, value.to_owned())))).await.status()
}

/// What a company fills in.
pub(super) fn filled(form: &str) -> Vec<(&'static str, String)> {
    let fields: &[(&str, &str)] = match form {
        "disclosure" => &[
            ("applicant", "株式会社テスト"),
            ("contact_name", "田中 太郎"),
            ("contact_mail", "taro@example.jp"),
            ("contact_phone", "03-1234-5678"),
            ("purpose", "利用者登録"),
            ("apis", "registration"),
            ("apis", "notices"),
            ("entity_evidence", "登記事項証明書"),
            ("security_evidence", "ISMS認証"),
            ("terms", "yes"),
        ],
        "plan" => &[
            ("service", "家計簿"),
            ("overview", "概要"),
            ("scenario", "流れ"),
            ("data", "なし"),
            ("check_tls", "yes"),
            ("check_keys", "yes"),
            ("check_log", "yes"),
            ("check_incident", "yes"),
        ],
        "sheet1-test" | "sheet1-production" => &[
            ("service_name", "家計簿"),
            ("service_name_en", "Household book"),
            ("service_url", "https://service.example/"),
            ("scopes", "openid"),
            ("scopes", "registration"),
            ("scopes", "notices.read"),
            ("support_mail", "help@example.jp"),
        ],
        "sheet2" | "sheet4" => &[("redirect_uris", "https://service.example/back"), ("jwks_uri", KEYS)],
        "form3" => {
            &[("applied_on", "2026-11-22"), ("responsible", "田中"), ("from", "2026-12-01"), ("until", "2027-03-31")]
        }
        "form4" => &[("tested_on", "2026-12-20"), ("tester", "田中"), ("cases", "全項目"), ("passed", "yes")],
        "form6" => &[
            ("applied_on", "2026-12-21"),
            ("responsible", "田中"),
            ("check_on", "2027-01-10"),
            ("start", "2027-02-01"),
        ],
        "form7" => &[
            ("applied_on", "2027-03-01"),
            ("responsible", "田中"),
            ("summary", "戻り先の変更"),
            ("planned_on", "2027-04-01"),
        ],
        "form8" => &[("responsible", "田中"), ("reason", "改修")],
        "form9" => &[("responsible", "田中"), ("reason", "終了"), ("data", "消去"), ("final", "yes")],
        "form10" => &[("checked_on", "2027-01-20"), ("checker", "田中"), ("cases", "全項目"), ("passed", "yes")],
        other => panic!("no form {other}"),
    };
    fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

/// An application as its company and the operator see it.
pub(super) struct Case {
    pub(super) site: Site,
    pub(super) company: Browser,
    pub(super) operator: Browser,
    pub(super) id: String,
}

impl Case {
    /// A company begins an application.
    pub(super) async fn begin(site: Site) -> Self {
        let mut company = site.company("taro@example.jp", "株式会社テスト").await;
        let operator = site.operator().await;
        let answer = company.submit("/apply", "/apply/applications", &[("title", "家計簿")]).await;
        let id = answer.location().unwrap().rsplit('/').next().unwrap().to_owned();
        Self { site, company, operator, id }
    }

    pub(super) fn page(&self) -> String {
        format!("/apply/applications/{}", self.id)
    }

    fn console(&self) -> String {
        format!("/operator/applications/{}", self.id)
    }

    /// What the company sees.
    pub(super) async fn seen(&mut self) -> String {
        let page = self.page();
        self.company.get(&page).await.text().to_owned()
    }

    /// The client's name in the protocol.
    pub(super) async fn client(&mut self) -> String {
        let console = self.console();
        let text = self.operator.get(&console).await.text().to_owned();
        text.split("<code>").nth(1).unwrap().split('<').next().unwrap().to_owned()
    }

    /// The company files a form with some fields filled in otherwise.
    pub(super) async fn files_with(&mut self, form: &str, other: &[(&'static str, &str)]) -> Answer {
        let mut fields = filled(form);
        fields.retain(|(name, _)| !other.iter().any(|(changed, _)| changed == name));
        fields.extend(other.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let path = format!("{}/forms/{form}", self.page());
        self.company.submit(&path, &path, &fields).await
    }

    pub(super) async fn files(&mut self, form: &str) {
        let answer = self.files_with(form, &[]).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{form}: {}", answer.text());
    }

    pub(super) async fn company_does(&mut self, deed: &str) -> Answer {
        let path = format!("{}/deeds", self.page());
        self.company.submit("/apply", &path, &[("deed", deed), ("sure", "yes")]).await
    }

    pub(super) async fn hands_in(&mut self) {
        let answer = self.company_does("submit").await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{}", answer.text());
    }

    pub(super) async fn operator_does(&mut self, deed: &str) -> Answer {
        let path = format!("{}/deeds", self.console());
        let fields = [("deed", deed), ("reason", "確認のため"), ("password", PASSWORD)];
        self.operator.submit("/operator", &path, &fields).await
    }

    pub(super) async fn operator_approves(&mut self) {
        let answer = self.operator_does("approve").await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{}", answer.text());
    }

    pub(super) async fn operator_finds(&mut self, requirement: &str, met: &str) -> Answer {
        let path = format!("{}/checks", self.console());
        let fields = [("requirement", requirement), ("met", met), ("evidence", "登記事項証明書を確認")];
        self.operator.submit("/operator", &path, &fields).await
    }

    pub(super) async fn operator_finds_all_met(&mut self) {
        for requirement in ["article-4-1-2", "article-4-1-3", "article-4-1-4", "article-4-1-5"] {
            assert_eq!(self.operator_finds(requirement, "yes").await.status(), StatusCode::SEE_OTHER);
        }
    }

    pub(super) async fn operator_sets(&mut self, scopes: &[&str]) -> Answer {
        let path = format!("{}/access", self.console());
        let fields: Vec<_> = scopes.iter().map(|scope| ("scope", *scope)).collect();
        self.operator.submit("/operator", &path, &fields).await
    }

    /// From the tests to the end of a round.
    pub(super) async fn is_tested(&mut self) {
        self.hands_in().await;
        self.operator_approves().await;
        self.files("form4").await;
        self.hands_in().await;
        self.operator_approves().await;
    }

    /// The whole way to a service that people use.
    pub(super) async fn goes_live(&mut self) {
        self.files("disclosure").await;
        self.hands_in().await;
        self.operator_finds_all_met().await;
        self.operator_approves().await;
        self.files("plan").await;
        self.hands_in().await;
        self.operator_approves().await;
        for form in ["form3", "sheet1-test", "sheet2"] {
            self.files(form).await;
        }
        self.hands_in().await;
        self.operator_approves().await;
        assert_eq!(self.operator_sets(&["openid", "registration"]).await.status(), StatusCode::SEE_OTHER);
        self.is_tested().await;
        for form in ["form6", "sheet1-production", "sheet4"] {
            self.files(form).await;
        }
        self.hands_in().await;
        self.operator_approves().await;
        assert_eq!(self.operator_sets(&["openid", "registration"]).await.status(), StatusCode::SEE_OTHER);
        self.files("form10").await;
        self.hands_in().await;
        self.operator_approves().await;
    }
}
