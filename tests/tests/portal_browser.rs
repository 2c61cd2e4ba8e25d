//! The whole registration in a real browser: the service's button, consent, a card in software behind a real pcscd and the
//! real agent, 「サービス連携」, and back, with the portal as a program of its own: once on SQLite, once on PostgreSQL as two
//! replicas, one of which is killed in the middle.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do: at once")]

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use e2e::agent::Agent;
use e2e::browser::{Browser, Options};
use e2e::pcscd::Pcscd;
use e2e::portal::postgres::Postgres;
use e2e::portal::replicas::Portals;
use e2e::served::ServedCard;
use e2e::tools;
use jpki_demo::service::{self, SCOPES, ServiceConfig};
use jpki_oidc::jwt::SigningKey;
use jpki_protocol::{Origin, OriginPolicy};
use jpki_softcard::{CardOptions, Rig, SoftCard};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// The subject of the notice that waits for the person.
const NOTICE: &str = "住民税のお知らせ";
const CARD_BUTTON: &str = "document.querySelector('jpki-bridge-button').shadowRoot.querySelector('[part=button]')";

/// Card, agent, portals and service; the browser comes to them.
struct Bench {
    portals: Portals,
    service: String,
    agent: Agent,
    axe: String,
    _service: Runtime,
    _card: ServedCard,
    _pcscd: Pcscd,
    _postgres: Option<Postgres>,
}

impl Bench {
    fn new(replicas: usize, postgres: Option<Postgres>) -> Self {
        let pcscd = Pcscd::start().unwrap();
        let card = SoftCard::for_tests(&CardOptions::default()).unwrap();
        let roots = card.file().authorities_pem();
        let card = ServedCard::insert(Rig::new(card), &pcscd).unwrap();
        // Portal and service are on localhost, without TLS.
        let prompt = Path::new(env!("CARGO_BIN_EXE_auto-prompt"));
        let agent = Agent::start_with(&pcscd, prompt, |command| {
            command.arg("--developer");
        })
        .unwrap();
        let portals = Portals::start(replicas, postgres.as_ref().map(Postgres::url), &roots, agent.port()).unwrap();

        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let service = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let origin = Origin::parse(&service, OriginPolicy::Developer).unwrap();
        let key = SigningKey::generate().unwrap();
        let client_id = register(&portals, &origin, &key);
        send_notice(&portals);
        let config = ServiceConfig { origin, portal: portals.issuer(), client_id, key };
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime
            .spawn(async move { service::serve(tokio::net::TcpListener::from_std(listener).unwrap(), config).await });
        Self {
            portals,
            service,
            agent,
            axe: tools::axe().unwrap(),
            _service: runtime,
            _card: card,
            _pcscd: pcscd,
            _postgres: postgres,
        }
    }

    /// Walks from the service's button to the identity screen; the browser stands there.
    fn to_identity(&self) -> Browser {
        self.agent.prompt_will(&["accept 1234"]).unwrap();
        let mut browser = Browser::chromium(&Options { language: Some("ja"), ..Options::default() }).unwrap();
        browser.open(&self.service).unwrap();
        assert_eq!(text(&mut browser, "#register"), "マイナポータルの利用者登録");
        self.check(&mut browser, "1 service");
        self.press(&mut browser, "#register", &self.portals.issuer());
        assert_eq!(text(&mut browser, "form[action$='/consent'] button"), "上記に同意する");
        assert!(content(&mut browser).contains("さくら便利帳"));
        self.check(&mut browser, "2 consent");
        self.press(&mut browser, "form[action$='/consent'] button", &self.portals.issuer());
        assert!(text(&mut browser, "h1").contains("本人確認"));
        self.check(&mut browser, "3 identity");
        browser
    }

    /// Goes on from the identity screen until the service shows what it was told.
    fn to_the_end(&self, browser: &mut Browser) {
        browser.click(CARD_BUTTON).unwrap();
        browser.wait_for_load(&self.portals.issuer()).unwrap();
        assert_eq!(text(browser, "h1"), "マイナポータル 外部サービスとの連携", "{}", content(browser));
        assert_eq!(text(browser, "h2"), "サービス連携");
        assert_eq!(text(browser, "form[action$='/confirm'] button"), "次へ");
        assert_eq!(text(browser, "form[action$='/stop'] button"), "連携をやめる");
        self.check(browser, "4 link");
        self.press(browser, "form[action$='/confirm'] button", &self.service);
        assert_eq!(text(browser, "#registered"), "あり", "{}", content(browser));
        assert_eq!(text(browser, "#notices a"), NOTICE);
        assert!(!text(browser, "#subject").is_empty());
        self.check(browser, "5 service");
    }

    fn press(&self, browser: &mut Browser, selector: &str, to: &str) {
        browser.click(&format!("document.querySelector({selector:?})")).unwrap();
        browser.wait_for_load(to).unwrap();
    }

    fn open(&self, browser: &mut Browser, path: &str) {
        browser.open(&format!("{}{path}", self.portals.issuer())).unwrap();
    }

    /// Asserts that axe finds nothing on the page that is shown.
    fn check(&self, browser: &mut Browser, name: &str) {
        let axe = &self.axe;
        let found = browser
            .evaluate(&format!(
                "{axe};
                 const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
                 const {{ violations, passes }} = await axe.run(document, {{ runOnly: tags }});
                 const bad = violations.map(({{ id, nodes }}) => [id, nodes.map((node) => [node.html, node.failureSummary])]);
                 return [bad, passes.length];"
            ))
            .unwrap();
        assert_eq!(found[0], json!([]), "{name}");
        assert!(found[1].as_u64() > Some(10), "{name}: axe looked at nothing");
    }
}

/// Registers the service as the operator does.
fn register(portals: &Portals, origin: &Origin, key: &[u8]) -> String {
    let metadata = service::metadata(origin, key).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys.json");
    std::fs::write(&keys, serde_json::to_string(&metadata.jwks).unwrap()).unwrap();
    let logout = metadata.backchannel_logout_uri.unwrap();
    let arguments = [
        ["--name-ja", "さくら便利帳（例）"],
        ["--name-en", "Sakura Companion (example)"],
        ["--scope", SCOPES],
        ["--redirect-uri", &metadata.redirect_uris[0]],
        ["--post-logout-redirect-uri", &metadata.post_logout_redirect_uris[0]],
        ["--backchannel-logout-uri", &logout],
        ["--jwks", keys.to_str().unwrap()],
    ];
    let arguments: Vec<_> = ["client", "add"].into_iter().chain(arguments.into_iter().flatten()).collect();
    portals.run(&arguments).unwrap().trim().to_owned()
}

fn send_notice(portals: &Portals) {
    let folder = tempfile::tempdir().unwrap();
    let body = folder.path().join("body.txt");
    std::fs::write(&body, "納期限は6月30日です。").unwrap();
    let arguments = [
        ["--issuer-kind", "local"],
        ["--issuer", "さくら市"],
        ["--subject", NOTICE],
        ["--body", body.to_str().unwrap()],
    ];
    let arguments: Vec<_> =
        ["notice", "send", "--everybody"].into_iter().chain(arguments.into_iter().flatten()).collect();
    portals.run(&arguments).unwrap();
}

#[track_caller]
fn text(browser: &mut Browser, selector: &str) -> String {
    let found = browser.evaluate(&format!("return document.querySelector({selector:?})?.textContent.trim()")).unwrap();
    match found {
        Value::String(text) => text,
        _ => panic!("no {selector}: {}", content(browser)),
    }
}

fn content(browser: &mut Browser) -> String {
    browser.evaluate("return document.body.innerText").unwrap().as_str().unwrap_or_default().to_owned()
}

#[test]
fn five_screens_lead_from_the_service_to_the_service_and_my_page_shows_it() {
    let bench = Bench::new(1, None);
    let mut browser = bench.to_identity();
    bench.to_the_end(&mut browser);

    for (path, says) in [
        ("/my", "未読のお知らせがあります"),
        ("/my/notices", "未開封"),
        ("/my/links", "さくら便利帳"),
        ("/my/settings", "MyPost"),
        ("/my/sessions", "この端末"),
        ("/my/history", "サービスとつながりました"),
        ("/my/close", "登録を削除しますか"),
    ] {
        bench.open(&mut browser, path);
        let content = content(&mut browser);
        assert!(content.contains(says), "{path}: {content}");
        bench.check(&mut browser, path);
    }
    bench.open(&mut browser, "/my/notices");
    bench.press(&mut browser, "th a", &bench.portals.issuer());
    assert!(content(&mut browser).contains("納期限は6月30日です。"));
    bench.check(&mut browser, "/my/notices/ID");
    bench.open(&mut browser, "/my/links");
    bench.press(&mut browser, "a[href$='/withdraw']", &bench.portals.issuer());
    bench.check(&mut browser, "/my/links/ID/withdraw");

    // After the logout, Back shows nothing and the service was told.
    bench.open(&mut browser, "/my");
    bench.press(&mut browser, "form[action='/sign-out'] button", &bench.portals.issuer());
    assert_eq!(text(&mut browser, "h1"), "ログアウトしました");
    assert_eq!(text(&mut browser, "tbody th"), "さくら便利帳（例）");
    assert_eq!(text(&mut browser, "tbody td"), "ログアウトしました。");
    bench.check(&mut browser, "/sign-out/ID");
    browser.evaluate("history.back(); return true").unwrap();
    browser.wait_for_load(&bench.portals.issuer()).unwrap();
    assert!(!content(&mut browser).contains("受付番号"), "{}", content(&mut browser));
    browser.open(&bench.service).unwrap();
    assert_eq!(text(&mut browser, "#register"), "マイナポータルの利用者登録");
    let log = bench.portals.log();
    assert!(!log.contains(NOTICE) && !log.contains("さくら"), "the log tells of a person: {log}");
}

#[test]
fn a_replica_that_dies_in_the_middle_is_not_noticed() {
    let mut bench = Bench::new(2, Some(Postgres::start().unwrap()));
    let mut browser = bench.to_identity();
    let served = bench.portals.served();
    assert!(served.iter().all(|requests| *requests > 0), "a replica had nothing to do: {served:?}");
    bench.portals.kill(0).unwrap();
    bench.to_the_end(&mut browser);
}
