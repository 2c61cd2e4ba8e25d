//! The first section: readers, cards, the operation under way and the last one.

use askama::Template;
use jiff::Timestamp;
use jpki_protocol::prompt::PinKind;

use super::{Frame, Moment, outcome};
use crate::live::{Card, KnownCard, Live, Reader, Readers};
use crate::status::texts::{Headline, Texts};

/// How long before its end the page reminds of a certificate.
const REMINDER_DAYS: i64 = 90;

const SECONDS_A_DAY: i64 = 24 * 60 * 60;

#[derive(Template)]
#[template(path = "status/overview.html")]
pub(in crate::status) struct OverviewPage {
    frame: Frame,
    headline: (&'static str, &'static str),
    readers: Vec<ShownReader>,
    underway: Option<ShownOperation>,
    last: Option<ShownOperation>,
}

struct ShownReader {
    name: String,
    card: &'static str,
    has_card: bool,
    known: Option<ShownCard>,
}

struct ShownCard {
    kind: &'static str,
    attempts: Vec<(&'static str, String)>,
    expires: Option<(Moment, Option<String>)>,
}

struct ShownOperation {
    who: String,
    what: &'static str,
    /// How it stands, or how it ended.
    how: &'static str,
    why: Option<&'static str>,
    when: Moment,
}

impl OverviewPage {
    pub(in crate::status) fn new(frame: Frame, live: &Live, now: Timestamp) -> Self {
        let t = frame.t;
        let who = |origin: &Option<jpki_protocol::Origin>| {
            origin.as_ref().map_or_else(|| t.this_computer.to_owned(), ToString::to_string)
        };
        let readers = match &live.readers {
            Readers::Listed(readers) => readers.iter().map(|reader| ShownReader::new(t, reader, now)).collect(),
            Readers::Unwatched | Readers::ServiceUnavailable => Vec::new(),
        };
        let underway = live.operation.as_ref().map(|underway| ShownOperation {
            who: who(&underway.origin),
            what: (t.operation)(underway.kind),
            how: (t.stages)(underway.stage),
            why: None,
            when: Moment::new(t, underway.began),
        });
        let last = live.last.as_ref().map(|last| {
            let (how, why) = outcome(t, last.outcome);
            let (what, when) = ((t.operation)(last.kind), Moment::new(t, last.at));
            ShownOperation { who: who(&last.origin), what, how, why, when }
        });
        Self { headline: (t.headline)(headline(live)), frame, readers, underway, last }
    }
}

impl ShownReader {
    fn new(t: &Texts, reader: &Reader, now: Timestamp) -> Self {
        Self {
            name: reader.name.clone(),
            card: (t.card)(reader.card),
            has_card: reader.card != Card::None,
            known: reader.known.map(|known| ShownCard::new(t, known, now)),
        }
    }
}

impl ShownCard {
    fn new(t: &Texts, known: KnownCard, now: Timestamp) -> Self {
        let counts = [(PinKind::Auth, known.auth), (PinKind::Text, known.text), (PinKind::Sign, known.sign)];
        let attempts = counts.into_iter().filter_map(|(pin, count)| Some(((t.attempts)(pin), (t.count)(count?))));
        let expires = known.auth_expires.map(|end| (Moment::day(t, end), reminder(t, end, now)));
        Self { kind: (t.card_kind)(known.kind), attempts: attempts.collect(), expires }
    }
}

/// What has to be said about a certificate's end, if anything.
pub(super) fn reminder(t: &Texts, end: Timestamp, now: Timestamp) -> Option<String> {
    let seconds = end.as_second() - now.as_second();
    match seconds / SECONDS_A_DAY {
        _ if seconds < 0 => Some(t.expired.to_owned()),
        days if days <= REMINDER_DAYS => Some((t.expires_soon)(days)),
        _ => None,
    }
}

/// What the whole comes to. Of several cards, the one that can be used counts.
fn headline(live: &Live) -> Headline {
    if live.operation.is_some() {
        return Headline::Working;
    }
    let readers = match &live.readers {
        Readers::Unwatched => return Headline::Unwatched,
        Readers::ServiceUnavailable => return Headline::NoService,
        Readers::Listed(readers) => readers,
    };
    let has = |card: Card| readers.iter().any(|reader| reader.card == card);
    if readers.is_empty() {
        Headline::NoReader
    } else if has(Card::Present) {
        Headline::CardPresent
    } else if has(Card::InUse) {
        Headline::CardInUse
    } else if has(Card::Mute) {
        Headline::BadCard
    } else {
        Headline::NoCard
    }
}
