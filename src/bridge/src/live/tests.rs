use std::num::NonZeroU8;

use jiff::Timestamp;
use jpki_card::{Attempts, CardPresence, Insertion, ReaderState, Snapshot};
use jpki_protocol::page::ProgressState;
use jpki_protocol::prompt::{Operation, PinKind};
use jpki_protocol::{ErrorCode, Origin, OriginPolicy};
use serde_json::json;

use super::{Board, Card, CardKind, KnownCard, Learnt, Live, Outcome, PinCount, Readers};
use crate::operation::CardAt;

const NOON: Timestamp = Timestamp::constant(1_790_000_000, 0);
const LATER: Timestamp = Timestamp::constant(1_790_000_009, 0);

fn reader(name: &str, card: CardPresence, insertion: u64) -> ReaderState {
    ReaderState { name: name.to_owned(), card, insertion: Insertion::new(insertion), in_use_exclusive: false }
}

fn present() -> CardPresence {
    CardPresence::Present { atr: vec![0x3B, 0x00] }
}

fn one_card(insertion: u64) -> Snapshot {
    Snapshot::Readers(vec![reader("R", present(), insertion)])
}

fn at(insertion: u64) -> CardAt {
    CardAt { reader: "R".to_owned(), insertion: Insertion::new(insertion) }
}

fn left(count: u8) -> Attempts {
    Attempts::Left(NonZeroU8::new(count).unwrap())
}

fn looked(pin: PinKind, count: u8) -> Learnt {
    Learnt::Looked { pin, attempts: left(count), auth_expires: None }
}

fn origin() -> Origin {
    Origin::parse("https://a.example", OriginPolicy::Secure).unwrap()
}

fn known(live: &Live) -> Option<KnownCard> {
    match &live.readers {
        Readers::Listed(readers) => readers[0].known,
        Readers::Unwatched | Readers::ServiceUnavailable => None,
    }
}

/// A value with one card, of which this was learnt in turn.
fn after(learnt: &[Learnt]) -> Option<KnownCard> {
    let mut live = Live::new(false);
    live.take_readers(&one_card(1));
    learnt.iter().for_each(|learnt| live.learn(&at(1), *learnt));
    known(&live)
}

#[test]
fn each_state_of_a_reader_has_its_word() {
    let mut live = Live::new(false);
    let held = ReaderState { in_use_exclusive: true, ..reader("D", present(), 4) };
    let states =
        vec![reader("A", CardPresence::Absent, 1), reader("B", present(), 2), reader("C", CardPresence::Mute, 3), held];
    live.take_readers(&Snapshot::Readers(states));
    let Readers::Listed(readers) = &live.readers else { panic!("no readers") };
    let seen: Vec<_> = readers.iter().map(|reader| (reader.name.as_str(), reader.card)).collect();
    assert_eq!(seen, [("A", Card::None), ("B", Card::Present), ("C", Card::Mute), ("D", Card::InUse)]);
    live.take_readers(&Snapshot::ServiceUnavailable);
    assert_eq!(live.readers, Readers::ServiceUnavailable);
}

#[test]
fn what_is_known_of_a_card_leaves_with_it() {
    let mut live = Live::new(false);
    live.take_readers(&one_card(1));
    live.learn(&at(1), looked(PinKind::Auth, 3));
    live.take_readers(&Snapshot::Readers(vec![reader("Q", CardPresence::Absent, 9), reader("R", present(), 1)]));
    let Readers::Listed(readers) = &live.readers else { panic!("no readers") };
    assert!(readers[0].known.is_none() && readers[1].known.is_some(), "another reader is no reason to forget");
    for gone in [one_card(2), Snapshot::ServiceUnavailable] {
        let mut live = live.clone();
        live.take_readers(&gone);
        assert_eq!(known(&live), None);
        live.learn(&at(1), looked(PinKind::Auth, 3));
        assert_eq!(known(&live), None, "word of a card that left comes too late");
    }
}

#[test]
fn attempts_are_counted_as_the_card_tells_and_never_guessed() {
    let auth = |learnt: &[Learnt]| after(learnt).unwrap().auth;
    let counted = |attempts| Learnt::Counted { pin: PinKind::Auth, attempts };
    let (look, accepted) = (looked(PinKind::Auth, 3), Learnt::Accepted(PinKind::Auth));
    for (learnt, expected) in [
        (vec![look], Some(PinCount::Left(3))),
        (vec![look, accepted], Some(PinCount::Left(3))),
        (vec![look, counted(left(2))], Some(PinCount::Left(2))),
        (vec![look, counted(left(2)), accepted], None),
        (vec![look, counted(Attempts::Blocked)], Some(PinCount::Blocked)),
        (vec![look, counted(Attempts::NotReported)], Some(PinCount::NotReported)),
        (vec![look, Learnt::Unsure(PinKind::Auth)], None),
        (vec![look, Learnt::Accepted(PinKind::Text)], Some(PinCount::Left(3))),
        (vec![looked(PinKind::Sign, 5)], None),
    ] {
        assert_eq!(auth(&learnt), expected, "{learnt:?}");
    }
    let sign = after(&[looked(PinKind::Sign, 5), Learnt::Accepted(PinKind::Sign)]).unwrap().sign;
    assert_eq!(sign, Some(PinCount::Left(5)));
}

#[test]
fn a_card_is_foreign_until_something_of_ours_was_found_on_it() {
    let kind = |learnt: &[Learnt]| after(learnt).map(|card| card.kind);
    assert_eq!(kind(&[]), None);
    assert_eq!(kind(&[Learnt::Foreign]), Some(CardKind::Other));
    assert_eq!(kind(&[Learnt::Foreign, looked(PinKind::Auth, 3)]), Some(CardKind::MyNumber));
    assert_eq!(kind(&[looked(PinKind::Auth, 3), Learnt::Foreign]), Some(CardKind::MyNumber));
}

#[test]
fn an_end_of_validity_once_read_stays_known() {
    let read = Learnt::Looked { pin: PinKind::Auth, attempts: left(3), auth_expires: Some(NOON) };
    assert_eq!(after(&[read, looked(PinKind::Sign, 5)]).unwrap().auth_expires, Some(NOON));
}

#[test]
fn an_operation_goes_through_its_stages_and_leaves_its_outcome() {
    let mut live = Live::new(false);
    live.begin(Some(origin()), Operation::Sign, NOON);
    assert_eq!(live.operation.as_ref().unwrap().stage, ProgressState::WaitingForUser);
    live.enter(ProgressState::Working);
    live.answer(Outcome::Ended(ErrorCode::UserCancelled), LATER);
    let underway = live.operation.as_ref().unwrap();
    assert_eq!((underway.stage, underway.began), (ProgressState::Working, NOON), "its card may still be at work");
    live.rest();
    assert_eq!(live.operation, None);
    let last = live.last.unwrap();
    assert_eq!((last.origin, last.kind, last.at), (Some(origin()), Operation::Sign, LATER));
    assert!(last.outcome.is_declined());
}

#[test]
fn onlookers_wake_for_changes_and_for_nothing_else() {
    let board = Board::new(false);
    let mut onlooker = board.subscribe();
    board.readers(&one_card(1));
    assert!(onlooker.has_changed().unwrap());
    onlooker.mark_unchanged();
    board.readers(&one_card(1));
    board.learnt(&at(2), looked(PinKind::Auth, 3));
    board.entered(ProgressState::Working);
    board.at_rest();
    assert!(!onlooker.has_changed().unwrap());
    board.readers(&one_card(2));
    assert!(onlooker.has_changed().unwrap(), "another card is a change");
}

#[test]
fn the_value_as_json_has_no_more_than_it_should() {
    let mut live = Live::new(true);
    live.take_readers(&one_card(1));
    live.learn(&at(1), Learnt::Looked { pin: PinKind::Auth, attempts: left(3), auth_expires: Some(NOON) });
    live.begin(None, Operation::ChangePin, NOON);
    live.answer(Outcome::Done, LATER);
    let expected = json!({
        "readers": { "state": "listed", "list": [{
            "name": "R",
            "card": "present",
            "known": {
                "kind": "myNumber", "auth": { "left": 3 }, "text": null, "sign": null,
                "authExpires": "2026-09-21T14:13:20Z",
            },
        }] },
        "operation": {
            "origin": null, "kind": "changePin", "stage": "waiting_for_user", "began": "2026-09-21T14:13:20Z",
        },
        "last": { "origin": null, "kind": "changePin", "at": "2026-09-21T14:13:29Z", "outcome": "done" },
        "history": { "revision": 0, "trouble": null },
        "testCard": true,
    });
    assert_eq!(serde_json::to_value(live).unwrap(), expected);
}
