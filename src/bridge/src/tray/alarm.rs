//! What a person should look at.

use jiff::Timestamp;
use jpki_protocol::prompt::PinKind;

use crate::live::{Card, KnownCard, Live, PinCount, Reader, Readers};

/// How many days before its end a certificate is worth a word: the authorities renew from three months before
/// (公的個人認証サービス利用者証明用電子証明書の更新).
const NOTICE_DAYS: i64 = 90;

/// Something to look at; the first that holds is the one that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alarm {
    /// The smart card service isn't there.
    ServiceMissing,
    /// The only card doesn't answer.
    Mute,
    /// This PIN can't be tried any more.
    Blocked(PinKind),
    /// The next wrong PIN blocks it.
    LastAttempt(PinKind),
    /// The certificate of the card ended.
    Expired,
    /// It ends in so many whole days, 0 to 90.
    EndsIn(i64),
}

impl Alarm {
    /// What is to be looked at now.
    pub(crate) fn of(live: &Live, now: Timestamp) -> Option<Self> {
        let readers = match &live.readers {
            Readers::Unwatched => return None,
            Readers::ServiceUnavailable => return Some(Self::ServiceMissing),
            Readers::Listed(readers) => readers,
        };
        let usable = |reader: &Reader| matches!(reader.card, Card::Present | Card::InUse);
        if !readers.iter().any(usable) && readers.iter().any(|reader| reader.card == Card::Mute) {
            return Some(Self::Mute);
        }
        readers.iter().filter_map(|reader| reader.known).find_map(|card| of_card(&card, now))
    }
}

fn of_card(card: &KnownCard, now: Timestamp) -> Option<Alarm> {
    let pins = [(PinKind::Auth, card.auth), (PinKind::Sign, card.sign), (PinKind::Text, card.text)];
    let counted = |wanted: PinCount| pins.iter().find(|(_, count)| *count == Some(wanted)).map(|(pin, _)| *pin);
    counted(PinCount::Blocked)
        .map(Alarm::Blocked)
        .or_else(|| counted(PinCount::Left(1)).map(Alarm::LastAttempt))
        .or_else(|| card.auth_expires.and_then(|end| of_certificate(end, now)))
}

fn of_certificate(end: Timestamp, now: Timestamp) -> Option<Alarm> {
    if end < now {
        return Some(Alarm::Expired);
    }
    let days = end.duration_since(now).as_hours() / 24;
    (days <= NOTICE_DAYS).then_some(Alarm::EndsIn(days))
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::*;
    use crate::tray::samples::{NOON, PLAIN, holding, live, reader};

    fn of(known: KnownCard) -> Option<Alarm> {
        Alarm::of(&live(Readers::Listed(vec![holding(Some(known))])), NOON)
    }

    #[test]
    fn a_certificate_is_worth_a_word_from_ninety_days_before_its_end() {
        for (hours, expected) in [
            (-1, Some(Alarm::Expired)),
            (1, Some(Alarm::EndsIn(0))),
            (30 * 24, Some(Alarm::EndsIn(30))),
            (90 * 24, Some(Alarm::EndsIn(90))),
            (91 * 24, None),
        ] {
            let end = NOON.checked_add(hours.hours()).unwrap();
            assert_eq!(of(KnownCard { auth_expires: Some(end), ..PLAIN }), expected, "{hours} hours");
        }
    }

    #[test]
    fn a_blocked_pin_comes_before_one_with_a_last_attempt() {
        let last = KnownCard { auth: Some(PinCount::Left(1)), ..PLAIN };
        assert_eq!(of(last), Some(Alarm::LastAttempt(PinKind::Auth)));
        let both = KnownCard { sign: Some(PinCount::Blocked), ..last };
        assert_eq!(of(both), Some(Alarm::Blocked(PinKind::Sign)));
        for harmless in [PinCount::Left(2), PinCount::Unlimited, PinCount::NotReported] {
            assert_eq!(of(KnownCard { auth: Some(harmless), ..PLAIN }), None, "{harmless:?}");
        }
    }

    #[test]
    fn a_card_that_does_not_answer_is_an_alarm_only_if_there_is_no_other() {
        let alarm = |readers| Alarm::of(&live(Readers::Listed(readers)), NOON);
        assert_eq!(alarm(vec![reader(Card::Mute)]), Some(Alarm::Mute));
        assert_eq!(alarm(vec![reader(Card::Mute), reader(Card::Present)]), None);
        assert_eq!(alarm(vec![reader(Card::None)]), None);
    }

    #[test]
    fn a_service_that_is_missing_is_an_alarm_and_one_not_asked_yet_is_none() {
        assert_eq!(Alarm::of(&live(Readers::ServiceUnavailable), NOON), Some(Alarm::ServiceMissing));
        assert_eq!(Alarm::of(&live(Readers::Unwatched), NOON), None);
    }
}
