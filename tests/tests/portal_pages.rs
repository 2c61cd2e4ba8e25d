//! Every page of the portal in a real browser, as people, companies' staff and the operator come to them: usable by everybody,
//! in both languages, in light and dark, on a narrow screen and by keyboard.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do: at once")]

use std::path::PathBuf;

use e2e::browser::{Browser, Options, View};
use e2e::look::{self, Look};
use e2e::portal::card::Card;
use e2e::portal::program::PortalProgram;
use serde_json::{Value, json};

const OPERATOR: &str = "hanako";
const PASSWORD: &str = "correct horse battery";
const MAIL: &str = "staff@company.example";

/// A calendar in which everything is stopped until the year's last minute.
const CLOSED: &str = r#"{
    "source": "A test",
    "systems": [{ "id": "portal", "ja": "マイナポータル", "en": "The portal", "closures": [{
        "id": "always", "ja": "年間の計画停止", "en": "Planned stop of the year",
        "every": "year", "from_day": "01-01", "from": "00:00", "until_day": "12-31", "until": "23:59"
    }] }],
    "services": { "registration": ["portal"], "private_delivery": ["portal"], "user_status": ["portal"], "notices": ["portal"] }
}"#;

/// Fills in what must be filled in, in the form around a button.
const FILL: &str = r#"
    const samples = { email: 'staff@company.example', tel: '03-1234-5678', url: 'https://service.example/',
        date: '2027-04-01', password: 'correct horse battery', number: '1' };
    for (const control of form.querySelectorAll('[aria-required=true], [type=password], textarea')) {
        if (control.type === 'checkbox') control.checked = true;
        else if (control.matches('select')) control.value = control.options[1].value;
        else control.value = samples[control.type] ?? 'マイナンバーカード連携サービス';
    }
    for (const group of form.querySelectorAll('fieldset')) group.querySelector('input').checked = true;
"#;

/// A browser that walks through a portal in one language and looks at every page.
struct Walk {
    portal: PortalProgram,
    card: Card,
    browser: Browser,
    look: Look,
    language: &'static str,
    findings: Vec<String>,
}

impl Walk {
    fn begin(language: &'static str, hours: Option<&str>) -> Self {
        let card = Card::new().unwrap();
        let portal = match hours {
            Some(hours) => PortalProgram::start_with(&card, hours),
            None => PortalProgram::start(&card),
        };
        let pictures = std::env::var_os("PORTAL_SHOTS").map(PathBuf::from);
        let mut walk = Self {
            portal: portal.unwrap(),
            card,
            browser: Browser::chromium(&Options::default()).unwrap(),
            look: Look::new(pictures).unwrap(),
            language,
            findings: Vec::new(),
        };
        walk.open("/faq");
        walk.press(&format!("button[name=lang][value={language}]"));
        walk.is_at("/faq");
        walk
    }

    fn open(&mut self, path: &str) {
        self.browser.open(&format!("{}{path}", self.portal.issuer())).unwrap();
    }

    /// Presses a button or a link that leads to another page.
    #[track_caller]
    fn press(&mut self, selector: &str) {
        self.press_after(selector, "");
    }

    /// The same with everything filled in.
    #[track_caller]
    fn fill_and_press(&mut self, selector: &str) {
        self.press_after(selector, &format!("const form = button.closest('form');{FILL}"));
    }

    #[track_caller]
    fn press_after(&mut self, selector: &str, before: &str) {
        let pressed = self.browser.evaluate(&format!(
            "const button = document.querySelector({selector:?});
             if (!button) return document.body.innerText;
             {before}
             setTimeout(() => button.click());
             return true;"
        ));
        let pressed = pressed.unwrap();
        assert_eq!(pressed, json!(true), "no {selector}");
        self.browser.wait_for_load(self.portal.issuer()).unwrap();
    }

    fn ask(&mut self, script: &str) -> Value {
        self.browser.evaluate(script).unwrap()
    }

    #[track_caller]
    fn is_at(&mut self, path: &str) {
        let shown = self.ask("return [location.pathname + location.search, document.body.innerText]");
        assert!(shown[0].as_str().unwrap().starts_with(path), "{path}: {shown}\n{}", self.portal.log());
    }

    /// Looks at the page that is shown.
    fn look(&mut self, name: &str) {
        let findings = self.look.findings(&mut self.browser, self.language, name).unwrap();
        self.findings.extend(findings.into_iter().map(|finding| format!("{name}: {finding}")));
    }

    /// Looks at the page of a path.
    #[track_caller]
    fn visit(&mut self, path: &str) {
        self.open(path);
        self.is_at(path);
        let name = path.trim_matches('/').replace(['/', '?', '='], "-");
        self.look(if name.is_empty() { "home" } else { &name });
    }

    /// Goes through the page by the Tab key.
    fn tab(&mut self, name: &str) {
        let findings = look::by_keyboard(&mut self.browser).unwrap();
        self.findings.extend(findings.into_iter().map(|finding| format!("{name} by keyboard: {finding}")));
    }

    /// The path of a link or a form that begins so.
    #[track_caller]
    fn path(&mut self, beginning: &str) -> String {
        let found = self.ask(&format!(
            "return document.querySelector('main a[href^={beginning:?}], main form[action^={beginning:?}]')?.getAttribute('href')
                 ?? document.querySelector('main form[action^={beginning:?}]')?.getAttribute('action')"
        ));
        found.as_str().unwrap_or_else(|| panic!("nothing leads to {beginning}")).to_owned()
    }

    /// Shows the card, as the page's script and the agent do, with a token for this challenge or the page's own.
    fn show_card(&mut self, challenge: Option<&str>) {
        let own = self.ask(
            "const way = document.querySelector('jpki-bridge-button').getAttribute('challenge-url');
             return (await (await fetch(way, { method: 'POST' })).json()).challenge;",
        );
        let challenge = challenge.unwrap_or_else(|| own.as_str().unwrap());
        let token = self.card.token(self.portal.issuer(), challenge).unwrap();
        self.ask(&format!("document.querySelector('#proof').elements.token.value = {}; return true", json!(token)));
        self.ask("setTimeout(() => document.querySelector('#proof').submit()); return true");
        self.browser.wait_for_load(self.portal.issuer()).unwrap();
    }

    #[track_caller]
    fn end(self) {
        assert!(self.findings.is_empty(), "{} findings\n{}", self.findings.len(), self.findings.join("\n"));
    }

    fn public(&mut self) {
        for path in ["/", "/about", "/developers", "/faq", "/environment", "/hours", "/apply", "/nowhere"] {
            // What went wrong is said in both languages on one page, which begins in Japanese.
            let language = self.language;
            if path == "/nowhere" {
                self.language = "ja";
            }
            self.visit(path);
            self.language = language;
        }
        self.open("/");
        self.tab("home");
        self.skips_to_the_content();
        self.visit("/oauth/authorize?client_id=nobody");
        self.visit("/oauth/end-session?id_token_hint=nonsense");
        self.visit("/flow/0/consent");
    }

    /// The first link leads past what all pages begin with.
    fn skips_to_the_content(&mut self) {
        self.open("/faq");
        self.browser.press_tab().unwrap();
        let shown = self.ask(
            "const { left, top, width } = document.activeElement.getBoundingClientRect();
             const { className } = document.activeElement;
             document.activeElement.click();
             await new Promise(requestAnimationFrame);
             return [className, left >= 0 && top >= 0 && width > 0];",
        );
        assert_eq!(shown, json!(["skip", true]));
        self.browser.press_tab().unwrap();
        assert_eq!(self.ask("return document.activeElement.closest('main') !== null"), json!(true));
    }

    /// The language can be changed where a form went, too, and where nothing can be read again.
    #[track_caller]
    fn comes_back_from_the_other_language(&mut self, path: &str) {
        let (own, other) = if self.language == "ja" { ("ja", "en") } else { ("en", "ja") };
        for language in [other, own] {
            self.press(&format!("button[name=lang][value={language}]"));
            assert_eq!(self.ask("return [location.pathname, document.documentElement.lang]"), json!([path, language]));
        }
    }

    /// On paper there is the text that somebody agrees to, and nothing that can only be pressed.
    fn is_printed(&mut self) {
        self.browser.show_as(View { printed: true, dark: true, ..View::wide(800) }).unwrap();
        let shown = self.ask(
            "const shown = (selector) => [...document.querySelectorAll(selector)].some((one) => one.checkVisibility());
             return [shown('h1'), shown('.card li'), shown('button, nav, .skip, footer'),
                 getComputedStyle(document.body).backgroundColor];",
        );
        assert_eq!(shown, json!([true, true, false, "rgb(255, 255, 255)"]));
        self.browser.show_as(View::wide(1000)).unwrap();
    }

    /// A person registers at the portal, links a service, looks around and leaves.
    fn person(&mut self) {
        self.open("/sign-in");
        self.look("flow-consent-own");
        self.tab("flow-consent-own");
        self.is_printed();
        self.press("form[action$='/consent'] button");
        self.look("flow-identity");
        self.tab("flow-identity");
        self.ask("for (const part of document.querySelectorAll('[data-codes]')) part.hidden = false; return true");
        self.look("flow-identity-helps");
        self.show_card(Some("another"));
        self.look("flow-identity-trouble");
        self.show_card(None);
        self.look("flow-confirm-own");
        self.press("form[action$='/confirm'] button");
        self.is_at("/my");
        self.link_a_service();
        self.my_page();
        self.visit("/sign-out");
        self.press("form[action='/sign-out'] button");
        self.look("sign-out-done");
    }

    /// A service asks for a person who may have to be registered.
    fn ask_as_a_service(&mut self) {
        let back = format!("{}/about", self.portal.issuer());
        let arguments = ["--id", "service", "--name-ja", "れんけい市 手続きナビ", "--name-en", "Renkei City Navigator"];
        let scopes = "openid registration user_status.registration user_status.mypost notices.read";
        let more = ["--redirect-uri", &back, "--jwks-uri", &back, "--scope", scopes];
        self.portal.run(&[&["client", "add"][..], &arguments, &more].concat()).unwrap();
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("client_id", "service"),
                ("redirect_uri", &back),
                ("response_type", "code"),
                ("scope", scopes),
            ])
            .extend_pairs([("state", "a-state"), ("nonce", "a-nonce"), ("code_challenge_method", "S256")])
            .extend_pairs([("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")])
            .finish();
        self.open(&format!("/oauth/authorize?{query}"));
    }

    fn link_a_service(&mut self) {
        self.ask_as_a_service();
        self.look("flow-consent");
        self.press("form[action$='/consent'] button");
        self.look("flow-confirm");
        self.press("form[action$='/confirm'] button");
        self.is_at("/about?");
    }

    /// Everything that My page's menu leads to, and what hangs on that.
    fn my_page(&mut self) {
        self.open("/my");
        let menu = self.ask("return [...document.querySelectorAll('main nav a')].map((a) => a.getAttribute('href'))");
        let menu: Vec<_> = menu.as_array().unwrap().iter().map(|path| path.as_str().unwrap().to_owned()).collect();
        assert!(menu.len() > 4, "{menu:?}");
        for path in menu {
            self.visit(&path);
        }
        self.open("/my");
        self.tab("my");
        self.open("/my/links");
        let withdraw = self.path("/my/links/");
        self.open(&withdraw);
        self.look("my-links-withdraw");
        self.open("/my/settings");
        self.press("form[action='/my/settings'] button");
        self.look("my-settings-saved");
        self.visit("/my/close");
        self.press("form[action='/my/close'] button");
        self.look("my-close-unconfirmed");
    }

    /// A company's staff make an account, apply, file forms and ask.
    fn staff(&mut self) {
        self.visit("/apply/sign-up");
        self.tab("apply-sign-up");
        self.press("form[action='/apply/sign-up'] button");
        self.look("apply-sign-up-wrong");
        self.fill_and_press("form[action='/apply/sign-up'] button");
        self.look("apply-sign-up-sent");
        let mail = self.portal.mail().unwrap();
        let link = mail.lines().find(|line| line.contains("/apply/confirm/")).unwrap().trim().to_owned();
        self.browser.open(&link).unwrap();
        self.look("apply-confirm");
        self.fill_and_press("form[action^='/apply/confirm/'] button");
        self.is_at("/apply");
        self.look("apply-dashboard-empty");
        self.press("form[action='/apply/applications'] button");
        self.look("apply-dashboard-wrong");
        self.comes_back_from_the_other_language("/apply");
        self.fill_and_press("form[action='/apply/applications'] button");
        self.look("apply-application");
        self.tab("apply-application");
        let place = self.path("/apply/applications/").replace("/forms/disclosure", "").replace("/deeds", "");
        for form in [
            "disclosure",
            "plan",
            "sheet1-test",
            "sheet1-production",
            "sheet2",
            "sheet4",
            "form3",
            "form4",
            "form6",
            "form7",
            "form8",
            "form9",
            "form10",
        ] {
            self.open(&format!("{place}/forms/{form}"));
            self.look(&format!("apply-form-{form}"));
        }
        self.open(&format!("{place}/forms/disclosure"));
        self.press("form[action$='/forms/disclosure'] button");
        self.look("apply-form-disclosure-wrong");
        self.tab("apply-form-disclosure-wrong");
        self.fill_and_press("form[action$='/forms/disclosure'] button");
        self.is_at(&place);
        self.look("apply-application-filed");
        self.press("button[value=submit]");
        self.open(&format!("{place}/forms/disclosure/1"));
        self.look("apply-filing");
        self.visit("/apply/enquiries");
        self.press("form[action='/apply/enquiries'] button");
        self.look("apply-enquiries-wrong");
        self.fill_and_press("form[action='/apply/enquiries'] button");
        self.look("apply-enquiry");
        self.visit("/apply");
    }

    fn staff_leaves(&mut self) {
        self.open("/apply");
        let place = self.path("/apply/applications/");
        self.open(&place);
        self.look("apply-application-disclosed");
        self.open("/apply");
        self.press("form[action='/apply/sign-out'] button");
        self.visit("/apply/sign-in");
        self.fill_and_press("form[action='/apply/sign-in'] button");
        self.is_at("/apply");
        self.press("form[action='/apply/sign-out'] button");
        self.open("/apply/sign-in");
        self.ask(&format!("document.querySelector('#mail').value = {MAIL:?}; return true"));
        self.press("form[action='/apply/sign-in'] button");
        self.look("apply-sign-in-wrong");
        self.visit("/apply/forgotten");
        self.visit("/apply/reset/nothing");
    }

    /// The operator looks at everything and decides.
    fn operator(&mut self) {
        self.portal.run_with(&["operator", "add", OPERATOR], PASSWORD).unwrap();
        self.visit("/operator/sign-in");
        self.ask(&format!("document.querySelector('#name').value = {OPERATOR:?}; return true"));
        self.press("form[action='/operator/sign-in'] button");
        self.look("operator-sign-in-wrong");
        self.ask(&format!("document.querySelector('#name').value = {OPERATOR:?}; return true"));
        self.press_after(
            "form[action='/operator/sign-in'] button",
            &format!("document.querySelector('#password').value = {PASSWORD:?};"),
        );
        self.visit("/operator");
        self.tab("operator");
        let place = self.path("/operator/applications/");
        let enquiry = self.path("/operator/enquiries/");
        self.open(&place);
        self.look("operator-application");
        self.tab("operator-application");
        self.press("button[value=refuse]");
        self.look("operator-application-wrong");
        self.open(&format!("{place}/forms/disclosure/1"));
        self.look("operator-filing");
        let checks = self.ask(&format!(
            "const page = await (await fetch({place:?})).text();
             return new DOMParser().parseFromString(page, 'text/html').querySelectorAll('form[action$=\"/checks\"]').length;"
        ));
        for number in 1..=checks.as_u64().unwrap() {
            self.open(&place);
            self.fill_and_press(&format!("section:nth-of-type({number}) form[action$='/checks'] button[value=yes]"));
        }
        self.open(&place);
        self.look("operator-application-checked");
        self.press("button[value=approve]");
        self.look("operator-application-approved");
        self.open(&enquiry);
        self.look("operator-enquiry");
        self.fill_and_press("main form button");
        self.hours();
        self.visit("/operator/audit");
        self.visit("/operator");
    }

    fn hours(&mut self) {
        self.visit("/operator/hours");
        self.press_after("form[action='/operator/hours'] button", "document.querySelector('#kind').value = 'close';");
        self.look("operator-hours-wrong");
        self.press_after(
            "form[action='/operator/hours'] button",
            "const day = (hours) => new Date(Date.now() + hours * 3600e3).toISOString().slice(0, 16);
             const set = (name, value) => { document.querySelector(`[name=${name}]`).value = value; };
             set('kind', 'announce'); set('start', day(48)); set('end', day(50));
             set('reason_ja', 'サーバーの点検のため、つながりにくくなることがあります。');
             set('reason_en', 'Servers are inspected; answers may be slow.');",
        );
        self.look("operator-hours-published");
        self.open("/hours");
        self.look("hours-announced");
    }

    /// A form that isn't this browser's own.
    fn foreign_form(&mut self) {
        self.open("/apply/sign-in");
        self.press_after(
            "form[action='/apply/sign-in'] button",
            "document.querySelector('main [name=form_token]').value = 'x';",
        );
        let language = std::mem::replace(&mut self.language, "ja");
        self.look("foreign-form");
        self.language = language;
    }
}

/// Every page in one language.
#[track_caller]
fn all_pages_in(language: &'static str) {
    let mut walk = Walk::begin(language, None);
    walk.public();
    walk.person();
    walk.staff();
    walk.operator();
    walk.staff_leaves();
    walk.foreign_form();
    walk.end();
}

#[test]
fn everybody_can_use_every_page_in_japanese() {
    all_pages_in("ja");
}

#[test]
fn everybody_can_use_every_page_in_english() {
    all_pages_in("en");
}

#[test]
fn whoever_comes_outside_service_hours_learns_when_to_come_again() {
    let mut walk = Walk::begin("ja", Some(CLOSED));
    walk.visit("/hours");
    walk.ask_as_a_service();
    walk.look("closed");
    assert_eq!(walk.ask("return document.querySelector('main time') !== null"), json!(true));
    walk.end();
}
