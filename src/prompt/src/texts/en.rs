//! English

use super::{Disclosure, Operation, PinKind, PinRule, Step, Texts};

pub(super) static TEXTS: Texts = Texts {
    window_title: "My Number Card request – JPKI Bridge",
    test_card: "Test card: a simulation in software. It proves nobody’s identity.",
    heading: |operation| match operation {
        Operation::Authenticate => "This site asks you to prove your identity",
        Operation::ReadAttributes => "This site asks for information from your card",
        Operation::Sign => "This site asks for your electronic signature",
    },
    decoded: |name| format!("In Japanese: {name}"),
    doubtful: "This name uses letters of other scripts. Some look alike and can imitate another site. Check the address above.",
    purpose: "Purpose (in the site’s own words)",
    discloses: "What the site will learn",
    disclosure: |disclosure, pin| match (disclosure, pin) {
        (Disclosure::Certificate, PinKind::Sign) => (
            "Signature certificate",
            "It holds your name, address, date of birth and gender, and a number that identifies your card.",
        ),
        (Disclosure::Certificate, PinKind::Auth | PinKind::Text) => (
            "Authentication certificate",
            "It holds a number that identifies your card. It does not hold your name, address or My Number.",
        ),
        (Disclosure::Name, _) => ("Name", ""),
        (Disclosure::Address, _) => ("Address", ""),
        (Disclosure::Birthdate, _) => ("Date of birth", ""),
        (Disclosure::Gender, _) => ("Gender", ""),
    },
    waiting: ("Looking for a reader", "Please wait a moment."),
    no_reader: ("No card reader", "Connect a card reader to this computer."),
    no_card: ("Place your card", "Place your My Number Card on the reader."),
    unsupported: ("This card cannot be used", "Place a My Number Card on the reader."),
    ready: ("The card is ready", "Leave it on the reader until the end."),
    reading: ("Checking the card", "Please wait and leave the card where it is."),
    problem: "The card cannot be used",
    blocked: "The PIN is blocked",
    blocked_steps: |pin| match pin {
        PinKind::Auth | PinKind::Sign => [
            "It can be reset at the municipal office where you are registered. Bring your card.",
            "If you know the card’s other PIN, it can also be reset with the official phone app and a convenience-store kiosk.",
        ],
        PinKind::Text => [
            "It can be reset at the municipal office where you are registered. Bring your card.",
            "A convenience-store kiosk cannot reset this PIN.",
        ],
    },
    pin: |pin| match pin {
        PinKind::Auth => "PIN of the authentication certificate",
        PinKind::Text => "PIN for the card’s text information",
        PinKind::Sign => "Password of the signature certificate",
    },
    pin_form: |PinRule { kind, min, max, .. }| match kind {
        PinKind::Auth | PinKind::Text if min == max => format!("{min} digits"),
        PinKind::Auth | PinKind::Text => format!("{min} to {max} digits"),
        PinKind::Sign => format!("{min} to {max} letters and digits (lower case counts as upper case)"),
    },
    pin_typed: |typed| match typed {
        1 => "1 character typed".to_owned(),
        n => format!("{n} characters typed"),
    },
    attempts: |left| match left {
        1 => "1 attempt left".to_owned(),
        n => format!("{n} attempts left"),
    },
    rejected: "The PIN was wrong.",
    remember: "Remember this site (you are still asked each time)",
    submit: "Agree and send",
    cancel: "Cancel",
    close: "Close",
    back: "Back",
    block: "Block this site",
    about: "About",
    last_try: (
        "This is the last attempt",
        "If this PIN is wrong, the card’s PIN is blocked and cannot be used until it is reset, for example at a municipal office. If you are not sure, choose “Back”.",
    ),
    last_try_submit: "Send this PIN",
    block_question: (
        "Block this site?",
        "This request is declined and no further request of this site is shown. The block can be lifted with jpki-bridge sites forget.",
    ),
    block_submit: "Block",
    working: |step| match step {
        None => "Asking the card",
        Some(Step::Reading) => "Reading the card",
        Some(Step::Signing) => "Signing with the card",
    },
    keep_card: "Do not remove the card",
    done: ("Done", "You can take the card off the reader. Please go back to the browser."),
    cancelled: ("Cancelled", "The site learned nothing."),
    failed: "It could not be completed",
    code: |code| format!("Code: {code}"),
    about_text: (
        "JPKI Bridge",
        "It lets a web site verify who you are with the My Number Card in this computer’s reader. Your PIN goes to the card alone: no site sees it and nothing records it.",
    ),
    terminal_keys: "Enter: agree and send / Tab: remember / Ctrl-B: block / Esc: cancel",
    terminal_remember: |on| match on {
        true => "[x] Remember this site (you are still asked each time)",
        false => "[ ] Remember this site (you are still asked each time)",
    },
    terminal_confirm: "y: yes / n: back",
};
