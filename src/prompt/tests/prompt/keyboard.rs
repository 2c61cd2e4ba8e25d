//! The window without a mouse: where the focus goes, and what the keys do there. What has it is looked at as a screen
//! reader does, so that no key is pressed too early.

use crate::desktop::{desktop, desktop_of, field, fill, find, named, press};
use crate::reader::{Node, Reader, Role};
use crate::screen::Screen;
use crate::support::{CHANGE, OPEN, Prompt, READY, SIGN, digest, sign_sixteen, until_answered};

/// Waits until this has the focus.
fn focused(reader: &Reader, name: &str) {
    reader.until(|shown| named(shown, name).is_some_and(Node::is_focused));
}

#[test]
fn the_keyboard_alone_reaches_everything() {
    let (reader, screen) = desktop();
    let mut prompt = screen.opened(OPEN);
    prompt.say(READY);
    fill(&reader, &screen, "PIN of the authentication certificate", "1234");
    reader.until(|shown| named(shown, "Agree and send").is_some_and(|accept| !is_shut(accept)));
    screen.keys(&["Tab"]);
    focused(&reader, "Remember this site (you are still asked each time)");
    screen.keys(&["space"]);
    for name in ["Cancel", "Agree and send"] {
        screen.keys(&["Tab"]);
        focused(&reader, name);
    }
    let line = until_answered(&prompt.lines, || screen.keys(&["space"]));
    assert_eq!(line, r#"{"type":"accept","pin":"1234","remember":true,"lastTryConfirmed":false}"#);
}

#[test]
fn a_pin_is_changed_with_the_keyboard_alone() {
    let (reader, screen) = desktop();
    let mut prompt = screen.opened(CHANGE);
    prompt.say(READY);
    let change = |prompt: &Prompt, old: &str, new: &str, key: &str| {
        fill(&reader, &screen, "Present PIN", old);
        screen.keys(&[key]);
        fill(&reader, &screen, "New PIN", new);
        screen.keys(&[key]);
        fill(&reader, &screen, "New PIN again", new);
        until_answered(&prompt.lines, || screen.keys(&["Return"]))
    };
    let line = change(&prompt, "1234", "5678", "Tab");
    assert_eq!(line, r#"{"type":"accept","pin":"1234","newPin":"5678","remember":false,"lastTryConfirmed":false}"#);
    find(&reader, "Changing the PIN\nDo not remove the card");
    prompt.say(r#"{"type":"pinRejected","attemptsLeft":2}"#);
    let line = change(&prompt, "2345", "6789", "Return");
    assert!(line.contains(r#""pin":"2345","newPin":"6789""#), "{line}");
}

/// Goes round with the Tab key: everything that had the focus, until it comes back to the first.
fn round(reader: &Reader, screen: &Screen) -> Vec<Node> {
    let focused = |shown: &[Node]| shown.iter().find(|node| node.is_focused()).cloned();
    let mut visited = vec![focused(&reader.until(|shown| field(shown).is_some_and(Node::is_focused))).unwrap()];
    loop {
        let last = visited[visited.len() - 1].clone();
        screen.keys(&["Tab"]);
        let now = reader.until(|shown| focused(shown).is_some_and(|now| !now.is_same(&last)));
        let now = focused(&now).unwrap();
        if now.is_same(&visited[0]) {
            return visited;
        }
        visited.push(now);
    }
}

#[test]
fn the_focus_goes_through_everything_in_the_order_in_which_it_stands() {
    let sixteen = sign_sixteen();
    for (size, open) in [
        ("1280x900x24", OPEN),
        ("1280x900x24", SIGN),
        ("1280x900x24", &sixteen),
        ("1280x900x24", CHANGE),
        ("1280x600x24", &sixteen),
    ] {
        let (reader, screen) = desktop_of(size);
        let mut prompt = screen.opened(open);
        prompt.say(READY);
        find(&reader, "The card is ready");
        if size.contains("x600") {
            reader.until(|shown| shown.iter().any(|node| node.role == Role::Frame && node.place.2 > 900));
        }
        let mut visited = round(&reader, &screen);
        let shown = reader.look();
        let place = |node: &Node| shown.iter().position(|other| other.is_same(node)).unwrap();
        let first = (0..visited.len()).min_by_key(|&index| place(&visited[index])).unwrap();
        visited.rotate_left(first);
        let names = |nodes: &[Node]| nodes.iter().map(|node| node.name.clone()).collect::<Vec<_>>();
        let controls: Vec<_> = shown.iter().filter(|node| node.role.is_control() && !is_shut(node)).cloned().collect();
        let stops: Vec<_> = visited.iter().filter(|node| node.role.is_control()).cloned().collect();
        assert_eq!(names(&stops), names(&controls), "{size} {open}");
        assert!(visited.iter().all(|node| node.role.is_control() || node.name == "What is asked"), "{visited:#?}");
        for pair in stops.windows(2) {
            assert!(stands_before(&pair[0], &pair[1]), "{size}: {pair:#?}");
        }
    }
}

/// Can it not be pressed yet?
fn is_shut(node: &Node) -> bool {
    node.description.starts_with("Available once")
}

/// Does one stand before the other: above it, beside it to the left, or in the column to the left?
fn stands_before(one: &Node, other: &Node) -> bool {
    let (left, top, width, height) = one.place;
    other.place.1 >= top + height || other.place.0 >= left + width
}

#[test]
fn whole_digests_are_shown_to_be_compared_and_followed_by_the_focus() {
    let (reader, screen) = desktop();
    let mut prompt = screen.opened(&sign_sixteen());
    prompt.say(READY);
    reader.focus(&find(&reader, "Show whole digests"));
    press(&reader, "Show whole digests");
    find(&reader, "Show short digests");
    for number in 1..=16 {
        let name = format!("SHA-256 documents/{number:02}.pdf");
        screen.keys(&["Tab"]);
        let shown = reader.until(|shown| named(shown, &name).is_some_and(Node::is_focused));
        let entry = named(&shown, &name).unwrap();
        assert_eq!((entry.role, entry.text.clone()), (Role::Entry, Some(digest(number))));
        reader.until(|shown| named(shown, &name).unwrap().is_inside(named(shown, "What is asked").unwrap()));
    }
    screen.keys(&["Tab"]);
    reader.until(|shown| field(shown).is_some_and(Node::is_focused));
}
