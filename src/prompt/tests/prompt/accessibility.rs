//! The window as a screen reader finds it, over a real accessibility bus: what everything is called, what it is told,
//! and what can be done without seeing.

use crate::desktop::{desktop, desktop_of, field, fill, find, named, press};
use crate::reader::{Node, Reader, Role};
use crate::support::{CHANGE, FIRST, OPEN, Prompt, READY, SECOND, SIGN, sign_sixteen, until_answered};

fn in_japanese(open: &str) -> String {
    open.replace(r#""lang":"en""#, r#""lang":"ja""#)
}

fn is_japanese(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{3040}'..='\u{30FF}' | '\u{4E00}'..='\u{9FFF}'))
}

/// What is wrong with what a screen reader finds.
fn faults(shown: &[Node], japanese: bool) -> Vec<String> {
    let mut faults = Vec::new();
    for node in shown {
        let known = match node.role {
            // The mark of the toolkit's maker, which its licence asks for.
            Role::Other(_) => node.name == "#MadeWithSlint",
            Role::Button | Role::CheckBox => node.actions == ["click"],
            Role::Password | Role::Entry | Role::Frame | Role::Group | Role::Progress | Role::Text => true,
        };
        let control = node.role.is_control();
        // A document is called what the site calls it.
        let own_words = control && node.role != Role::Entry;
        if !known || node.name.trim().is_empty() {
            faults.push(format!("what is this? {node:?}"));
        }
        if control && !node.is_focusable() {
            faults.push(format!("takes no focus: {node:?}"));
        }
        if own_words && is_japanese(&node.name) != japanese {
            faults.push(format!("in another language: {node:?}"));
        }
    }
    let is_told = |role| shown.iter().any(|node| node.role == role);
    if !(is_told(Role::Frame) && is_told(Role::Group) && is_told(Role::Button)) {
        faults.push(format!("no window with anything to press in it: {shown:?}"));
    }
    faults
}

#[test]
fn everything_on_every_page_has_a_role_and_a_name_in_the_language_of_the_window() {
    let (reader, screen) = desktop();
    let sixteen = sign_sixteen();
    for (open, second) in [(OPEN, None), (FIRST, Some(SECOND)), (SIGN, None), (&sixteen, None), (CHANGE, None)] {
        for (open, second, japanese) in
            [(open.to_owned(), second.map(str::to_owned), false), (in_japanese(open), second.map(in_japanese), true)]
        {
            let word = |en: &'static str, ja: &'static str| if japanese { ja } else { en };
            let mut prompt = screen.opened(&open);
            prompt.say(READY);
            // Every page is well, once it stands.
            let page = |stands: &dyn Fn(&[Node]) -> bool| {
                reader.until(|shown| stands(shown) && faults(shown, japanese).is_empty());
            };
            page(&|shown| named(shown, word("The card is ready", "カードの準備ができました")).is_some());
            if let Some(second) = second {
                prompt.say(&second);
                prompt.say(READY);
                page(&|shown| named(shown, "黒桐　幹也").is_some());
            }
            prompt.say(&READY.replace("\"blocked\":false", "\"blocked\":true"));
            page(&|shown| field(shown).is_none());
            press(&reader, word("About", "このソフトについて"));
            page(&|shown| named(shown, "#MadeWithSlint").is_some());
            prompt.say(r#"{"type":"working","step":"signing","percent":40}"#);
            page(&|shown| shown.iter().any(|node| node.value == Some(40.0)));
            prompt.say(r#"{"type":"close","result":"failed","code":"card_removed"}"#);
            let code = word("Code: card_removed", "コード：card_removed");
            page(&|shown| named(shown, code).is_some());
            press(&reader, word("Close", "閉じる"));
            assert!(prompt.end().0.success());
            reader.until(<[Node]>::is_empty);
        }
    }
}

#[test]
fn who_asks_for_what_is_around_the_field_that_has_the_focus() {
    let (reader, screen) = desktop();
    let mut prompt = screen.opened(OPEN);
    prompt.say(READY);
    let shown =
        reader.until(|shown| field(shown).is_some_and(|field| field.is_focused() && field.description != "4 digits  "));
    let names: Vec<_> = shown.iter().filter(|node| node.role == Role::Group).map(|node| node.name.as_str()).collect();
    assert_eq!(names, ["This site asks you to prove your identity https://shop.example", "What is asked"]);
    assert_eq!(field(&shown).unwrap().description, "4 digits  3 attempts left");
}

#[test]
fn a_pin_is_in_a_password_field_and_nowhere_else() {
    let (reader, screen) = desktop();
    let mut prompt = screen.opened(SIGN);
    prompt.say(READY);
    fill(&reader, &screen, "Password of the signature certificate", "QZX739");
    press(&reader, "Show what I type");
    find(&reader, "Hide what I type");
    let shown = reader.look();
    assert_eq!(field(&shown).unwrap().text.as_deref(), Some("●●●●●●"), "to be seen is not to be heard");
    let texts = |node: &Node| [Some(node.name.clone()), Some(node.description.clone()), node.text.clone()];
    let held: Vec<_> = shown.iter().flat_map(texts).flatten().collect();
    let told = reader.told();
    assert!(
        told.iter().any(|told| told.kind == "TextChanged" && told.text.starts_with('●')),
        "a typed character is told as one: {told:#?}"
    );
    let said = told.iter().map(|told| &told.text).chain(&held).find(|text| text.contains("QZ") || text.contains("73"));
    assert_eq!(said, None);
}

#[test]
fn what_happens_is_announced() {
    let (reader, screen) = desktop();
    let mut prompt = screen.opened(OPEN);
    let mut last = String::new();
    let mut announced = |text: &str| {
        // A page that takes the place of another may say the same once more.
        let told = reader
            .hears(|told| told.kind == "Announcement" && !told.text.starts_with("This site") && told.text != last);
        assert_eq!(told.text, text);
        last = told.text;
    };
    // Whoever listens has the whole window by now.
    find(&reader, "Looking for a reader");
    for (message, text) in [
        (r#"{"type":"status","reader":"none","card":"none"}"#, "No card reader"),
        (READY, "The card is ready"),
        (r#"{"type":"pinRejected","attemptsLeft":2}"#, "The PIN was wrong. 2 attempts left"),
        (r#"{"type":"working","step":"signing","percent":40}"#, "Signing with the card\nDo not remove the card"),
        (
            r#"{"type":"close","result":"done"}"#,
            "Done\nYou can take the card off the reader. Please go back to the browser.",
        ),
    ] {
        prompt.say(message);
        announced(text);
    }
}

#[test]
fn all_can_be_done_by_a_screen_reader_and_a_keyboard() {
    let (reader, screen) = desktop();
    let mut prompt = screen.opened(OPEN);
    prompt.say(READY);
    fill(&reader, &screen, "PIN of the authentication certificate", "1234");
    press(&reader, "Remember this site (you are still asked each time)");
    reader.until(|shown| shown.iter().any(|node| node.role == Role::CheckBox && node.is_checked()));
    for (to, back) in [("About", "Back"), ("Block this site", "Back")] {
        press(&reader, to);
        press(&reader, back);
    }
    let accept = find(&reader, "Agree and send");
    reader.focus(&accept);
    reader.until(|shown| named(shown, "Agree and send").is_some_and(Node::is_focused));
    let line = until_answered(&prompt.lines, || reader.press(&accept));
    assert_eq!(line, r#"{"type":"accept","pin":"1234","remember":true,"lastTryConfirmed":false}"#);
}

#[test]
fn the_last_attempt_and_a_block_are_confirmed_by_a_screen_reader_too() {
    let (reader, screen) = desktop();
    let mut prompt = screen.opened(OPEN);
    prompt.say(&READY.replace(":3", ":1"));
    fill(&reader, &screen, "PIN of the authentication certificate", "1234");
    let shown = reader.until(|shown| {
        if let Some(accept) = named(shown, "Agree and send") {
            reader.press(accept);
        }
        named(shown, "Send this PIN").is_some()
    });
    let send = named(&shown, "Send this PIN").unwrap();
    let line = until_answered(&prompt.lines, || reader.press(send));
    assert!(line.contains(r#""lastTryConfirmed":true"#), "{line}");

    let prompt = screen.opened(OPEN);
    press(&reader, "Block this site");
    press(&reader, "Block");
    assert_eq!(until_answered(&prompt.lines, || ()), r#"{"type":"block"}"#);
}

/// Presses accept, and then cancels: the one answer tells whether the first press counted.
fn answer_to_a_press(reader: &Reader, prompt: &Prompt) -> String {
    press(reader, "Agree and send");
    press(reader, "Cancel");
    until_answered(&prompt.lines, || ())
}

#[test]
fn a_press_in_a_window_without_the_focus_is_no_consent() {
    let (reader, screen) = desktop();
    let mut prompt = screen.opened(OPEN);
    prompt.say(READY);
    fill(&reader, &screen, "PIN of the authentication certificate", "1234");
    screen.look_away();
    reader.hears(|told| told.kind == "Deactivate");
    assert_eq!(answer_to_a_press(&reader, &prompt), r#"{"type":"cancel"}"#);
}

#[test]
fn what_can_not_be_pressed_yet_says_so_and_does_nothing() {
    let (reader, screen) = desktop();
    let mut prompt = screen.opened(OPEN);
    prompt.say(READY);
    fill(&reader, &screen, "PIN of the authentication certificate", "123");
    let accept = find(&reader, "Agree and send");
    assert_eq!(accept.description, "Available once the card is ready and every field is filled in.");
    assert_eq!(answer_to_a_press(&reader, &prompt), r#"{"type":"cancel"}"#);
}

#[test]
fn what_is_out_of_sight_is_heard() {
    let (reader, screen) = desktop();
    let mut prompt = screen.opened(&sign_sixteen());
    prompt.say(READY);
    let shown = reader.until(|shown| shown.iter().any(|node| node.description.contains("documents/16.pdf")));
    assert!(named(&shown, "documents/16.pdf").is_none(), "all of it is in sight");
    let group = "This site asks for your electronic signature https://shop.example 16 documents to sign";
    assert!(named(&shown, group).is_some(), "{shown:#?}");
    // It takes the focus, before the button in it, so that the arrow keys scroll it.
    reader.focus(&find(&reader, "Show whole digests"));
    reader.until(|shown| named(shown, "Show whole digests").is_some_and(Node::is_focused));
    screen.keys(&["shift+Tab"]);
    reader.until(|shown| named(shown, "What is asked").is_some_and(Node::is_focused));
    let shown = reader.until(|shown| {
        screen.keys(&["Down"]);
        named(shown, "documents/16.pdf").is_some()
    });
    assert!(named(&shown, "documents/01.pdf").is_none(), "{shown:#?}");
}

#[test]
fn with_large_letters_nothing_is_cut_off() {
    let sixteen = sign_sixteen();
    // A factor for this program, and the letters of the whole desktop, of which 96 is the usual size.
    for (variable, value, scale) in
        [("SLINT_SCALE_FACTOR", "1.5", 1.5), ("SLINT_SCALE_FACTOR", "2", 2.0), ("Xft.dpi", "192", 2.0)]
    {
        let (reader, screen) = desktop_of("1920x1080x24");
        let screen = match variable {
            "Xft.dpi" => screen.resource(variable, value),
            _ => screen.with(variable, value),
        };
        for open in [OPEN, SECOND, &sixteen, CHANGE] {
            let mut prompt = screen.opened(open);
            prompt.say(READY);
            let large = |frame: &Node| frame.place.2 >= (520.0 * scale) as i32 && frame.place.3 <= 1080;
            reader.until(|shown| {
                named(shown, "The card is ready").is_some() && large(&shown[0]) && cut_off(shown).is_empty()
            });
            drop(prompt);
            reader.until(<[Node]>::is_empty);
        }
    }
}

/// What lies outside of the window, but for what can be scrolled to.
fn cut_off(shown: &[Node]) -> Vec<&Node> {
    let part = named(shown, "What is asked").unwrap();
    shown.iter().filter(|node| !node.is_inside(&shown[0]) && !node.begins_in(part)).collect()
}
