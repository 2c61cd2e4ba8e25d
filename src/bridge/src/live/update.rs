//! How the value changes: pure, each change a method.

use jiff::Timestamp;
use jpki_card::{Attempts, CardPresence, Snapshot};
use jpki_protocol::Origin;
use jpki_protocol::page::ProgressState;
use jpki_protocol::prompt::{Operation, PinKind};

use super::{Card, CardKind, Ended, Keeping, KnownCard, Live, Outcome, PinCount, Reader, Readers, Underway};
use crate::operation::CardAt;

/// What was learnt of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Learnt {
    /// The application that was looked for isn't on it.
    Foreign,
    /// A look, before a PIN is asked for.
    Looked { pin: PinKind, attempts: Attempts, auth_expires: Option<Timestamp> },
    /// A PIN was refused, or not sent.
    Counted { pin: PinKind, attempts: Attempts },
    /// A PIN was right.
    Accepted(PinKind),
    /// A PIN was on its way when something failed: nobody knows whether it counted.
    Unsure(PinKind),
}

impl Live {
    pub(super) fn new(test_card: bool) -> Self {
        Self { readers: Readers::Unwatched, operation: None, last: None, history: Keeping::default(), test_card }
    }

    /// Takes the readers of now. What is known of a card stays for as long as the card does.
    pub(super) fn take_readers(&mut self, snapshot: &Snapshot) {
        let Snapshot::Readers(states) = snapshot else {
            self.readers = Readers::ServiceUnavailable;
            return;
        };
        let before = match &self.readers {
            Readers::Listed(readers) => readers.as_slice(),
            Readers::Unwatched | Readers::ServiceUnavailable => &[],
        };
        let readers = states.iter().map(|state| {
            let card = match state.card {
                CardPresence::Absent => Card::None,
                CardPresence::Mute => Card::Mute,
                CardPresence::Present { .. } if state.in_use_exclusive => Card::InUse,
                CardPresence::Present { .. } => Card::Present,
            };
            let same = |reader: &&Reader| reader.name == state.name && reader.insertion == state.insertion;
            let stayed = before.iter().find(same).filter(|_| matches!(card, Card::Present | Card::InUse));
            Reader {
                name: state.name.clone(),
                card,
                known: stayed.and_then(|reader| reader.known),
                insertion: state.insertion,
            }
        });
        self.readers = Readers::Listed(readers.collect());
    }

    /// Takes what was learnt of a card, unless it left meanwhile.
    pub(super) fn learn(&mut self, at: &CardAt, learnt: Learnt) {
        let Readers::Listed(readers) = &mut self.readers else { return };
        let same = |reader: &&mut Reader| reader.name == at.reader && reader.insertion == at.insertion;
        if let Some(reader) = readers.iter_mut().find(same) {
            reader.known = Some(match (reader.known, learnt) {
                (None, Learnt::Foreign) => KnownCard { kind: CardKind::Other, ..KnownCard::NOTHING },
                (known, learnt) => known.unwrap_or(KnownCard::NOTHING).with(learnt),
            });
        }
    }

    pub(super) fn begin(&mut self, origin: Option<Origin>, kind: Operation, now: Timestamp) {
        self.operation = Some(Underway { origin, kind, stage: ProgressState::WaitingForUser, began: now });
    }

    pub(super) fn enter(&mut self, stage: ProgressState) {
        if let Some(operation) = &mut self.operation {
            operation.stage = stage;
        }
    }

    /// Whoever asked has the answer. The operation goes on until its card is at rest.
    pub(super) fn answer(&mut self, outcome: Outcome, now: Timestamp) {
        if let Some(Underway { origin, kind, .. }) = &self.operation {
            self.last = Some(Ended { origin: origin.clone(), kind: *kind, at: now, outcome });
        }
    }

    pub(super) fn rest(&mut self) {
        self.operation = None;
    }

    /// The history has one entry more, or trouble instead. Gives whether that trouble is news.
    pub(super) fn keep(&mut self, trouble: Option<String>) -> bool {
        let is_news = trouble.is_some() && trouble != self.history.trouble;
        self.history.revision += u64::from(trouble.is_none());
        self.history.trouble = trouble;
        is_news
    }

    /// The history was erased: then nothing here tells of it either.
    pub(super) fn forget(&mut self) {
        self.history = Keeping { revision: self.history.revision + 1, trouble: None };
        self.last = None;
    }
}

impl KnownCard {
    /// A card of the right kind of which nothing else is known.
    const NOTHING: Self = Self { kind: CardKind::MyNumber, auth: None, text: None, sign: None, auth_expires: None };

    fn with(mut self, learnt: Learnt) -> Self {
        match learnt {
            // A My Number Card without one of its applications, as on a phone, is one all the same.
            Learnt::Foreign => {}
            Learnt::Looked { pin, attempts, auth_expires } => {
                self.kind = CardKind::MyNumber;
                *self.count(pin) = Some(attempts.into());
                self.auth_expires = auth_expires.or(self.auth_expires);
            }
            Learnt::Counted { pin, attempts } => *self.count(pin) = Some(attempts.into()),
            Learnt::Accepted(pin) => {
                // The card counts from its full number again. It wasn't asked, so only that number stays.
                let count = self.count(pin);
                *count = count.filter(|count| *count == PinCount::Left(full(pin)));
            }
            Learnt::Unsure(pin) => *self.count(pin) = None,
        }
        self
    }

    fn count(&mut self, pin: PinKind) -> &mut Option<PinCount> {
        match pin {
            PinKind::Auth => &mut self.auth,
            PinKind::Text => &mut self.text,
            PinKind::Sign => &mut self.sign,
        }
    }
}

/// How often a PIN may be tried in a row, as J-LIS publishes it: three times, the signature password five times.
const fn full(pin: PinKind) -> u8 {
    match pin {
        PinKind::Auth | PinKind::Text => 3,
        PinKind::Sign => 5,
    }
}
