//! What a person is told without having asked: little, and seldom.
//!
//! Nothing that a page can bring about is among it, so that no page can use it to press somebody (threat 7).

use jiff::{SignedDuration, Timestamp};
use jpki_protocol::Language;

use super::alarm::Alarm;
use super::words::Words;
use crate::live::Live;

/// After how long the end of a certificate is told again.
const CERTIFICATE_PAUSE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// After how long a missing service is told again: one that comes and goes is no news each time.
const SERVICE_PAUSE: SignedDuration = SignedDuration::from_hours(1);

/// Something to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    /// What happened.
    pub(crate) title: String,
    /// What it means, or what to do.
    pub(crate) text: &'static str,
}

/// What was told already, and when.
#[derive(Debug, Default)]
pub(super) struct Told {
    test_card: bool,
    service: Option<Timestamp>,
    certificate: Option<Timestamp>,
}

impl Told {
    /// Nothing but this, about a certificate.
    pub(super) fn of_certificate(certificate: Option<Timestamp>) -> Self {
        Self { certificate, ..Self::default() }
    }

    /// When the end of a certificate was told last. It is remembered from one start of the agent to the next.
    pub(super) fn certificate(&self) -> Option<Timestamp> {
        self.certificate
    }

    /// What is to be told now, and counts as told. Nothing while a window of ours speaks to the person.
    pub(super) fn due(&mut self, live: &Live, language: Language, now: Timestamp) -> Option<Notice> {
        if live.operation.is_some() {
            return None;
        }
        let words = Words::of(language);
        let notice = |(title, text): (&str, _)| Some(Notice { title: title.to_owned(), text });
        if live.test_card && !self.test_card {
            self.test_card = true;
            return notice(words.test_card);
        }
        match Alarm::of(live, now)? {
            Alarm::ServiceMissing if is_past(self.service, SERVICE_PAUSE, now) => {
                self.service = Some(now);
                notice(words.service_missing)
            }
            // A test card's certificate ends when its maker wants.
            alarm @ (Alarm::EndsIn(_) | Alarm::Expired)
                if !live.test_card && is_past(self.certificate, CERTIFICATE_PAUSE, now) =>
            {
                self.certificate = Some(now);
                let Alarm::EndsIn(days) = alarm else { return notice(words.certificate_ended) };
                let (title, text) = words.certificate_ends;
                Some(Notice { title: title(days), text })
            }
            _ => None,
        }
    }
}

/// Whether `pause` is over. A moment that lies ahead is that of a clock that was wrong then.
fn is_past(told: Option<Timestamp>, pause: SignedDuration, now: Timestamp) -> bool {
    told.is_none_or(|told| told > now || now.duration_since(told) >= pause)
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use jpki_protocol::page::ProgressState;

    use super::*;
    use crate::live::{Card, KnownCard, PinCount, Readers};
    use crate::tray::samples::{NOON, PLAIN, holding, live, reader, underway};

    fn after(hours: i64) -> Timestamp {
        NOON.checked_add(hours.hours()).unwrap()
    }

    fn title(told: &mut Told, live: &Live, hours: i64) -> Option<String> {
        told.due(live, Language::En, after(hours)).map(|notice| notice.title)
    }

    fn ending() -> Live {
        live(Readers::Listed(vec![holding(Some(KnownCard { auth_expires: Some(after(50 * 24)), ..PLAIN }))]))
    }

    #[test]
    fn the_end_of_a_certificate_is_told_every_thirty_days() {
        let mut told = Told::default();
        assert_eq!(title(&mut told, &ending(), 0).unwrap(), "The card's certificate expires in 50 days");
        assert_eq!(title(&mut told, &ending(), 30 * 24 - 1), None);
        let mut told = Told::of_certificate(told.certificate());
        assert_eq!(title(&mut told, &ending(), 30 * 24 - 1), None, "another start of the agent is no reason");
        assert_eq!(title(&mut told, &ending(), 30 * 24).unwrap(), "The card's certificate expires in 20 days");
        assert_eq!(title(&mut told, &ending(), 61 * 24).unwrap(), "The card's certificate has expired");
    }

    #[test]
    fn a_clock_that_was_wrong_silences_nothing() {
        let mut told = Told::of_certificate(Some(after(9_999)));
        assert!(title(&mut told, &ending(), 0).is_some());
    }

    #[test]
    fn a_service_that_comes_and_goes_is_told_once_an_hour() {
        let (mut told, missing) = (Told::default(), live(Readers::ServiceUnavailable));
        assert_eq!(title(&mut told, &missing, 0).unwrap(), "The smart card service is not running");
        assert_eq!(title(&mut told, &live(Readers::Listed(vec![])), 0), None);
        assert_eq!(title(&mut told, &missing, 0), None);
        assert!(title(&mut told, &missing, 1).is_some());
    }

    #[test]
    fn a_test_card_is_told_once_and_its_certificate_is_not() {
        let (mut told, state) = (Told::default(), Live { test_card: true, ..ending() });
        assert_eq!(title(&mut told, &state, 0).unwrap(), "A test card is in use");
        assert_eq!(title(&mut told, &state, 0), None);
    }

    #[test]
    fn nothing_is_told_beside_an_open_window_but_afterwards() {
        let mut told = Told::default();
        let busy = Live { operation: Some(underway(ProgressState::Working)), ..ending() };
        assert_eq!(title(&mut told, &busy, 0), None);
        assert!(title(&mut told, &ending(), 0).is_some());
    }

    #[test]
    fn what_a_page_can_bring_about_is_not_told() {
        let pin = KnownCard { auth: Some(PinCount::Blocked), ..PLAIN };
        for state in [
            live(Readers::Listed(vec![holding(Some(pin))])),
            live(Readers::Listed(vec![reader(Card::Mute)])),
            live(Readers::Listed(vec![])),
        ] {
            assert_eq!(title(&mut Told::default(), &state, 0), None, "{state:?}");
        }
    }
}
