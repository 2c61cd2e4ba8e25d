//! Every state of the window, drawn off screen: nothing is cut off and every control has a name. The
//! pictures are left in `pictures/` of the target folder, to be looked at.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};
use jpki_protocol::prompt::{Open, Outcome, PinRule, Status, Step, ToPrompt};
use jpki_protocol::{ErrorCode, Language, Origin, OriginPolicy};
use slint::language::ColorScheme;
use slint::platform::software_renderer::{MinimalSoftwareWindow, RepaintBufferType};
use slint::platform::{Platform, WindowAdapter, WindowEvent, update_timers_and_animations};
use slint::{ComponentHandle, PhysicalSize, PlatformError};

use super::draw;
use super::ui::{Palette, PromptWindow};
use crate::state::{ARMING, Event, State};

/// A screen in memory: each window has a renderer of its own.
struct Memory;

impl Platform for Memory {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, PlatformError> {
        Ok(MinimalSoftwareWindow::new(RepaintBufferType::NewBuffer))
    }
}

const LONGEST: &str = concat!(
    "https://a-rather-long-name-chosen-to-push-the-end-out-of-sight.login.bank.example.",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.",
    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.ccccccc.evil.example:8443"
);

fn open(lang: Language) -> Open {
    let purpose = match lang {
        Language::Ja => "会員登録のための本人確認",
        Language::En => "Identity check for your membership",
    };
    let discloses = serde_json::json!(["certificate"]);
    serde_json::from_value(serde_json::json!({
        "version": 1, "operation": "authenticate", "origin": "https://shop.example", "purpose": purpose,
        "discloses": discloses, "lang": lang, "virtualCard": false, "pin": PinRule::AUTH,
    }))
    .unwrap()
}

fn status(card: &str, attempts: Option<u8>) -> Status {
    serde_json::from_value(serde_json::json!({"reader": "present", "card": card, "attemptsLeft": attempts})).unwrap()
}

/// A state, and the events that lead to it.
type Scene = (&'static str, fn(&mut Open), Vec<Event>);

fn scenes() -> Vec<Scene> {
    let say = Event::Message;
    let see = |status| Event::Message(ToPrompt::Status(status));
    let typed = |text: &str| Event::Typed(text.to_owned().into());
    let end = |result, code| Event::Message(ToPrompt::Close { result, code, message: None });
    let ready = || see(status("ready", Some(3)));
    let plain: fn(&mut Open) = |_| {};
    vec![
        ("01-waiting", plain, vec![]),
        ("02-no-reader", plain, vec![see(serde_json::from_str(r#"{"reader":"none","card":"none"}"#).unwrap())]),
        ("03-no-card", plain, vec![see(status("none", None))]),
        ("04-unsupported", plain, vec![see(status("unsupported", None))]),
        ("05-ready", plain, vec![ready()]),
        ("06-typed", plain, vec![ready(), typed("1234"), Event::Remember(true)]),
        ("07-rejected", plain, vec![ready(), say(ToPrompt::PinRejected { attempts_left: 2 })]),
        ("08-one-left", plain, vec![ready(), say(ToPrompt::PinRejected { attempts_left: 1 })]),
        ("09-last-try", plain, vec![see(status("ready", Some(1))), typed("1234"), Event::Press, Event::Submit]),
        ("10-blocked", plain, vec![see(Status { blocked: true, ..status("ready", Some(0)) })]),
        (
            "11-problem",
            plain,
            vec![see(Status { problem: Some(ErrorCode::ServiceUnavailable), ..status("none", None) })],
        ),
        ("12-sent", plain, vec![ready(), typed("1234"), Event::Press, Event::Submit]),
        ("13-signing", plain, vec![say(ToPrompt::Working { step: Step::Signing, percent: 60 })]),
        ("14-done", plain, vec![end(Outcome::Done, None)]),
        ("15-cancelled", plain, vec![end(Outcome::Cancelled, None)]),
        ("16-failed", plain, vec![end(Outcome::Failed, Some(ErrorCode::CardRemoved))]),
        ("17-failed-blocked", plain, vec![end(Outcome::Failed, Some(ErrorCode::PinAttemptsExhausted))]),
        ("18-block", plain, vec![Event::AskBlock]),
        ("19-about", plain, vec![Event::About]),
        ("20-test-card", |open| open.virtual_card = true, vec![ready()]),
        ("21-japanese-name", |open| open.origin = origin("https://xn--wgv71a.example"), vec![ready()]),
        ("22-doubtful-name", |open| open.origin = origin("https://xn--80ak6aa92e.com"), vec![ready()]),
        (
            "23-sign",
            |open| {
                open.operation = jpki_protocol::prompt::Operation::Sign;
                open.pin = PinRule::SIGN;
            },
            vec![see(status("ready", Some(5))), typed("abcdef1234567890")],
        ),
        (
            "24-everything",
            |open| {
                use jpki_protocol::prompt::Disclosure::{Address, Birthdate, Certificate, Gender, Name};
                open.operation = jpki_protocol::prompt::Operation::ReadAttributes;
                open.pin = PinRule::TEXT;
                open.virtual_card = true;
                open.origin = origin(LONGEST);
                open.discloses = vec![Certificate, Name, Address, Birthdate, Gender];
                open.purpose = Some(jpki_protocol::text::Purpose::parse(&"登録の確認。".repeat(33)).unwrap());
            },
            vec![see(status("ready", Some(2))), say(ToPrompt::PinRejected { attempts_left: 1 })],
        ),
        (
            "25-remembered",
            |open| {
                open.remembered = true;
                open.purpose = None;
            },
            vec![ready()],
        ),
    ]
}

fn origin(text: &str) -> Origin {
    Origin::parse(text, OriginPolicy::Secure).unwrap()
}

/// Leads a state to a scene. The focus and the clock are always such that presses count.
fn state(open: Open, events: Vec<Event>) -> State {
    let mut state = State::new(open);
    state.step(Duration::ZERO, Event::Active(true));
    for event in events {
        state.step(ARMING, event);
    }
    state
}

fn folder() -> PathBuf {
    let binary = std::env::current_exe().unwrap();
    let folder = binary.parent().and_then(Path::parent).unwrap().join("pictures");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn save(window: &PromptWindow, path: &Path) {
    let picture = window.window().take_snapshot().unwrap();
    let file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    let mut encoder = png::Encoder::new(file, picture.width(), picture.height());
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fastest);
    encoder.write_header().unwrap().write_image_data(picture.as_bytes()).unwrap();
}

/// What a person could miss: text or a control that does not lie in the window, or has no name.
fn check(window: &PromptWindow, size: (f32, f32), scene: &str) {
    let elements = ElementQuery::from_root(window).match_predicate(|e| e.accessible_role().is_some()).find_all();
    let mut controls = 0;
    for element in elements {
        let (at, is) = (element.absolute_position(), element.size());
        let role = element.accessible_role().unwrap();
        let name = element.accessible_label().unwrap_or_default();
        let control = matches!(role, AccessibleRole::Button | AccessibleRole::Checkbox | AccessibleRole::TextInput);
        if control {
            controls += 1;
            assert!(!name.is_empty(), "{scene}: a control without a name");
            assert!(is.width >= 24.0 && is.height >= 24.0, "{scene}: {name} is too small to hit (WCAG 2.5.8)");
        }
        // What scrolls may lie below the edge of its part; nothing else may.
        let scrolls = !control && scene.starts_with("24");
        if !scrolls && !name.is_empty() {
            let inside =
                at.x >= 0.0 && at.y >= 0.0 && at.x + is.width <= size.0 + 0.5 && at.y + is.height <= size.1 + 0.5;
            assert!(inside, "{scene}: “{name}” at {at:?} of {is:?} is cut off");
        }
    }
    assert!(controls > 0, "{scene}: nothing to press");
}

/// The PIN field is a password field to a screen reader and never says more than how much is in it.
fn check_pin(window: &PromptWindow, label: &str) {
    let field = ElementHandle::find_by_accessible_label(window, label)
        .find(|element| element.accessible_role() == Some(AccessibleRole::TextInput))
        .unwrap();
    let value = field.accessible_value().unwrap_or_default();
    assert!(!value.contains("1234") && value.contains('4'), "{value}");
}

/// All languages, schemes and scales. Colours don't depend on the scale, so at 2x one scheme for each
/// language does.
const LOOKS: [(Language, f32, ColorScheme); 6] = [
    (Language::Ja, 1.0, ColorScheme::Light),
    (Language::Ja, 1.0, ColorScheme::Dark),
    (Language::Ja, 2.0, ColorScheme::Light),
    (Language::En, 1.0, ColorScheme::Light),
    (Language::En, 1.0, ColorScheme::Dark),
    (Language::En, 2.0, ColorScheme::Dark),
];

#[test]
fn every_state_is_drawn_whole_in_each_language_scheme_and_scale() {
    slint::platform::set_platform(Box::new(Memory)).unwrap();
    let folder = folder();
    for (lang, scale, scheme) in LOOKS {
        for (name, prepare, events) in scenes() {
            let mut open = open(lang);
            prepare(&mut open);
            let state = state(open, events);
            let window = PromptWindow::new().unwrap();
            window.global::<Palette<'_>>().set_color_scheme(scheme);
            draw::once(&window, &state.open);
            draw::view(&window, &state);
            window.window().dispatch_event(WindowEvent::ScaleFactorChanged { scale_factor: scale });
            window.window().dispatch_event(WindowEvent::WindowActiveChanged(true));
            window.window().set_size(PhysicalSize::new((520.0 * scale) as u32, (600.0 * scale) as u32));
            window.show().unwrap();
            update_timers_and_animations();
            let height = window.get_wish();
            window.window().set_size(PhysicalSize::new((520.0 * scale) as u32, (height * scale) as u32));
            update_timers_and_animations();
            let dark = if scheme == ColorScheme::Dark { "dark" } else { "light" };
            save(&window, &folder.join(format!("{name}-{}-{dark}-{scale}x.png", lang.tag())));
            check(&window, (520.0, height), name);
            if name == "06-typed" {
                check_pin(&window, crate::view::View::of(&state).pin.label);
            }
            window.hide().unwrap();
        }
    }
}
