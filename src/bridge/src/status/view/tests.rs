use askama::Template as _;
use jiff::{Timestamp, ToSpan as _};
use jpki_card::{CardPresence, Insertion, ReaderState, Snapshot};
use jpki_protocol::prompt::Operation;
use jpki_protocol::{ErrorCode, Language, Origin, OriginPolicy};

use super::*;
use crate::autostart::Status;
use crate::history::{Entry, Reading};
use crate::live::{Board, Live};
use crate::onetime;
use crate::settings::keys::Key;
use crate::settings::{Row, Source};
use crate::sites::By;
use crate::status::session::Sessions;

fn frame(section: Section, language: Language, notice: Option<Notice>) -> Frame {
    let (mut sessions, now) = (Sessions::default(), std::time::Instant::now());
    let cookie: onetime::Key = sessions.open(now).unwrap();
    let session = sessions.find(Some(&cookie), now).unwrap();
    session.notice = notice.map(|notice| (section, notice));
    Frame::new(section, session, language, true)
}

fn origin() -> Origin {
    Origin::parse("https://shop.example", OriginPolicy::Secure).unwrap()
}

fn overview(live: &Live, language: Language) -> String {
    OverviewPage::new(frame(Section::Overview, language, None), live, Timestamp::now()).render().unwrap()
}

fn reader(name: &str, card: CardPresence) -> Snapshot {
    let state = ReaderState { name: name.to_owned(), card, insertion: Insertion::new(1), in_use_exclusive: false };
    Snapshot::Readers(vec![state])
}

#[test]
fn the_overview_says_what_is_and_escapes_what_others_named() {
    let board = Board::new(true);
    let live = board.subscribe();
    let shows = |text: &str| {
        let html = overview(&live.borrow(), Language::En);
        assert!(html.contains(text), "{text} in {html}");
    };
    shows("Looking for readers");
    board.readers(&Snapshot::ServiceUnavailable);
    shows("The smart card service is not running");
    board.readers(&Snapshot::Readers(Vec::new()));
    shows("No card reader");
    board.readers(&reader("<b>", CardPresence::Absent));
    shows("&#60;b&#62;");
    shows("<strong>Ready</strong>");
    board.readers(&reader("r", CardPresence::Mute));
    shows("The card does not answer");
    board.readers(&reader("r", CardPresence::Present { atr: vec![0x3b] }));
    shows("A card is present");
    board.began(Some(origin()), Operation::Authenticate);
    shows("An operation is under way");
    shows("https://shop.example");
    board.answered(Outcome::Ended(ErrorCode::CardRemoved));
    board.at_rest();
    shows("Failed");
    shows(ErrorCode::CardRemoved.remedy(Language::En));
    shows("A test card is in use");
    assert!(overview(&live.borrow(), Language::Ja).contains("カードがあります"));
}

#[test]
fn a_certificate_that_ends_within_ninety_days_is_pointed_out() {
    let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let said = |hours: i64| overview::reminder(Texts::of(Language::En), now + hours.hours(), now);
    assert_eq!(said(91 * 24), None);
    for (hours, text) in [(90 * 24, "in 90 days"), (24, "in 1 day."), (1, "in 0 days"), (-1, "It has expired")] {
        assert!(said(hours).unwrap().contains(text), "{hours}: {:?}", said(hours));
    }
}

#[test]
fn a_notice_stands_in_its_section_and_can_be_undone_if_something_changed() {
    let block = Some(Decision::Block);
    let page = |before| {
        let notice = Notice::Decided { site: origin(), now: block, before };
        SitesPage::new(frame(Section::Sites, Language::En, Some(notice)), Ok(Vec::new()), false).render().unwrap()
    };
    assert!(page(None).contains("https://shop.example is blocked.") && page(None).contains("value=\"undo\""));
    assert!(!page(block).contains("value=\"undo\""));
}

#[test]
fn what_somebody_else_decided_about_a_site_is_marked_and_kept() {
    let page = |decision, by| {
        let sites = Ok(vec![(origin(), decision, by)]);
        SitesPage::new(frame(Section::Sites, Language::En, None), sites, true).render().unwrap()
    };
    let choices = |html: &str| ["allow", "block", "forget"].map(|word| html.contains(&format!("id=\"{word} https:")));
    let own = page(Decision::Block, By::Person);
    assert!(!own.contains("Set by the administrator") && own.contains("Every site that the administrator"));
    assert_eq!(choices(&own), [true, false, true]);
    let blocked = page(Decision::Block, By::Policy);
    assert!(blocked.contains("Set by the administrator"));
    assert_eq!(choices(&blocked), [false; 3]);
    assert_eq!(choices(&page(Decision::Block, By::Settings)), [false; 3]);
    assert_eq!(choices(&page(Decision::Allow, By::Policy)), [false, true, false]);
}

#[test]
fn settings_say_who_set_them() {
    let row = |name: &str, value: serde_json::Value, source| Row {
        key: Key::named(name).unwrap(),
        value: Some(value),
        source,
    };
    let rows = [
        row("tray", false.into(), Source::Flag),
        row("blocked", serde_json::json!(["https://a.example"]), Source::Policy("/p".into())),
        Row { value: None, ..row("log", "".into(), Source::Default) },
    ];
    let autostart = Ok(Status { on: true, by: None, trouble: Some("moved".to_owned()) });
    let html = SettingsPage::new(frame(Section::Settings, Language::En, None), &rows, autostart).render().unwrap();
    for text in
        ["--no-tray", ">No<", "https://a.example", ">Set by the administrator<", "/p", "warn", "moved", "no-start"]
    {
        assert!(html.contains(text), "{text} in {html}");
    }
}

#[test]
fn the_history_is_filtered_and_shows_the_newest_first() {
    let entry = |at: &str, site: Option<Origin>| Entry {
        at: at.parse().unwrap(),
        site,
        asked: Operation::Authenticate,
        attributes: Vec::new(),
        source: None,
        documents: 0,
        pin: None,
        outcome: Outcome::Done,
    };
    let entries = vec![entry("2026-01-01T12:00:00Z", Some(origin())), entry("2026-03-01T12:00:00Z", None)];
    let page = |query: &[(&str, &str)]| {
        let query: Vec<_> = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let reading = Reading { entries: entries.clone(), skipped: 1 };
        let frame = frame(Section::History, Language::En, None);
        HistoryPage::new(frame, Some(Ok(reading)), &Choice::read(&query), None).render().unwrap()
    };
    let (old, new) = ("datetime=\"2026-01-01T12:00:00Z\"", "datetime=\"2026-03-01T12:00:00Z\"");
    let all = page(&[("site", ""), ("since", "")]);
    assert!(all.find(new).unwrap() < all.find(old).unwrap() && all.contains("1 line could not be read."), "{all}");
    let of_site = page(&[("site", "https://shop.example")]);
    assert!(of_site.contains(old) && !of_site.contains(new));
    assert!(of_site.contains("/status/history.csv?site=https%3A%2F%2Fshop%2Eexample"), "{of_site}");
    let recent = page(&[("since", "2026-02-01")]);
    assert!(!recent.contains(old) && recent.contains(new));
}
