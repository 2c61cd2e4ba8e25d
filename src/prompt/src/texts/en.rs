//! English

use super::{
    Attribute, Birthdate, Disclosure, ErrorCode, Fault, Field, Gender, Keys, Operation, PinKind, PinRule, Step, Texts,
};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(super) static TEXTS: Texts = Texts {
    window_title: "My Number Card request – JPKI Bridge",
    test_card: "Test card: a simulation in software. It proves nobody’s identity.",
    heading: |operation| match operation {
        Operation::Authenticate => "This site asks you to prove your identity",
        Operation::ReadAttributes => "This site asks for information from your card",
        Operation::Sign => "This site asks for your electronic signature",
        Operation::ChangePin => "A PIN is to be changed",
    },
    command: "A command on this computer asks for your consent",
    command_does: |operation, pin| match (operation, pin) {
        (Operation::Authenticate, _) => "Prove your identity",
        (Operation::ReadAttributes, _) => "Read information from your card",
        (Operation::Sign, _) => "Sign documents",
        (Operation::ChangePin, Some(PinKind::Auth)) => "Change the authentication PIN",
        (Operation::ChangePin, Some(PinKind::Text)) => "Change the text information PIN",
        (Operation::ChangePin, Some(PinKind::Sign)) => "Change the signature password",
        (Operation::ChangePin, None) => "Change a PIN",
    },
    command_note: "If you did not give this command, cancel.",
    question: |number, of| format!("Question {number} of {of}"),
    decoded: |name| format!("In Japanese: {name}"),
    doubtful: "This name uses letters of other scripts. Some look alike and can imitate another site. Check the address above.",
    details: "What is asked",
    purpose: "Purpose (in the site’s own words)",
    discloses: |site| match site {
        true => "What the site will learn",
        false => "What goes with the signature, to whoever receives the documents",
    },
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
    and: ", ",
    values: "This will be handed to the site. Please check it",
    attribute: |attribute| match attribute {
        Attribute::Name => "Name",
        Attribute::Address => "Address",
        Attribute::Birthdate => "Date of birth",
        Attribute::Gender => "Gender",
    },
    gender: |gender| match gender {
        Gender::Male => "Male",
        Gender::Female => "Female",
        Gender::Unknown => "Not known",
        Gender::NotApplicable => "Not applicable",
    },
    birthdate: |Birthdate { year, month, day }| {
        let month_name = month.and_then(|month| MONTHS.get(usize::from(month).checked_sub(1)?).copied());
        let parts = [day.map(|day| day.to_string()), month_name.map(str::to_owned), year.map(|year| year.to_string())];
        let unknown: Vec<_> = ["day", "month", "year"]
            .into_iter()
            .zip(&parts)
            .filter_map(|(name, part)| part.is_none().then_some(name))
            .collect();
        let known = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        match (known.as_str(), &unknown[..]) {
            (_, []) => known,
            ("", _) => "Not known".to_owned(),
            (_, unknown) => format!("{known} ({} not known)", unknown.join(" and ")),
        }
    },
    substitutes: |mark| {
        format!("{mark} follows a character that stands in for one the electronic certificate cannot carry.")
    },
    documents: |count| match count {
        1 => "Document to sign".to_owned(),
        count => format!("{count} documents to sign"),
    },
    digest_later: "The digest is made with the signature",
    show_digests: "Show whole digests",
    hide_digests: "Show short digests",
    pledge: "By law this signature counts as your handwritten signature or seal (Act on Electronic Signatures, Article 3). It carries a certificate with your name, address, date of birth and gender.",
    waiting: ("Looking for a reader", "Please wait a moment."),
    no_reader: ("No card reader", "Connect a card reader to this computer."),
    no_card: ("Place your card", "Place your My Number Card on the reader."),
    unsupported: ("This card cannot be used", "Place a My Number Card on the reader."),
    ready: ("The card is ready", "Leave it on the reader until the end."),
    reading: ("Checking the card", "Please wait and leave the card where it is."),
    problem: "The card cannot be used",
    remedy: |code, site, pin| match (code, site, pin) {
        (ErrorCode::CertificateMissing, _, Some(PinKind::Sign)) => Some(
            "This card carries no signature certificate. It is not normally issued to people under 15. Everybody else can have one issued at a municipal office.",
        ),
        (ErrorCode::PinBlocked, _, Some(PinKind::Sign)) => Some(
            "The password is blocked. It can be reset at a municipal office, or with the app and a convenience-store kiosk.",
        ),
        (ErrorCode::PinAttemptsExhausted, _, Some(PinKind::Sign)) => Some(
            "The password was wrong too often and is now blocked. It can be reset at a municipal office, or with the app and a convenience-store kiosk.",
        ),
        (ErrorCode::PinBlocked, _, Some(PinKind::Text)) => Some(
            "The PIN for the card’s text information is blocked. It can be reset at the municipal office where you are registered.",
        ),
        (ErrorCode::PinAttemptsExhausted, _, Some(PinKind::Text)) => Some(
            "The PIN for the card’s text information was wrong too often and is now blocked. It can be reset at the municipal office where you are registered.",
        ),
        (ErrorCode::UserCancelled, false, _) => {
            Some("The request was cancelled. To try again, give the command again.")
        }
        (ErrorCode::InvalidRequest, false, _) => Some("The command is not valid. Please check its arguments."),
        _ => None,
    },
    blocked: |pin| match pin {
        PinKind::Auth | PinKind::Text => "The PIN is blocked",
        PinKind::Sign => "The password is blocked",
    },
    blocked_steps: |pin| match pin {
        PinKind::Auth => [
            "It can be reset at the municipal office where you are registered. Bring your card.",
            "If you know the password of the signature certificate, it can also be reset with the official phone app and a convenience-store kiosk.",
        ],
        PinKind::Sign => [
            "It can be reset at the municipal office where you are registered. Bring your card.",
            "If you know the PIN of the authentication certificate, it can also be reset with the official phone app and a convenience-store kiosk.",
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
    field: |field, pin| match (field, pin) {
        (Field::Pin, PinKind::Auth | PinKind::Text) => "Present PIN",
        (Field::New, PinKind::Auth | PinKind::Text) => "New PIN",
        (Field::Again, PinKind::Auth | PinKind::Text) => "New PIN again",
        (Field::Pin, PinKind::Sign) => "Present password",
        (Field::New, PinKind::Sign) => "New password",
        (Field::Again, PinKind::Sign) => "New password again",
    },
    pin_first: |pin| match pin {
        PinKind::Text => {
            "Next you check what was read and type the card’s other PIN, that of the authentication certificate. They are two different PINs, though you may have chosen the same number."
        }
        PinKind::Auth | PinKind::Sign => "Next you check what was read before it is handed over.",
    },
    pin_second: |before| match before {
        PinKind::Text => {
            "This is not the PIN you just typed, which was for the text information. You may have chosen the same number."
        }
        PinKind::Auth => "This is not the PIN you just typed, which was that of the authentication certificate.",
        PinKind::Sign => "This is not the password you just typed, which was that of the signature certificate.",
    },
    show_pin: "Show what I type",
    hide_pin: "Hide what I type",
    fault: |fault| match fault {
        Fault::Same => "Choose another than the present one.",
        Fault::Unmixed => "Use at least one letter and one digit.",
        Fault::Differs => "This does not match the new one.",
    },
    attempts: |left| match left {
        1 => "1 attempt left".to_owned(),
        n => format!("{n} attempts left"),
    },
    rejected: |operation, pin| match (operation, pin) {
        (Operation::ChangePin, PinKind::Sign) => "The present password was wrong.",
        (Operation::ChangePin, _) => "The present PIN was wrong.",
        (_, PinKind::Sign) => "The password was wrong.",
        _ => "The PIN was wrong.",
    },
    remember: "Remember this site (you are still asked each time)",
    submit: |operation, values| match operation {
        Operation::ReadAttributes if values => "Hand this over",
        Operation::ReadAttributes => "Agree and read",
        Operation::Authenticate => "Agree and send",
        Operation::Sign => "Agree and sign",
        Operation::ChangePin => "Change it",
    },
    not_yet: "Available once the card is ready and every field is filled in.",
    cancel: "Cancel",
    close: "Close",
    back: "Back",
    block: "Block this site",
    about: "About",
    last_try: |pin| match pin {
        PinKind::Auth | PinKind::Text => (
            "This is the last attempt",
            "If this PIN is wrong, the card’s PIN is blocked and cannot be used until it is reset, for example at a municipal office. If you are not sure, choose “Back”.",
        ),
        PinKind::Sign => (
            "This is the last attempt",
            "If this password is wrong, the card’s signature password is blocked and cannot be used until it is reset, for example at a municipal office. If you are not sure, choose “Back”.",
        ),
    },
    last_try_submit: |pin| match pin {
        PinKind::Auth | PinKind::Text => "Send this PIN",
        PinKind::Sign => "Send this password",
    },
    block_question: (
        "Block this site?",
        "This request is declined and no further request of this site is shown. The block can be lifted with jpki-bridge sites forget.",
    ),
    block_submit: "Block",
    working: |operation, pin, step| match (operation, pin, step) {
        (Operation::ChangePin, PinKind::Auth | PinKind::Text, _) => "Changing the PIN",
        (Operation::ChangePin, PinKind::Sign, _) => "Changing the password",
        (_, _, None) => "Asking the card",
        (_, _, Some(Step::Reading)) => "Reading the card",
        (_, _, Some(Step::Signing)) => "Signing with the card",
    },
    keep_card: "Do not remove the card",
    handing_over: "Handing it to the site",
    done: |site| match site {
        true => ("Done", "You can take the card off the reader. Please go back to the browser."),
        false => ("Done", "You can take the card off the reader."),
    },
    cancelled: |site| match site {
        true => ("Cancelled", "The site learned nothing."),
        false => ("Cancelled", "You can take the card off the reader."),
    },
    failed: "It could not be completed",
    code: |code| format!("Code: {code}"),
    about_text: (
        "JPKI Bridge",
        "It lets a web site or a command verify who you are, or have you sign documents, with the My Number Card in this computer’s reader. Your PIN goes to the card alone: no site sees it and nothing records it.",
    ),
    keys: Keys { next_field: "next field", remember: "remember", block: "block", cancel: "cancel" },
    terminal_remember: |on| match on {
        true => "[x] Remember this site (you are still asked each time)",
        false => "[ ] Remember this site (you are still asked each time)",
    },
    terminal_confirm: "y: yes / n: back",
};
