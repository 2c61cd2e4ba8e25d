//! The agent's own page in a real browser, over a real agent, pcscd and a card in software: what a person sees without
//! reloading, what they can do there, that everybody can use it, and that nobody else gets in.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do: at once")]

use std::path::PathBuf;

use e2e::agent::Agent;
use e2e::bench::{Bench, card};
use e2e::browser::{Browser, Options};
use e2e::pcscd::Pcscd;
use e2e::tools;
use e2e::visit::{self, address};
use serde_json::{Value, json};

/// The site of the bench's pages.
const SITE: &str = "https://shop.example";

const SECTIONS: [&str; 7] = [
    "/status",
    "/status/sites",
    "/status/history",
    "/status/diagnosis",
    "/status/settings",
    "/status/log",
    "/status/about",
];

/// A bench whose person speaks `language`.
fn bench(language: &str) -> Bench {
    Bench::adjusted(Pcscd::start().unwrap(), |command| {
        command.env("LC_ALL", language);
    })
    .unwrap()
}

/// A request for `target` with these fields, each line ended.
fn ask(agent: &Agent, method: &str, target: &str, fields: &str, body: &str) -> String {
    visit::ask(agent, method, target, fields, body).unwrap()
}

fn status(response: &str) -> u16 {
    response.split(' ').nth(1).unwrap().parse().unwrap()
}

fn key(agent: &Agent) -> String {
    visit::key(agent).unwrap()
}

/// A browser that came in with a key, in this section.
fn visit(agent: &Agent, section: &str, options: &Options) -> Browser {
    visit::visit(agent, section, options).unwrap()
}

/// Waits until the page says something in an element, without being reloaded.
#[track_caller]
fn until_says(browser: &mut Browser, element: &str, text: &str) {
    let wait = format!(
        "const says = () => document.querySelector({element:?}).textContent.includes({text:?});
         await new Promise((resolve) => {{
             const look = () => {{ if (says()) resolve(); }};
             new MutationObserver(look).observe(document, {{ subtree: true, childList: true, characterData: true }});
             look();
         }});
         return true;"
    );
    if let Err(error) = browser.evaluate(&wait) {
        panic!("{element} doesn't say {text}: {error}; {}", content(browser));
    }
}

fn content(browser: &mut Browser) -> String {
    browser.evaluate("return document.querySelector('main').innerText").unwrap().as_str().unwrap().to_owned()
}

/// Presses a button or a link, which leads to `section`.
fn press(browser: &mut Browser, agent: &Agent, selector: &str, section: &str) {
    browser.click(&format!("document.querySelector({selector:?})")).unwrap();
    browser.wait_for_load(&address(agent, section)).unwrap();
}

#[test]
fn the_page_follows_reader_card_and_operation() {
    let mut bench = bench("ja_JP.UTF-8");
    let mut browser = visit(&bench.agent, "/status", &Options::default());
    browser.evaluate("window.sameDocument = true; return true").unwrap();
    until_says(&mut browser, "#headline", "準備ができています");
    bench.insert(card().unwrap()).unwrap();
    until_says(&mut browser, "#headline", "カードがあります");
    let (mut page, mut window) = bench.asked().unwrap();
    until_says(&mut browser, "#underway", SITE);
    until_says(&mut browser, "#headline", "操作を行っています");
    window.accept("1234").unwrap();
    page.token().unwrap();
    until_says(&mut browser, "#last", "完了");
    until_says(&mut browser, "#underway", "進行中の操作はありません");
    until_says(&mut browser, "#readers", "マイナンバーカード");
    until_says(&mut browser, "#readers", "あと3回入力できます");
    bench.remove().unwrap();
    until_says(&mut browser, "#headline", "準備ができています");
    assert_eq!(browser.evaluate("return window.sameDocument").unwrap(), json!(true), "the page was reloaded");
    // Without optimisation the code alone takes half as much again.
    let limit = if cfg!(debug_assertions) { 24 << 20 } else { 16 << 20 };
    let resident = resident_bytes(bench.agent.id());
    assert!(resident <= limit, "the agent has {resident} bytes in memory while its page is open");
}

/// What a process has in memory, in bytes (proc(5), `VmRSS`).
fn resident_bytes(process: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = text.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

#[test]
fn an_agent_that_ends_is_missed() {
    let bench = bench("en_GB.UTF-8");
    let mut browser = visit(&bench.agent, "/status", &Options::default());
    until_says(&mut browser, "#headline", "Ready");
    bench.agent.terminate().unwrap();
    until_says(&mut browser, "#lost", "The connection to JPKI Bridge is lost");
}

#[test]
fn a_site_is_blocked_and_the_block_taken_back() {
    let bench = bench("en_GB.UTF-8");
    let mut browser = visit(&bench.agent, "/status/sites", &Options::default());
    assert!(bench.page().is_ok());
    browser.evaluate("document.querySelector('#site').value = 'shop.example/'; return true").unwrap();
    press(&mut browser, &bench.agent, "button[value=block]", "/status/sites");
    assert!(content(&mut browser).contains("https://shop.example is blocked."), "{}", content(&mut browser));
    assert!(bench.page().is_err());
    press(&mut browser, &bench.agent, "button[value=undo]", "/status/sites");
    assert!(bench.page().is_ok());
    assert!(content(&mut browser).contains("No site was allowed or blocked."), "{}", content(&mut browser));
    browser.evaluate("document.querySelector('#site').value = 'no site'; return true").unwrap();
    press(&mut browser, &bench.agent, "button[value=allow]", "/status/sites");
    assert!(content(&mut browser).contains("not the address of a site"), "{}", content(&mut browser));
}

#[test]
fn what_was_asked_appears_and_can_be_taken_along_and_erased() {
    let mut bench = bench("en_GB.UTF-8");
    bench.insert(card().unwrap()).unwrap();
    let mut browser = visit(&bench.agent, "/status/history", &Options::default());
    until_says(&mut browser, "#entries", "There are no entries.");
    bench.answer_to("1234").unwrap();
    until_says(&mut browser, "#entries", SITE);
    until_says(&mut browser, "#entries", "Done");
    browser.open(&address(&bench.agent, "/status/history?site=https%3A%2F%2Fother.example")).unwrap();
    until_says(&mut browser, "#entries", "There are no entries.");
    browser.open(&address(&bench.agent, "/status/history")).unwrap();
    let mut export = |kind: &str| {
        let fetch = format!("return await (await fetch(document.querySelector('a[href*=\".{kind}\"]').href)).text()");
        browser.evaluate(&fetch).unwrap().as_str().unwrap().to_owned()
    };
    assert!(export("csv").contains(&format!(",{SITE},authenticate,")));
    let entries: Value = serde_json::from_str(&export("json")).unwrap();
    assert_eq!(entries["entries"][0]["site"], SITE);
    browser.click("document.querySelector('summary')").unwrap();
    press(&mut browser, &bench.agent, "button[value=erase]", "/status/history");
    let text = content(&mut browser);
    assert!(text.contains("1 entry was erased.") && text.contains("There are no entries."), "{text}");
}

#[test]
fn the_doctor_comes_on_demand_and_the_language_can_be_changed() {
    let bench = bench("en_GB.UTF-8");
    let mut browser = visit(&bench.agent, "/status/diagnosis", &Options::default());
    press(&mut browser, &bench.agent, "button[value=examine]", "/status/diagnosis");
    let text = content(&mut browser);
    assert!(text.contains("Examined") && text.contains("Remedy"), "{text}");
    press(&mut browser, &bench.agent, "button[value=ja]", "/status/diagnosis");
    let text = content(&mut browser);
    assert!(text.contains("調べた日時") && text.contains("直し方"), "{text}");
    assert_eq!(browser.evaluate("return document.documentElement.lang").unwrap(), json!("ja"));
}

#[test]
fn the_log_grows_while_it_is_looked_at() {
    let bench = bench("en_GB.UTF-8");
    let mut browser = visit(&bench.agent, "/status/log", &Options::default());
    until_says(&mut browser, "#log", "no log yet");
    let stranger = format!("Authorization: Bearer {}\r\n", "A".repeat(43));
    assert_eq!(status(&ask(&bench.agent, "POST", "/v1/open", &stranger, "")), 403);
    until_says(&mut browser, "#log", "doesn't know this agent's secret");
}

#[test]
fn a_key_opens_one_session_and_a_form_needs_its_token() {
    let bench = bench("en_GB.UTF-8");
    let agent = &bench.agent;
    let key = key(agent);
    let entered = ask(agent, "GET", &format!("/status?key={key}"), "", "");
    assert_eq!(status(&entered), 303, "{entered}");
    assert!(!entered.contains(&key), "{entered}");
    let cookie = entered.split("Set-Cookie: ").nth(1).unwrap().split("\r\n").next().unwrap();
    assert!(cookie.ends_with("; Path=/status; HttpOnly; SameSite=Strict"), "{cookie}");
    let cookie = format!("Cookie: {}\r\n", cookie.split(';').next().unwrap());

    let again = ask(agent, "GET", &format!("/status?key={key}"), "", "");
    assert!(status(&again) == 403 && !again.contains("Set-Cookie"), "{again}");
    let stranger = ask(agent, "GET", "/status", "", "");
    assert!(status(&stranger) == 403 && stranger.contains("jpki-bridge open"), "{stranger}");
    for target in ["/status/script.js", "/status/changes", "/status/history.json"] {
        assert_eq!(status(&ask(agent, "GET", target, "Sec-Fetch-Site: same-origin\r\n", "")), 403, "{target}");
    }
    let page = ask(agent, "GET", "/status/sites", &cookie, "");
    assert_eq!(status(&page), 200);
    for guard in ["frame-ancestors 'none'", "Cache-Control: no-store", "Cross-Origin-Opener-Policy: same-origin"] {
        assert!(page.contains(guard), "{guard} in {page}");
    }

    let token = page.split("name=\"token\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let origin = address(agent, "");
    let block = |token: &str, cookie: &str| {
        let kind = "Content-Type: application/x-www-form-urlencoded";
        let body = format!("do=site&site=https%3A%2F%2Fshop.example&decision=block&token={token}");
        status(&ask(agent, "POST", "/status/act", &format!("Origin: {origin}\r\n{kind}\r\n{cookie}"), &body))
    };
    assert_eq!(block("", &cookie), 403);
    assert_eq!(block(&key, &cookie), 403);
    assert_eq!(block(&token, ""), 403);
    assert!(bench.page().is_ok());
    assert_eq!(block(&token, &cookie), 303);
    assert!(bench.page().is_err());
}

#[test]
fn everybody_can_use_it_in_both_languages_in_light_and_dark() {
    let axe = tools::axe().unwrap();
    for (locale, language) in [("ja_JP.UTF-8", "ja"), ("en_GB.UTF-8", "en")] {
        let mut bench = bench(locale);
        bench.insert(card().unwrap()).unwrap();
        bench.answer_to("1234").unwrap();
        bench.answer_to("1234").unwrap();
        for dark in [false, true] {
            let mut browser = visit(&bench.agent, "/status/sites", &Options { dark, ..Options::default() });
            assert_eq!(
                browser.evaluate("return matchMedia('(prefers-color-scheme: dark)').matches").unwrap(),
                json!(dark)
            );
            browser.evaluate("document.querySelector('#site').value = 'https://shop.example'; return true").unwrap();
            press(&mut browser, &bench.agent, "button[value=allow]:not([id])", "/status/sites");
            check(&mut browser, &axe, &format!("sites-decided-{language}"), dark);
            browser.open(&address(&bench.agent, "/status/diagnosis")).unwrap();
            press(&mut browser, &bench.agent, "button[value=examine]", "/status/diagnosis");
            for section in SECTIONS {
                browser.open(&address(&bench.agent, section)).unwrap();
                browser.evaluate("document.querySelector('details')?.setAttribute('open', ''); return true").unwrap();
                let name = section.rsplit('/').next().unwrap();
                check(&mut browser, &axe, &format!("{name}-{language}"), dark);
            }
        }
        let locked = format!("{}?key={}", address(&bench.agent, "/status"), "A".repeat(43));
        let mut browser = Browser::chromium(&Options::default()).unwrap();
        browser.open(&locked).unwrap();
        check(&mut browser, &axe, &format!("locked-{language}"), false);
    }
}

/// Asserts that axe finds nothing on the page that is shown. Where the variable `STATUS_SHOTS` names a folder, a picture of
/// the page is left there.
fn check(browser: &mut Browser, axe: &str, name: &str, dark: bool) {
    let name = format!("{name}-{}", if dark { "dark" } else { "light" });
    if let Some(folder) = std::env::var_os("STATUS_SHOTS") {
        browser.screenshot(&PathBuf::from(folder).join(format!("status-{name}.png"))).unwrap();
    }
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
