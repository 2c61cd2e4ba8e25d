//! The whole way from a page in a real browser to a verified token and back, and each way in which it can fail: real
//! Chromium and Firefox, the real agent behind a real pcscd, and the example site's own server, served as a public
//! `https` site so that the browser's loopback permission applies. Only the person is played by a program.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do: at once")]

use std::path::Path;

use e2e::agent::Agent;
use e2e::browser::{Browser, Options, Permission};
use e2e::pcscd::Pcscd;
use e2e::served::ServedCard;
use e2e::tls::TlsListener;
use jpki_demo::site::{self, SiteConfig};
use jpki_protocol::{Origin, OriginPolicy};
use jpki_softcard::{CardOptions, Rig, SoftCard};
use jpki_trust::{Environment, TrustStore};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// A name that means nothing outside the browsers of these tests.
const HOST: &str = "rp.example";
const LOOPBACK: &str = "loopback-network";
const BUTTON: &str = "document.querySelector('jpki-bridge-button').shadowRoot.querySelector('[part=button]')";
const CANCEL: &str = "document.querySelector('jpki-bridge-button').shadowRoot.querySelector('[part=cancel]')";
const STATUS: &str = "document.querySelector('jpki-bridge-button').shadowRoot.querySelector('[role=status]')";

/// Card, agent and site; the browser comes to it.
struct Bench {
    agent: Option<Agent>,
    agent_port: u16,
    site_port: u16,
    common_name: String,
    _card: ServedCard,
    _pcscd: Pcscd,
    _site: Runtime,
}

impl Bench {
    fn new() -> Self {
        let pcscd = Pcscd::start().unwrap();
        let card = SoftCard::for_tests(&CardOptions::default()).unwrap();
        let file = card.file().clone();
        let card = ServedCard::insert(Rig::new(card), &pcscd).unwrap();
        let agent = Agent::start(&pcscd, Path::new(env!("CARGO_BIN_EXE_auto-prompt"))).unwrap();

        let mut roots = TrustStore::new();
        roots.add_pem(&file.authorities_pem(), Environment::Test).unwrap();
        let site = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = site.block_on(TlsListener::bind(HOST)).unwrap();
        let site_port = listener.port().unwrap();
        let origin = Origin::parse(&format!("https://{HOST}:{site_port}"), OriginPolicy::Secure).unwrap();
        let config = SiteConfig { origin, roots, agent_port: Some(agent.port()) };
        site.spawn(site::serve(listener, config));

        Self {
            agent_port: agent.port(),
            agent: Some(agent),
            site_port,
            common_name: common_name(file.auth_certificate()),
            _card: card,
            _pcscd: pcscd,
            _site: site,
        }
    }

    fn origin(&self) -> String {
        format!("https://{HOST}:{}", self.site_port)
    }

    fn agent(&self) -> &Agent {
        self.agent.as_ref().unwrap()
    }

    fn options(&self) -> Options {
        Options { host: Some(HOST.into()), public_port: Some(self.site_port), ..Options::default() }
    }

    fn chromium(&self, permission: Permission) -> Browser {
        let mut browser = Browser::chromium(&self.options()).unwrap();
        browser.set_permission(&self.origin(), LOOPBACK, permission).unwrap();
        browser.open(&self.origin()).unwrap();
        browser
    }

    /// None if this Firefox, one from before 153, has no such permission: then nothing can be denied.
    fn firefox(&self, permission: Permission) -> Option<Browser> {
        let mut browser = Browser::firefox(&self.options()).unwrap();
        match browser.set_permission(&self.origin(), LOOPBACK, permission) {
            Err(error) if error.to_string().contains("enumeration PermissionName") => {
                if permission == Permission::Denied {
                    return None;
                }
            }
            set => set.unwrap(),
        }
        browser.open(&self.origin()).unwrap();
        Some(browser)
    }

    /// Presses the button and follows the page to the one that greets the card's holder.
    #[track_caller]
    fn signs_in(&self, browser: &mut Browser) -> Vec<String> {
        browser.click(BUTTON).unwrap();
        let mut way = browser.wait_for_load(&self.origin()).unwrap();
        if way.iter().any(|address| address.starts_with(&self.agents_page())) {
            // The page came back with the answer; it loads once more when the server has taken it.
            way.extend(browser.wait_for_load(&self.origin()).unwrap());
        }
        let name = browser.evaluate("return document.querySelector('#common-name')?.textContent").unwrap();
        assert_eq!(name, json!(self.common_name));
        assert_eq!(browser.evaluate("return location.href").unwrap(), json!(format!("{}/", self.origin())));
        way
    }

    fn agents_page(&self) -> String {
        format!("http://127.0.0.1:{}/v1/authenticate?", self.agent_port)
    }
}

/// The subject's common name of an authentication certificate, the text before the validity's end: these certificates
/// have one of 23 characters that ends in the municipality and a fixed suffix.
fn common_name(der: &[u8]) -> String {
    let end = der.windows(4).rposition(|four| four == b"003A").unwrap() + 4;
    String::from_utf8(der[end - 23..end].to_vec()).unwrap()
}

/// Presses the button and gives code, remedy and what the page shows, once that has failed.
fn fails(browser: &mut Browser) -> (String, String) {
    expect_event(browser, "jpki-error");
    browser.click(BUTTON).unwrap();
    outcome(browser)
}

/// Lets the page note the next event of the button.
fn expect_event(browser: &mut Browser, event: &str) {
    let script = format!(
        "window.outcome = new Promise((resolve) => addEventListener('{event}', resolve, {{ once: true }}))
             .then(({{ detail }}) => [detail.error.code, detail.error.remedy, {STATUS}.textContent]);
         return true;"
    );
    browser.evaluate(&script).unwrap();
}

fn outcome(browser: &mut Browser) -> (String, String) {
    let outcome = browser.evaluate("return await window.outcome").unwrap();
    let [code, remedy, shown] = [0, 1, 2].map(|i| outcome[i].as_str().unwrap().to_owned());
    assert_eq!(remedy, shown, "the person is shown something else than the remedy");
    (code, remedy)
}

/// The code with which the module's own function fails, without the element and its fall-over.
fn code_of_authenticate(browser: &mut Browser, port: u16) -> Value {
    let script = format!(
        "const {{ authenticate }} = await import('/jpki-bridge.js');
         const challenge = btoa('x'.repeat(32));
         return authenticate({{ challenge, redirect: 'never', ports: [{port}] }}).then(() => null, (error) => error.code);"
    );
    browser.evaluate(&script).unwrap()
}

/// Waits in the page until the button's live region says something that holds `text`.
fn wait_for_status(browser: &mut Browser, text: &str) {
    let script = format!(
        "const status = {STATUS};
         const there = () => status.textContent.includes('{text}');
         if (!there()) await new Promise((resolve) => new MutationObserver(() => there() && resolve())
             .observe(status, {{ childList: true, characterData: true, subtree: true }}));
         return true;"
    );
    browser.evaluate(&script).unwrap();
}

#[test]
fn chromium_signs_in_over_the_websocket_where_loopback_is_allowed() {
    let bench = Bench::new();
    bench.agent().prompt_will(&["accept 1234"]).unwrap();
    let mut browser = bench.chromium(Permission::Granted);
    let way = bench.signs_in(&mut browser);
    assert_eq!(way, [format!("{}/", bench.origin())], "it went elsewhere on the way");

    let told = bench.agent().told_prompt().unwrap();
    let open: Value = serde_json::from_str(told.lines().next().unwrap()).unwrap();
    assert_eq!(open["origin"], json!(bench.origin()));
    assert_eq!(open["purpose"], json!("会員ログイン"));
}

#[test]
fn chromium_goes_by_the_redirect_where_loopback_is_denied() {
    let bench = Bench::new();
    bench.agent().prompt_will(&["accept 1234"]).unwrap();
    let mut browser = bench.chromium(Permission::Denied);
    assert_eq!(code_of_authenticate(&mut browser, bench.agent_port), json!("permission_denied"));

    let way = bench.signs_in(&mut browser);
    assert!(way[0].starts_with(&bench.agents_page()), "{way:?}");
    assert!(way[1].starts_with(&format!("{}/#jpki=", bench.origin())), "{way:?}");
}

#[test]
fn chromium_says_so_when_the_agent_is_not_running() {
    let mut bench = Bench::new();
    let mut browser = bench.chromium(Permission::Granted);
    bench.agent = None;
    let (code, remedy) = fails(&mut browser);
    assert_eq!(code, "not_running");
    assert!(remedy.contains("起動"), "{remedy}");
}

#[test]
fn firefox_signs_in_and_says_so_when_the_agent_is_not_running() {
    let mut bench = Bench::new();
    bench.agent().prompt_will(&["accept 1234"]).unwrap();
    let mut browser = bench.firefox(Permission::Granted).unwrap();
    let way = bench.signs_in(&mut browser);
    assert_eq!(way, [format!("{}/", bench.origin())], "it went elsewhere on the way");

    bench.agent = None;
    browser.click("document.querySelector('form button')").unwrap();
    browser.wait_for_load(&bench.origin()).unwrap();
    assert_eq!(fails(&mut browser).0, "not_running");
}

#[test]
fn both_browsers_hand_over_attributes_and_sign_a_document() {
    let bench = Bench::new();
    let attributes = ["accept 1234", "accept 1234"];
    for mut browser in [bench.chromium(Permission::Granted), bench.firefox(Permission::Granted).unwrap()] {
        for (page, turns, proof) in
            [("/attributes", &attributes[..], "#name"), ("/document", &["accept abc123"], "a[href='/signature.p7s']")]
        {
            bench.agent().prompt_will(turns).unwrap();
            let address = format!("{}{page}", bench.origin());
            browser.open(&address).unwrap();
            browser.click(BUTTON).unwrap();
            browser.wait_for_load(&address).unwrap();
            let text = browser.evaluate(&format!("return document.querySelector(\"{proof}\")?.textContent")).unwrap();
            assert!(text.as_str().is_some_and(|text| !text.is_empty()), "{page} shows no {proof}");
        }
    }
    let told = bench.agent().told_prompt().unwrap();
    let open: Value = serde_json::from_str(told.lines().next().unwrap()).unwrap();
    assert_eq!((&open["operation"], &open["origin"]), (&json!("sign"), &json!(bench.origin())));
}

#[test]
fn attributes_and_signatures_know_no_redirect_and_say_how_to_allow_the_connection() {
    let bench = Bench::new();
    let mut browser = bench.chromium(Permission::Denied);
    for page in ["/attributes", "/document"] {
        browser.open(&format!("{}{page}", bench.origin())).unwrap();
        assert_eq!(fails(&mut browser).0, "permission_denied", "{page}");
    }
}

#[test]
fn firefox_goes_by_the_redirect_where_loopback_is_denied() {
    let bench = Bench::new();
    bench.agent().prompt_will(&["accept 1234"]).unwrap();
    let Some(mut browser) = bench.firefox(Permission::Denied) else { return };
    assert_eq!(code_of_authenticate(&mut browser, bench.agent_port), json!("permission_denied"));

    let way = bench.signs_in(&mut browser);
    assert!(way[0].starts_with(&bench.agents_page()), "{way:?}");
}

#[test]
fn a_page_that_wants_the_redirect_gets_it_without_a_permission() {
    let bench = Bench::new();
    bench.agent().prompt_will(&["accept 1234"]).unwrap();
    let mut browser = bench.chromium(Permission::Prompt);
    browser.evaluate("document.querySelector('jpki-bridge-button').setAttribute('redirect', 'only')").unwrap();
    let way = bench.signs_in(&mut browser);
    assert!(way[0].starts_with(&bench.agents_page()), "{way:?}");
}

#[test]
fn a_page_whose_own_policy_forbids_the_connection_is_told_that() {
    let bench = Bench::new();
    for mut browser in [bench.chromium(Permission::Granted), bench.firefox(Permission::Granted).unwrap()] {
        let policy = "const policy = document.createElement('meta');
            policy.httpEquiv = 'Content-Security-Policy';
            policy.content = \"connect-src 'self'\";
            document.head.append(policy);";
        browser.evaluate(policy).unwrap();
        assert_eq!(code_of_authenticate(&mut browser, bench.agent_port), json!("blocked"));
    }
}

#[test]
fn a_wrong_pin_is_asked_again_and_the_page_learns_only_the_end() {
    let bench = Bench::new();
    bench.agent().prompt_will(&["accept 9999", "accept 1234"]).unwrap();
    let mut browser = bench.chromium(Permission::Granted);
    bench.signs_in(&mut browser);
    assert!(bench.agent().told_prompt().unwrap().contains(r#"{"type":"pinRejected","attemptsLeft":2}"#));
}

#[test]
fn the_page_says_what_to_do_after_each_end_the_person_chose() {
    let bench = Bench::new();
    let mut browser = bench.chromium(Permission::Granted);
    bench.agent().prompt_will(&["die"]).unwrap();
    assert_eq!(fails(&mut browser).0, "user_cancelled");
    // A site that was just declined has to wait.
    assert_eq!(fails(&mut browser).0, "busy");
}

#[test]
fn a_blocked_site_is_refused_from_then_on() {
    let bench = Bench::new();
    let mut browser = bench.chromium(Permission::Granted);
    bench.agent().prompt_will(&["block"]).unwrap();
    assert_eq!(fails(&mut browser).0, "site_blocked");
    browser.open(&bench.origin()).unwrap();
    assert_eq!(fails(&mut browser).0, "origin_refused");
}

#[test]
fn the_pages_cancel_button_closes_the_agents_window() {
    let bench = Bench::new();
    bench.agent().prompt_will(&["silence"]).unwrap();
    let mut browser = bench.chromium(Permission::Granted);
    expect_event(&mut browser, "jpki-error");
    browser.click(BUTTON).unwrap();
    wait_for_status(&mut browser, "暗証番号を入力");
    browser.click(CANCEL).unwrap();
    assert_eq!(outcome(&mut browser).0, "aborted");
}

#[test]
fn an_agent_that_ends_in_the_middle_is_a_lost_connection() {
    let mut bench = Bench::new();
    bench.agent().prompt_will(&["silence"]).unwrap();
    let mut browser = bench.chromium(Permission::Granted);
    expect_event(&mut browser, "jpki-error");
    browser.click(BUTTON).unwrap();
    wait_for_status(&mut browser, "暗証番号を入力");
    bench.agent = None;
    assert_eq!(outcome(&mut browser).0, "connection_lost");
}
