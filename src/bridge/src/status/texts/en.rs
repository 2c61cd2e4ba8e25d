//! English

use super::{
    Attribute, By, Card, CardKind, Decision, Headline, Language, Operation, PinCount, PinKind, ProgressState, Section,
    Source, Texts, Verdict,
};

pub(super) static TEXTS: Texts = Texts {
    language: Language::En,
    own_name: "English",

    skip: "Skip to content",
    navigation: "Menu",
    section: |section| match section {
        Section::Overview => "Status",
        Section::Sites => "Sites",
        Section::History => "History",
        Section::Diagnosis => "Diagnosis",
        Section::Settings => "Settings",
        Section::Log => "Log",
        Section::About => "About",
    },
    languages: "Language",
    test_card: "Test card",
    test_card_note: "A test card is in use. What it signs proves nobody’s identity.",
    undo: "Undo",
    lost: "The connection to JPKI Bridge is lost. What is shown may be out of date.",

    this_computer: "This computer",
    operation: |operation| match operation {
        Operation::Authenticate => "Verify identity",
        Operation::ReadAttributes => "Read information from the card",
        Operation::Sign => "Sign documents",
        Operation::ChangePin => "Change a PIN",
    },
    done: "Done",
    declined: "Declined",
    failed: "Failed",
    who: "Asked by",
    what: "Operation",
    when: "When",
    outcome: "Outcome",

    headline: |headline| match headline {
        Headline::Unwatched => ("Looking for readers", "One moment, please."),
        Headline::NoService => (
            "The smart card service is not running",
            "“Diagnosis” says why and what to do. When the service starts, this page shows it.",
        ),
        Headline::NoReader => ("No card reader", "Connect a card reader when you want to use a card."),
        Headline::NoCard => ("Ready", "Put your My Number Card on the reader when you want to use it."),
        Headline::BadCard => {
            ("The card does not answer", "Check which side is up and which end goes first, and put the card in again.")
        }
        Headline::CardInUse => ("Another program is using the card", "End that program before an operation."),
        Headline::CardPresent => ("A card is present", "Sites can ask for an operation."),
        Headline::Working => {
            ("An operation is under way", "Look at its window. Do not move the card until it is done.")
        }
    },
    readers: "Readers and cards",
    no_readers: "No reader was found.",
    in_reader: "Card",
    card: |card| match card {
        Card::None => "None",
        Card::Present => "Present",
        Card::Mute => "A card that does not answer",
        Card::InUse => "In use",
    },
    kind: "Kind",
    card_kind: |kind| match kind {
        CardKind::MyNumber => "My Number Card",
        CardKind::Other => "A card that can’t be used",
    },
    attempts: |pin| match pin {
        PinKind::Auth => "PIN for identity verification",
        PinKind::Text => "PIN for the card’s information",
        PinKind::Sign => "Signature password",
    },
    count: |count| match count {
        PinCount::Left(1) => "1 attempt left".to_owned(),
        PinCount::Left(left) => format!("{left} attempts left"),
        PinCount::Blocked => "Blocked".to_owned(),
        PinCount::Unlimited => "No limit on attempts".to_owned(),
        PinCount::NotReported => "Attempts left are not known".to_owned(),
    },
    expires: "Certificate for identity verification expires",
    expires_soon: |days| {
        let days = if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
        format!("It expires in {days}. Renew it at your municipal office (possible from three months before).")
    },
    expired: "It has expired. Renew it at your municipal office.",
    unknown_card: "Kind and attempts left appear when an operation has looked at the card.",
    underway: "Operation under way",
    none_underway: "No operation is under way.",
    stage: "Stage",
    stages: |state| match state {
        ProgressState::WaitingForUser => "Waiting for an answer in the window",
        ProgressState::WaitingForCard => "Waiting for the card",
        ProgressState::Working => "Reading the card",
    },
    since: "Began",
    last: "Last operation",
    none_last: "There was no operation since JPKI Bridge started.",

    sites_intro: "Also for a site you allow, a window asks before each operation. A site you block is refused without a window.",
    no_sites: "No site was allowed or blocked.",
    site: "Site",
    decision: "Decision",
    decided: |decision| match decision {
        Some(Decision::Allow) => "Allowed",
        Some(Decision::Block) => "Blocked",
        None => "Asked each time",
    },
    change: "Change",
    decide: |decision| match decision {
        Some(Decision::Allow) => "Allow",
        Some(Decision::Block) => "Block",
        None => "Forget",
    },
    decided_by: |by| match by {
        By::Person => "You",
        By::Settings => "Settings file",
        By::Policy => "Set by the administrator",
    },
    only_allowed: "Every site that the administrator does not allow is blocked.",
    cannot_allow: |site, by| match by {
        By::Policy => format!("The administrator blocks {site}: only they can allow it."),
        By::Settings | By::Person => {
            format!("The settings file blocks {site}. Take it out of “blocked” there to allow it.")
        }
    },
    add_site: "Decide about a site",
    add_site_hint: "For example https://www.example.jp",
    site_decided: |site, decision| match decision {
        Some(Decision::Allow) => format!("{site} is allowed."),
        Some(Decision::Block) => format!("{site} is blocked."),
        None => format!("{site} is forgotten."),
    },
    not_a_site: "That is not the address of a site. Write it like https://www.example.jp.",

    history_intro: "Who asked for what, when, and how it ended. Values such as names, and what is in documents, are not kept.",
    no_history: "There are no entries.",
    not_kept: "No history is kept.",
    filter: "Filter",
    all_sites: "All",
    from_day: "From this day",
    show: "Show",
    export: "Export",
    details: "Details",
    attribute: |attribute| match attribute {
        Attribute::Name => "Name",
        Attribute::Address => "Address",
        Attribute::Birthdate => "Date of birth",
        Attribute::Gender => "Sex",
    },
    and: ", ",
    documents: |count| if count == 1 { "1 document".to_owned() } else { format!("{count} documents") },
    pin: |pin| match pin {
        PinKind::Auth => "For identity verification",
        PinKind::Text => "For the card’s information",
        PinKind::Sign => "Signature password",
    },
    shown: |shown, of| format!("The newest {shown} of {of} entries are shown. An export has all of them."),
    skipped: |count| match count {
        1 => "1 line could not be read.".to_owned(),
        count => format!("{count} lines could not be read."),
    },
    erase: "Erase the history",
    erase_warning: "All entries will be erased. This can’t be undone.",
    erase_now: "Erase all entries",
    erased: |count| match count {
        1 => "1 entry was erased.".to_owned(),
        count => format!("{count} entries were erased."),
    },

    diagnosis_intro: "Examines everything a card operation needs. No PIN is used, and no personal information is read.",
    examine: "Examine",
    examining: "Examining. This takes some seconds.",
    examined: "Examined",
    found: |faults, warnings| {
        let plural = |count: usize, one: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") };
        match (faults, warnings) {
            (0, 0) => "Everything is in order.".to_owned(),
            (0, warnings) => format!("No fault, {}.", plural(warnings, "warning")),
            (faults, warnings) => format!(
                "{}, {}. A card operation could not start.",
                plural(faults, "fault"),
                plural(warnings, "warning")
            ),
        }
    },
    check: "Check",
    verdict: "Verdict",
    verdicts: |verdict| match verdict {
        Verdict::Fault => "Fault",
        Verdict::Attention => "Warning",
        Verdict::Unknown => "Unknown",
        Verdict::Ok => "OK",
        Verdict::NotApplicable => "Not applicable",
    },
    finding: "Found",
    remedy: "Remedy",

    settings_intro: "The settings as JPKI Bridge read them when it started. Those set by the administrator can’t be changed.",
    setting: "Setting",
    value: "Value",
    source: "Set by",
    setting_name: |key| match key.name {
        "port" => "Port",
        "prompt" => "Program that shows the window",
        "timeout" => "Time to answer (seconds)",
        "tray" => "Icon in the system tray",
        "history" => "Keep a history",
        "log" => "Detail of the log",
        "developer" => "Also accept pages on http://localhost (for developers)",
        "blocked" => "Sites that are blocked",
        "allowed" => "Sites that are allowed",
        "only_allowed" => "Accept allowed sites only",
        name => name,
    },
    unset: |key| match (key.name, key.default) {
        ("prompt", _) => "The jpki-prompt that comes with it",
        (_, "none") => "None",
        (_, "true") => "Yes",
        (_, "false") => "No",
        (_, default) => default,
    },
    set_by: |source| match source {
        Source::Default => "Default",
        Source::File(_) => "Settings file",
        Source::Environment => "Environment",
        Source::Flag => "Command line",
        Source::Policy(_) => "Set by the administrator",
    },
    yes_no: |yes| if yes { "Yes" } else { "No" },
    autostart: "Start at login",
    starts: |on| if on { "JPKI Bridge starts when you log in." } else { "JPKI Bridge does not start when you log in." },
    switch_start: |on| if on { "Start at login" } else { "Do not start at login" },

    log_intro: "The end of the log since JPKI Bridge started. It holds no PIN and nothing of what is on a card.",
    no_log: "There is no log yet.",

    about_intro: "Lets web pages verify identity with a My Number Card in this computer’s card reader.",
    version: "Version",
    licence: "Licence",
    homepage: "Home page",
    privacy: "It never reads the My Number, and it never talks to the internet.",
    slint: "The window is made with Slint, under its royalty-free licence.",

    locked: "This page is not open to you",
    locked_note: "If you are the person who is logged in, open it with this command.",
};
