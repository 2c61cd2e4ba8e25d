//! The real window on a screen in memory (Xvfb), with the keys a person would press.

use std::os::unix::fs::FileExt;

use crate::screen::Screen;
use crate::support::{FIRST, OPEN, READY, SECOND, SIGN, until_answered};

/// The panel of the card, which stands on the page that asks and on no other.
const PANEL: &str = "srgb(244,245,247)";

/// Looks until it is so; each look takes the time of starting a program.
fn until(mut so: impl FnMut() -> bool) {
    assert!((0..200).any(|_| so()), "it never came to be so");
}

#[test]
fn a_typed_pin_and_enter_are_consent_and_the_end_closes_the_window() {
    let screen = Screen::new();
    let mut prompt = screen.opened(OPEN);
    prompt.say(READY);
    screen.keys(&["1", "2", "3", "BackSpace", "3", "4"]);
    let line = until_answered(&prompt.lines, || screen.keys(&["Return"]));
    assert_eq!(line, r#"{"type":"accept","pin":"1234","remember":false,"lastTryConfirmed":false}"#);
    prompt.say(r#"{"type":"working","step":"signing","percent":40}"#);
    prompt.say(r#"{"type":"close","result":"done"}"#);
    let (status, rest, errors) = prompt.end();
    assert!(status.success(), "{errors}");
    assert!(rest.is_empty(), "{rest:?}");
}

#[test]
fn a_screen_too_low_for_one_column_gets_two_and_all_of_the_window() {
    let screen = Screen::of("1280x600x24");
    let mut prompt = screen.opened(OPEN);
    prompt.say(READY);
    let geometry = || {
        let window = screen.window();
        let text = screen.xdotool(&["getwindowgeometry", "--shell", window.trim()]);
        let value = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.parse::<u32>().unwrap()
        };
        (value("WIDTH="), value("HEIGHT="))
    };
    until(|| matches!(geometry(), (900.., ..=600)));
    screen.keys(&["1", "2", "3", "4"]);
    let line = until_answered(&prompt.lines, || screen.keys(&["Return"]));
    assert!(line.contains("\"1234\""), "{line}");
}

#[test]
fn a_click_on_the_button_is_consent_too() {
    let screen = Screen::new();
    let mut prompt = screen.opened(OPEN);
    prompt.say(READY);
    screen.keys(&["1", "2", "3", "4"]);
    let line = until_answered(&prompt.lines, || {
        screen.xdotool(&["mousemove", "365", "600", "click", "1"]);
    });
    assert_eq!(line, r#"{"type":"accept","pin":"1234","remember":false,"lastTryConfirmed":false}"#);
}

#[test]
fn after_a_wrong_pin_the_field_is_empty_and_ready() {
    let screen = Screen::new();
    let mut prompt = screen.opened(OPEN);
    prompt.say(READY);
    screen.keys(&["9", "9", "9", "9"]);
    let line = until_answered(&prompt.lines, || screen.keys(&["Return"]));
    assert!(line.contains("\"9999\""), "{line}");
    prompt.say(r#"{"type":"pinRejected","attemptsLeft":2}"#);
    // Too many keys rather than too few: the first may still meet the page before.
    let line = until_answered(&prompt.lines, || screen.keys(&["1", "1", "1", "1", "Return"]));
    assert!(line.contains("\"1111\""), "{line}");
}

#[test]
fn full_width_digits_are_digits() {
    let screen = Screen::new();
    let mut prompt = screen.opened(OPEN);
    prompt.say(READY);
    // The keyboard learns a character it has no key for while it is typed, and a busy screen may miss the first.
    let line = until_answered(&prompt.lines, || {
        screen.xdotool(&["type", "--delay", "100", "７７７７"]);
        screen.keys(&["Return"]);
    });
    assert!(line.contains("\"7777\""), "{line}");
}

#[test]
fn the_last_attempt_is_confirmed_on_a_page_of_its_own() {
    let screen = Screen::new();
    let mut prompt = screen.opened(OPEN);
    prompt.say(&READY.replace(":3", ":1"));
    screen.keys(&["1", "2", "3", "4"]);
    // The first page has the grey panel of the card where the second has nothing.
    let place = "1x1+488+320";
    until(|| screen.color(place) == PANEL);
    until(|| {
        screen.keys(&["Return"]);
        (0..5).any(|_| screen.color(place) != PANEL)
    });
    screen.keys(&["Tab"]);
    let line = until_answered(&prompt.lines, || screen.keys(&["Return"]));
    assert_eq!(line, r#"{"type":"accept","pin":"1234","remember":false,"lastTryConfirmed":true}"#);
}

#[test]
fn escape_cancels_and_ends() {
    let screen = Screen::new();
    let mut prompt = screen.opened(OPEN);
    let line = until_answered(&prompt.lines, || screen.keys(&["Escape"]));
    assert_eq!(line, r#"{"type":"cancel"}"#);
    let (status, rest, errors) = prompt.end();
    assert!(status.success(), "{errors}");
    assert!(rest.is_empty(), "{rest:?}");
}

#[test]
fn when_the_agent_hangs_up_the_window_goes_without_a_word() {
    let screen = Screen::new();
    let mut prompt = screen.opened(OPEN);
    prompt.say(READY);
    screen.keys(&["1", "2", "3", "4"]);
    prompt.hang_up();
    let (status, rest, errors) = prompt.end();
    assert!(status.success(), "{errors}");
    assert!(rest.is_empty(), "{rest:?}");
}

#[test]
fn a_line_that_is_no_message_ends_it_with_a_reason() {
    let screen = Screen::new();
    let mut shown = screen.opened(OPEN);
    shown.say("{\"type\":\"nonsense\"}");
    let mut never_shown = screen.prompt();
    never_shown.say("nonsense");
    for prompt in [&mut shown, &mut never_shown] {
        let (status, rest, errors) = prompt.end();
        assert_eq!(status.code(), Some(1));
        assert!(errors.contains("not a message of the protocol"), "{errors}");
        assert!(rest.is_empty(), "{rest:?}");
    }
}

#[test]
fn without_a_screen_it_says_what_to_do() {
    let screen = Screen::out_of_reach();
    let mut prompt = screen.prompt();
    prompt.say(OPEN);
    let (status, _, errors) = prompt.end();
    assert_eq!(status.code(), Some(1));
    assert!(errors.contains("--prompt terminal"), "{errors}");
}

#[test]
fn once_sent_a_password_is_nowhere_in_the_process_even_if_it_was_shown() {
    for shown in [false, true] {
        let screen = Screen::new();
        let mut prompt = screen.opened(SIGN);
        prompt.say(READY);
        screen.keys(&["Q", "Z", "X", "7", "3", "9", "W", "K", "4", "1"]);
        until(|| in_memory(prompt.id(), b"QZX739WK41") != Some(false));
        if in_memory(prompt.id(), b"QZX739WK41").is_none() {
            return; // Another user than root may not look, which is what `protect` is for.
        }
        if shown {
            // The button beside the field, and back.
            let hidden = screen.picture();
            screen.keys(&["Tab", "space", "shift+Tab"]);
            until(|| screen.picture() != hidden);
        }
        let line = until_answered(&prompt.lines, || screen.keys(&["Return"]));
        assert!(line.contains("\"QZX739WK41\""), "{line}");
        until(|| in_memory(prompt.id(), b"QZX739WK41") == Some(false));
        assert_eq!(in_memory(prompt.id(), b"\"pin\":\"QZX"), Some(false));
        // As the numbers of its characters, which is how a text to be drawn is kept.
        let wide: Vec<u8> = b"QZX739WK41".iter().flat_map(|&byte| u32::from(byte).to_ne_bytes()).collect();
        assert_eq!(in_memory(prompt.id(), &wide), Some(false));
    }
}

#[test]
fn the_next_question_has_the_focus_in_the_same_window() {
    let screen = Screen::new();
    let mut prompt = screen.opened(FIRST);
    prompt.say(READY);
    screen.keys(&["1", "2", "3", "4"]);
    let line = until_answered(&prompt.lines, || screen.keys(&["Return"]));
    assert!(line.contains("\"1234\""), "{line}");
    let window = screen.window();
    prompt.say(r#"{"type":"working","step":"reading","percent":50}"#);
    prompt.say(SECOND);
    prompt.say(READY);
    until(|| screen.color("1x1+488+340") == PANEL);
    screen.keys(&["5", "6", "7", "8"]);
    let line = until_answered(&prompt.lines, || screen.keys(&["Return"]));
    assert_eq!(line, r#"{"type":"accept","pin":"5678","remember":false,"lastTryConfirmed":false}"#);
    assert_eq!(screen.window(), window);
}

/// Is `text` in memory that the process can write to? None if the system keeps us from looking.
fn in_memory(process: u32, text: &[u8]) -> Option<bool> {
    let memory = std::fs::File::open(format!("/proc/{process}/mem")).ok()?;
    let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
    let writable = maps.lines().filter(|line| line.split(' ').nth(1).is_some_and(|mode| mode.starts_with("rw")));
    for line in writable {
        let (from, to) = line.split_once(' ').and_then(|(range, _)| range.split_once('-')).unwrap();
        let [from, to] = [from, to].map(|address| usize::from_str_radix(address, 16).unwrap());
        let mut bytes = vec![0; to - from];
        // A page that went away in between holds nothing.
        let read = memory.read_at(&mut bytes, from as u64).unwrap_or(0);
        if bytes[..read].windows(text.len()).any(|window| window == text) {
            return Some(true);
        }
    }
    Some(false)
}

#[test]
fn a_shown_window_leaves_no_core_behind() {
    let screen = Screen::new();
    let prompt = screen.opened(OPEN);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", prompt.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"]);
}
