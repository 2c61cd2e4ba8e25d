//! States of an agent, for the tests of this folder.

use jiff::Timestamp;
use jpki_card::{CardPresence, Insertion, ReaderState, Snapshot};
use jpki_protocol::page::ProgressState;
use jpki_protocol::prompt::Operation;
use jpki_protocol::{Origin, OriginPolicy};

use crate::live::{Board, Card, CardKind, Ended, KnownCard, Live, Outcome, Reader, Readers, Underway};

pub(super) const NOON: Timestamp = Timestamp::constant(1_790_000_000, 0);

/// A card of the right kind of which nothing else is known.
pub(super) const PLAIN: KnownCard =
    KnownCard { kind: CardKind::MyNumber, auth: None, text: None, sign: None, auth_expires: None };

pub(super) fn live(readers: Readers) -> Live {
    let live = Board::new(false).subscribe().borrow().clone();
    Live { readers, ..live }
}

pub(super) fn reader(card: Card) -> Reader {
    let board = Board::new(false);
    board.readers(&Snapshot::Readers(vec![ReaderState {
        name: "R".to_owned(),
        card: CardPresence::Absent,
        insertion: Insertion::new(1),
        in_use_exclusive: false,
    }]));
    let Readers::Listed(mut readers) = board.subscribe().borrow().readers.clone() else { panic!("no readers") };
    let mut reader = readers.remove(0);
    reader.card = card;
    reader
}

pub(super) fn holding(known: Option<KnownCard>) -> Reader {
    let mut reader = reader(Card::Present);
    reader.known = known;
    reader
}

fn shop() -> Option<Origin> {
    Some(Origin::parse("https://shop.example", OriginPolicy::Secure).unwrap())
}

pub(super) fn underway(stage: ProgressState) -> Underway {
    Underway { origin: shop(), kind: Operation::Authenticate, stage, began: NOON }
}

pub(super) fn ended(outcome: Outcome) -> Ended {
    Ended { origin: shop(), kind: Operation::Authenticate, at: NOON, outcome }
}
