//! Each verdict from findings written by hand: what changes from a computer that is sound, and which check says so.

use std::num::NonZeroU8;

use jiff::{SignedDuration, Timestamp};
use jpki_card::Attempts;

use super::*;
use crate::doctor::findings::*;

/// 1 December 2026.
const NOW: i64 = 1_796_083_200;
const DAY: i64 = 86_400;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn left(count: u8) -> PinCount {
    PinCount::Counts(NonZeroU8::new(count).map_or(Attempts::Blocked, Attempts::Left))
}

/// A My Number Card as it should be.
pub(in crate::doctor) fn card() -> Card {
    Card {
        kind: CardKind::MyNumberCard,
        certificate: AuthCertificate::Valid { from: at(NOW - 400 * DAY), until: at(NOW + 400 * DAY) },
        has_sign_certificate: Some(true),
        auth_pin: left(3),
        sign_pin: left(5),
        text_pin: left(3),
    }
}

fn port(number: u16, both: DialAnswer) -> Port {
    Port { number, v4: both, v6: both, holder: None }
}

/// A computer on which everything is as it should be.
pub(in crate::doctor) fn sound() -> Findings {
    Findings {
        system: System::Linux(Packages::Apt),
        now: at(NOW),
        virtual_card: false,
        settings: None,
        sites: None,
        history: History::Sound { skipped: 0 },
        service: Service {
            answer: ServiceAnswer::Answers,
            installed: true,
            systemd: true,
            socket: Some(Socket::Open),
            driver: Driver::Knows(vec![(0x04E6, 0x5116)]),
            ..Service::default()
        },
        usb: Vec::new(),
        readers: Some(vec![Reader { name: "Reader 00 00".into(), contents: Contents::Card(card()) }]),
        admits_nobody: false,
        endpoint: Endpoint {
            ports: vec![port(39041, DialAnswer::Agent), port(39042, DialAnswer::Free), port(39043, DialAnswer::Free)],
            noted: Vec::new(),
        },
        prompt: Prompt {
            path: "/usr/bin/jpki-prompt".into(),
            terminal: false,
            own: true,
            state: PromptState::Starts(env!("CARGO_PKG_VERSION").into()),
        },
        display: Display::There,
        browsers: vec![Browser { name: "Chromium", version: Some("156.0".into()), packaging: Packaging::Plain }],
        policies: Vec::new(),
        proxy: Proxy::default(),
    }
}

/// The sound computer, changed.
fn with(change: impl FnOnce(&mut Findings)) -> Findings {
    let mut findings = sound();
    change(&mut findings);
    findings
}

fn with_contents(contents: Contents) -> Findings {
    with(|f| f.readers = Some(vec![Reader { name: "Reader 00 00".into(), contents }]))
}

fn with_card(change: impl FnOnce(&mut Card)) -> Findings {
    let mut card = card();
    change(&mut card);
    with_contents(Contents::Card(card))
}

fn with_service(change: impl FnOnce(&mut Service)) -> Findings {
    with(|f| {
        f.readers = None;
        f.service.answer = ServiceAnswer::Unavailable;
        f.service.socket = Some(Socket::Absent);
        change(&mut f.service);
    })
}

fn check(findings: &Findings, id: &str) -> Check {
    let diagnosis = findings.diagnosis(Language::En);
    diagnosis.checks.into_iter().find(|check| check.id == id).unwrap()
}

/// The checks that came out so.
fn ids(findings: &Findings, verdict: Verdict) -> Vec<&'static str> {
    let diagnosis = findings.diagnosis(Language::En);
    diagnosis.checks.iter().filter(|check| check.verdict == verdict).map(|check| check.id).collect()
}

/// This one check is a fault, says these words, and its remedy is complete in both languages.
#[track_caller]
fn only_fault(findings: &Findings, id: &str, says: &[&str]) {
    assert_eq!(ids(findings, Verdict::Fault), [id]);
    assert!(!findings.diagnosis(Language::En).ready);
    says_all(findings, id, says);
}

#[track_caller]
fn only_attention(findings: &Findings, id: &str, says: &[&str]) {
    assert_eq!(ids(findings, Verdict::Fault), [""; 0]);
    assert_eq!(ids(findings, Verdict::Attention), [id]);
    assert!(findings.diagnosis(Language::En).ready);
    says_all(findings, id, says);
}

#[track_caller]
fn says_all(findings: &Findings, id: &str, says: &[&str]) {
    let check = check(findings, id);
    let remedy = check.remedy.clone().unwrap();
    let text = format!("{} {} {} {:?}", check.found, remedy.text, remedy.command.unwrap_or_default(), remedy.page);
    for part in says {
        assert!(text.contains(part), "{part} is missing: {text}");
    }
    let diagnosis = findings.diagnosis(Language::Ja);
    let japanese = diagnosis.checks.iter().find(|check| check.id == id).unwrap();
    for sentence in [&japanese.found, &japanese.remedy.as_ref().unwrap().text] {
        assert!(!sentence.is_ascii() && sentence.ends_with('。') || sentence.contains("："), "{sentence}");
    }
}

#[test]
fn a_sound_computer_is_ready() {
    for language in [Language::Ja, Language::En] {
        let diagnosis = sound().diagnosis(language);
        assert!(diagnosis.ready);
        for check in &diagnosis.checks {
            assert!(matches!(check.verdict, Verdict::Ok | Verdict::NotApplicable), "{check:?}");
            assert_eq!(check.remedy, None);
        }
    }
}

#[test]
fn every_check_has_a_name_of_its_own() {
    let mut ids: Vec<_> = CHECKS.iter().map(|entry| entry.0).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), CHECKS.len());
}

#[test]
fn the_document_for_programs_has_a_stable_shape() {
    let document = serde_json::to_value(with_contents(Contents::Empty).diagnosis(Language::En)).unwrap();
    assert_eq!(document["ready"], false);
    assert_eq!(document["language"], "en");
    assert_eq!(document["checks"][8]["id"], "card");
    assert_eq!(document["checks"][8]["verdict"], "fault");
    assert_eq!(document["checks"][9]["verdict"], "unknown");
    assert_eq!(document["checks"][12]["verdict"], "unknown");
    let members: Vec<_> = document["checks"][8].as_object().unwrap().keys().collect();
    assert_eq!(members, ["found", "id", "remedy", "title", "verdict"]);
}

#[test]
fn a_service_that_is_not_there_is_named_with_what_installs_or_starts_it() {
    let missing = with_service(|s| s.installed = false);
    only_fault(&missing, "service", &["not installed", "apt install pcscd libccid"]);
    let fedora = with(|f| f.system = System::Linux(Packages::Dnf));
    let fedora = Findings { service: missing.service, readers: None, ..fedora };
    only_fault(&fedora, "service", &["dnf install pcsc-lite pcsc-lite-ccid"]);
    only_fault(&with_service(|_| ()), "service", &["does not run", "systemctl enable --now pcscd.socket"]);
    only_fault(&with_service(|s| s.systemd = false), "service", &["service pcscd start"]);
    only_fault(&with_service(|s| s.socket = Some(Socket::Dead)), "service", &["left its socket behind"]);
    only_fault(&with_service(|s| s.disabled = true), "service", &["masked", "unmask"]);
    only_fault(&with_service(|s| s.answer = ServiceAnswer::Silent), "service", &["does not answer", "restart"]);
    only_fault(&with_service(|s| s.socket = Some(Socket::Open)), "service", &["drops them", "restart"]);
    let windows = Findings { system: System::Windows, ..with_service(|s| s.socket = None) };
    only_fault(&windows, "service", &["sc start SCardSvr"]);
}

#[test]
fn a_service_that_refuses_the_user_is_told_from_one_that_is_not_there() {
    let refused = with_service(|s| (s.socket, s.polkit) = (Some(Socket::Open), true));
    only_fault(&refused, "access", &["polkit", "/etc/polkit-1/rules.d/"]);
    only_fault(&with_service(|s| s.socket = Some(Socket::Forbidden)), "access", &["rights", "restart"]);
}

#[test]
fn a_reader_without_a_driver_is_named_with_what_it_needs() {
    let usb = |vendor, product, driver: Driver| {
        with(|f| {
            f.readers = Some(Vec::new());
            f.usb = vec![UsbReader { vendor, product, smart_card_class: true }];
            f.service.driver = driver;
        })
    };
    let libccid = || Driver::Knows(vec![(0x04E6, 0x5116)]);
    only_fault(&usb(0x04E6, 0x5116, Driver::Missing), "driver", &["SCR3310", "libccid"]);
    only_fault(&usb(0x04E6, 0x5116, libccid()), "driver", &["does not see it", "restart"]);
    only_fault(&usb(0x072F, 0x221A, libccid()), "driver", &["ACR1251", "apt install libacsccid1"]);
    only_fault(&usb(0x054C, 0x0DC8, libccid()), "driver", &["RC-S300", "newer libccid"]);
    only_fault(&usb(0x054C, 0x06C1, libccid()), "driver", &["RC-S380", "port100", "RC-S300"]);
    only_fault(&usb(0x054C, 0x01BB, libccid()), "driver", &["can't read My Number Cards"]);
    let windows = Findings { system: System::Windows, ..usb(0x054C, 0x06C1, Driver::BuiltIn) };
    only_fault(&windows, "driver", &["RC-S380", "sony.co.jp"]);
    only_fault(&with(|f| f.readers = Some(Vec::new())), "reader", &["No card reader"]);
}

#[test]
fn a_card_that_can_not_be_used_is_told_apart() {
    only_fault(&with_contents(Contents::Empty), "card", &["no card"]);
    only_fault(&with_contents(Contents::Mute), "card", &["does not answer", "Turn the card over"]);
    only_fault(&with_contents(Contents::OtherCard), "card", &["no My Number Card"]);
    only_fault(&with_contents(Contents::Silent), "card", &["in time"]);
    only_fault(&with_contents(Contents::Failed("card_error".into())), "card", &["card_error"]);
    only_fault(&with_contents(Contents::InUse(vec!["scdaemon".into()])), "card", &["Another program", "scdaemon"]);
    only_fault(&with_contents(Contents::InUse(Vec::new())), "card", &["Another program"]);
    only_fault(&with_card(|card| card.kind = CardKind::ResidentCard), "card", &["resident card"]);
    let phone = with_card(|card| (card.kind, card.certificate) = (CardKind::Phone, AuthCertificate::Guarded));
    only_fault(&phone, "card", &["phone"]);
    only_attention(&with_card(|card| card.kind = CardKind::Unknown), "card", &["unknown kind"]);
}

#[test]
fn a_card_in_a_second_reader_counts() {
    let mut findings = sound();
    findings.readers.as_mut().unwrap().insert(0, Reader { name: "Empty".into(), contents: Contents::Empty });
    assert!(findings.diagnosis(Language::En).ready);
}

#[test]
fn a_certificate_is_valid_ends_soon_or_has_ended() {
    let until = |until: i64| {
        with_card(|card| card.certificate = AuthCertificate::Valid { from: at(NOW - 900 * DAY), until: at(until) })
    };
    only_fault(&until(NOW - 1), "auth_certificate", &["expired", "1 December 2026", "municipal office"]);
    only_attention(&until(NOW + 90 * DAY), "auth_certificate", &["ends soon", "90 days"]);
    only_attention(&until(NOW), "auth_certificate", &["0 days"]);
    assert!(ids(&until(NOW + 90 * DAY + 1), Verdict::Attention).is_empty());
    let missing = with_card(|card| card.certificate = AuthCertificate::Missing);
    only_fault(&missing, "auth_certificate", &["no authentication certificate"]);
    let unreadable = with_card(|card| card.certificate = AuthCertificate::Unreadable);
    only_fault(&unreadable, "auth_certificate", &["could not be read"]);
    let child = with_card(|card| (card.has_sign_certificate, card.sign_pin) = (Some(false), PinCount::None));
    only_attention(&child, "sign_certificate", &["not sign"]);
    assert_eq!(check(&child, "sign_pin").verdict, Verdict::NotApplicable);
}

#[test]
fn a_pin_is_blocked_at_its_last_attempt_or_fine() {
    only_fault(&with_card(|card| card.auth_pin = left(0)), "auth_pin", &["blocked", "municipal office"]);
    only_attention(&with_card(|card| card.auth_pin = left(1)), "auth_pin", &["One attempt"]);
    only_attention(&with_card(|card| card.sign_pin = left(0)), "sign_pin", &["blocked"]);
    only_attention(&with_card(|card| card.text_pin = left(1)), "text_pin", &["One attempt"]);
    assert!(check(&sound(), "auth_pin").found.contains('3'));
    let silent = with_card(|card| card.auth_pin = PinCount::Counts(Attempts::NotReported));
    assert_eq!(check(&silent, "auth_pin").verdict, Verdict::Ok);
    let unreadable = with_card(|card| card.auth_pin = PinCount::Unreadable);
    assert_eq!(check(&unreadable, "auth_pin").verdict, Verdict::Unknown);
}

#[test]
fn a_clock_behind_the_program_or_the_certificate_is_wrong() {
    only_fault(&with(|f| f.now = at(0)), "clock", &["1970-01-01", "timedatectl"]);
    let early = with(|f| f.now = at(NOW) - SignedDuration::from_hours(24 * 401));
    assert_eq!(ids(&early, Verdict::Fault), ["clock"]);
    let issued_later = with_card(|card| {
        card.certificate = AuthCertificate::Valid { from: at(NOW + DAY), until: at(NOW + 400 * DAY) };
    });
    only_fault(&issued_later, "clock", &["not valid yet"]);
    assert_eq!(check(&issued_later, "auth_certificate").verdict, Verdict::Unknown);
    let minutes = with_card(|card| {
        card.certificate = AuthCertificate::Valid { from: at(NOW + 200), until: at(NOW + 400 * DAY) };
    });
    assert!(minutes.diagnosis(Language::En).ready);
}

fn held(number: u16, answer: DialAnswer, holder: Holder) -> Port {
    Port { holder: Some(holder), ..port(number, answer) }
}

fn node() -> Holder {
    Holder { program: Some("node".into()), process: Some(4321), other_user: false }
}

#[test]
fn ports_that_others_hold_are_named_with_their_owner() {
    let mut all = with(|f| {
        f.endpoint.ports = [39041, 39042, 39043].map(|number| held(number, DialAnswer::Foreign, node())).to_vec();
    });
    assert_eq!(ids(&all, Verdict::Fault), ["port", "agent"]);
    says_all(&all, "port", &["39043 by node (process 4321)", "not JPKI Bridge", "kill 4321", "--port"]);
    all.endpoint.ports[0].holder = Some(Holder { other_user: true, ..Holder::default() });
    says_all(&all, "port", &["39041 by another program of another user"]);
    let first = with(|f| {
        f.endpoint.ports = vec![held(39041, DialAnswer::Silent, node()), port(39042, DialAnswer::Agent)];
    });
    only_attention(&first, "port", &["39042 is the agent's", "39041 is held by node"]);
    let free = with(|f| {
        f.endpoint.ports = vec![held(39041, DialAnswer::Silent, node()), port(39042, DialAnswer::Free)];
    });
    assert_eq!(ids(&free, Verdict::Fault), ["agent"]);
    says_all(&free, "port", &["39042 is free"]);
}

fn noted(answer: DialAnswer, alive: bool) -> Findings {
    with(|f| {
        f.endpoint.ports = vec![port(39041, DialAnswer::Free)];
        f.endpoint.noted = vec![NotedAgent { process: 77, port: port(5000, answer), alive }];
    })
}

#[test]
fn an_agent_runs_is_stuck_or_is_not_there() {
    only_fault(&with(|f| f.endpoint.ports = vec![port(39041, DialAnswer::Free)]), "agent", &["jpki-bridge run"]);
    assert!(noted(DialAnswer::Agent, true).diagnosis(Language::En).ready);
    only_fault(&noted(DialAnswer::Free, false), "agent", &["does not run"]);
    only_fault(&noted(DialAnswer::Silent, true), "agent", &["process 77", "port 5000", "kill -9 77"]);
}

#[test]
fn an_agent_has_to_let_pages_in_on_both_addresses() {
    let answers = |v4, v6| with(|f| f.endpoint.ports = vec![Port { v4, v6, ..port(39041, DialAnswer::Agent) }]);
    let no_v6 = answers(DialAnswer::Agent, DialAnswer::NoAddress);
    assert_eq!(check(&no_v6, "endpoint").verdict, Verdict::Ok);
    only_attention(&answers(DialAnswer::Agent, DialAnswer::Free), "endpoint", &["[::1]:39041"]);
    only_fault(&answers(DialAnswer::Silent, DialAnswer::Agent), "endpoint", &["127.0.0.1:39041", "firewall"]);
    only_fault(&noted(DialAnswer::Refuses, true), "endpoint", &["refuses"]);
    let closed = Findings { admits_nobody: true, ..noted(DialAnswer::Refuses, true) };
    only_fault(&closed, "endpoint", &["No site may ask", "allowed"]);
    assert_eq!(check(&closed, "endpoint").remedy.unwrap().command, None);
    let broken_list = Findings {
        sites: Some(Flaw::Broken { path: "sites.json".into(), detail: "x".into() }),
        ..noted(DialAnswer::Refuses, true)
    };
    only_fault(&broken_list, "sites", &["sites.json", "mv 'sites.json'"]);
}

#[test]
fn a_history_that_can_not_be_used_is_told_and_stops_nothing() {
    let kept = |history: History| with(|f| f.history = history.clone());
    let verdict = |history| check(&kept(history), "history").verdict;
    assert_eq!((verdict(History::Off), verdict(History::Sound { skipped: 0 })), (Verdict::NotApplicable, Verdict::Ok));
    only_attention(&kept(History::Sound { skipped: 2 }), "history", &["2 lines", "history --clear"]);
    let path = || "/x/history.jsonl".to_owned();
    let broken = Flaw::Broken { path: path(), detail: "x".to_owned() };
    only_attention(&kept(History::Flawed(broken)), "history", &["is broken", "mv '/x/history.jsonl'"]);
    let foreign = Flaw::Foreign { path: path(), owner: "\"$USER\"".to_owned() };
    only_attention(&kept(History::Flawed(foreign)), "history", &["other users", "chmod go-w"]);
    only_attention(&kept(History::Flawed(Flaw::Newer { path: path() })), "history", &["newer version"]);
    assert_eq!(verdict(History::Flawed(Flaw::NoHome)), Verdict::Unknown);
}

#[test]
fn flawed_settings_are_named_with_what_mends_them() {
    let path = || "/x/config.toml".to_owned();
    let unreadable = |barrier| Flaw::Unreadable { path: path(), reason: "denied".into(), barrier };
    for (flaw, says) in [
        (unreadable(Barrier::OwnRights), ["denied", "chmod u+r '/x/config.toml'"]),
        (unreadable(Barrier::OthersRights), ["denied", "sudo chmod a+r '/x/config.toml'"]),
        (unreadable(Barrier::Other), ["denied", "the folders"]),
        (Flaw::Foreign { path: path(), owner: "\"$USER\"".into() }, ["other users", "chmod go-w '/x/config.toml'"]),
        (Flaw::Foreign { path: path(), owner: "root".into() }, ["other users", "sudo chown root"]),
        (Flaw::Broken { path: path(), detail: "line 1".into() }, ["line 1", "mv '/x/config.toml'"]),
        (Flaw::Newer { path: path() }, ["newer version", "Install that version"]),
        (Flaw::Environment("JPKI_BRIDGE_PORT"), ["JPKI_BRIDGE_PORT", "unset"]),
        (Flaw::NoHome, ["home folder", "Set HOME to a folder"]),
        (Flaw::Missing { path: path() }, ["does not exist", "--config"]),
        (Flaw::LogLevel("loud".into()), ["loud", "debug"]),
    ] {
        only_fault(&with(|f| f.settings = Some(flaw)), "settings", &says);
    }
}

#[test]
fn a_prompt_that_can_not_ask_is_named() {
    let prompt = |own, state| with(|f| (f.prompt.own, f.prompt.state) = (own, state));
    only_fault(&prompt(true, PromptState::Missing), "prompt", &["missing", "Install JPKI Bridge again"]);
    only_fault(&prompt(false, PromptState::Missing), "prompt", &["/usr/bin/jpki-prompt", "JPKI_BRIDGE_PROMPT"]);
    only_fault(&prompt(true, PromptState::NotStartable("denied".into())), "prompt", &["denied"]);
    only_fault(&prompt(true, PromptState::Silent), "prompt", &["does not answer"]);
    only_attention(&prompt(true, PromptState::Starts("9.9.9".into())), "prompt", &["9.9.9"]);
    assert!(prompt(false, PromptState::Present).diagnosis(Language::En).ready);
}

#[test]
fn a_window_needs_a_display_unless_the_agent_has_one_already() {
    let mut findings = with(|f| {
        f.endpoint.ports = vec![port(39041, DialAnswer::Free)];
        f.display = Display::None;
    });
    assert_eq!(ids(&findings, Verdict::Fault), ["agent", "display"]);
    says_all(&findings, "display", &["DISPLAY", "--prompt terminal"]);
    findings.display = Display::Gone;
    says_all(&findings, "display", &["does not answer"]);
    findings.prompt.terminal = true;
    assert_eq!(check(&findings, "display").verdict, Verdict::NotApplicable);
    let running = with(|f| f.display = Display::None);
    assert_eq!(check(&running, "display").verdict, Verdict::Unknown);
    assert!(running.diagnosis(Language::En).ready);
}

#[test]
fn browsers_policies_and_boxes_are_seen() {
    only_attention(&with(|f| f.browsers.clear()), "browsers", &["None"]);
    let policy = |says| with(|f| f.policies = vec![Policy { browser: "Chrome", place: "/etc/x.json".into(), says }]);
    let blocks = |all_sites| PolicySays::Blocks { policy: "LoopbackNetworkBlockedForUrls", all_sites };
    only_attention(
        &policy(blocks(true)),
        "browser_policy",
        &["all sites", "/etc/x.json", "LoopbackNetworkAllowedForUrls"],
    );
    only_attention(&policy(blocks(false)), "browser_policy", &["some sites"]);
    only_attention(&policy(PolicySays::Broken), "browser_policy", &["broken"]);
    let filter = PolicySays::Blocks { policy: "WebsiteFilter", all_sites: true };
    only_attention(&policy(filter), "browser_policy", &["all sites", "Exceptions of WebsiteFilter"]);
    let cut = PolicySays::CutsRedirect { policy: "URLBlocklist", remedy: "URLAllowlist: [\"127.0.0.1\"]" };
    let cut = policy(cut);
    only_attention(&cut, "browser_policy", &["URLBlocklist", "not by the redirect", "URLAllowlist: [\"127.0.0.1\"]"]);
    assert!(!check(&cut, "browser_policy").found.contains("keeps"));
    only_attention(&policy(PolicySays::Proxies("ProxyBypassList")), "proxy", &["ProxyBypassList"]);
    let boxed = |packaging| with(|f| f.browsers[0].packaging = packaging);
    let cut = boxed(Packaging::Flatpak("org.chromium.Chromium", true));
    only_attention(&cut, "sandbox", &["--share=network org.chromium.Chromium"]);
    for packaging in [Packaging::Snap, Packaging::Flatpak("org.chromium.Chromium", false)] {
        assert_eq!(check(&boxed(packaging), "sandbox").verdict, Verdict::Ok);
    }
}

#[test]
fn a_proxy_has_to_spare_loopback() {
    let proxy = |spares_loopback| with(|f| f.proxy = Proxy { variable: Some("http_proxy"), spares_loopback });
    only_attention(&proxy(false), "proxy", &["http_proxy", "no_proxy"]);
    assert_eq!(check(&proxy(true), "proxy").verdict, Verdict::Ok);
}

#[test]
fn a_card_in_software_needs_no_service() {
    let findings = with(|f| {
        f.virtual_card = true;
        f.service = Service::default();
    });
    assert!(findings.diagnosis(Language::En).ready);
    assert_eq!(check(&findings, "service").verdict, Verdict::NotApplicable);
}
