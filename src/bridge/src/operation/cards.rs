//! The cards an operation sees: which are there, what is known of each, which one to use.

use std::sync::Arc;

use jpki_card::{Attempts, CardFacts, CardPresence, Insertion, Snapshot};
use jpki_protocol::ErrorCode;
use jpki_protocol::prompt::{Card, Reader, Status};

use super::times;
use crate::certificate::CardCertificate;

/// A card by its place: the reader, and which insertion into it. A card that was taken out and put
/// back is another one, as nothing says that it is the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct CardAt {
    pub(crate) reader: String,
    pub(crate) insertion: Insertion,
}

/// What a look at a card found.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    pub(crate) attempts: Attempts,
    /// The authentication certificate, where its key is to sign.
    pub(crate) certificate: Option<Arc<CardCertificate>>,
    /// How the card wants to be spoken to.
    pub(crate) card: CardFacts,
}

/// Why a card could not be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SurveyFault {
    /// It is not a card of ours.
    Unsupported,
    /// Another program holds it; that may pass.
    InUse,
    /// It went away: the readers will say so.
    Gone,
    /// Anything else.
    Failed(ErrorCode),
}

/// The cards that answer, and where they are.
pub(crate) fn cards_in(snapshot: &Snapshot) -> Vec<CardAt> {
    let Snapshot::Readers(readers) = snapshot else { return Vec::new() };
    let present = readers.iter().filter(|reader| matches!(reader.card, CardPresence::Present { .. }));
    present.map(|reader| CardAt { reader: reader.name.clone(), insertion: reader.insertion }).collect()
}

#[derive(Debug)]
enum View {
    /// Not looked at yet.
    New,
    /// The worker looks at it.
    Reading,
    Known(Facts),
    Unsupported,
    /// In use by another program, or gone again; in a moment it is looked at once more.
    Retrying,
    Failed(ErrorCode),
}

/// Which card an operation can use.
pub(crate) enum Choice<'a> {
    Ready(&'a CardAt, &'a Facts),
    /// None yet, but one may come.
    NotYet,
    /// There is one that can't be used, and the person should hear why.
    Hopeless(ErrorCode),
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Cards {
    readers: Option<Snapshot>,
    views: Vec<(CardAt, View)>,
    /// Cards that a look left in our hands, and that nothing followed yet.
    selected: Vec<CardAt>,
    retries: u8,
    /// The one card that still counts, once something was read from it.
    only: Option<CardAt>,
}

impl Cards {
    /// Takes the readers of now; what is known of cards that stayed is kept. Gives the cards that left
    /// while they were ours.
    pub(crate) fn update(&mut self, snapshot: Snapshot) -> Vec<CardAt> {
        let mut present = cards_in(&snapshot);
        if let Some(only) = &self.only {
            present.retain(|at| at == only);
        }
        self.views.retain(|(at, _)| present.contains(at));
        let gone = self.selected.extract_if(.., |at| !present.contains(at)).collect();
        for at in present {
            if !self.views.iter().any(|(known, _)| *known == at) {
                self.views.push((at, View::New));
                self.retries = 0;
            }
        }
        self.readers = Some(snapshot);
        gone
    }

    /// Whether a card is still where it was.
    pub(crate) fn holds(&self, at: &CardAt) -> bool {
        self.views.iter().any(|(known, _)| known == at)
    }

    /// From now on only this card counts, and it is to be looked at anew.
    pub(crate) fn keep_only(&mut self, at: CardAt) {
        self.views = vec![(at.clone(), View::New)];
        self.retries = 0;
        self.only = Some(at);
    }

    /// Whether only one card counted, and that one left.
    pub(crate) fn lost_the_only_one(&self) -> bool {
        self.only.as_ref().is_some_and(|at| !self.holds(at))
    }

    /// The next card to look at, one at a time.
    pub(crate) fn next_to_survey(&mut self) -> Option<CardAt> {
        if self.views.iter().any(|(_, view)| matches!(view, View::Reading)) {
            return None;
        }
        let (at, view) = self.views.iter_mut().find(|(_, view)| matches!(view, View::New))?;
        *view = View::Reading;
        Some(at.clone())
    }

    /// Takes what a look found; `true` if it should be tried again in a moment.
    pub(crate) fn surveyed(&mut self, at: &CardAt, result: Result<Facts, SurveyFault>) -> bool {
        let Some((_, view)) = self.views.iter_mut().find(|(known, _)| known == at) else { return false };
        *view = match result {
            Ok(facts) => {
                self.selected.push(at.clone());
                View::Known(facts)
            }
            Err(SurveyFault::Unsupported) => View::Unsupported,
            Err(SurveyFault::InUse | SurveyFault::Gone) if self.retries < times::RETRIES => {
                self.retries += 1;
                *view = View::Retrying;
                return true;
            }
            Err(SurveyFault::InUse) => View::Failed(ErrorCode::CardInUse),
            Err(SurveyFault::Gone) => View::Failed(ErrorCode::CardRemoved),
            Err(SurveyFault::Failed(code)) => View::Failed(code),
        };
        false
    }

    /// Cards that could not be looked at are tried again.
    pub(crate) fn retry(&mut self) {
        for (_, view) in &mut self.views {
            if matches!(view, View::Retrying) {
                *view = View::New;
            }
        }
    }

    /// The look at a card did not come back.
    pub(crate) fn hung(&mut self) {
        for (_, view) in &mut self.views {
            if matches!(view, View::Reading) {
                *view = View::Failed(ErrorCode::CardError);
            }
        }
    }

    /// A card is about to be unlocked: that ends with letting go of it.
    pub(crate) fn unlocked(&mut self, at: &CardAt) {
        self.selected.retain(|selected| selected != at);
    }

    /// A card stays in our hands after all.
    pub(crate) fn kept(&mut self, at: &CardAt) {
        self.selected.push(at.clone());
    }

    /// The cards that are still in our hands.
    pub(crate) fn selected(&mut self) -> impl Iterator<Item = CardAt> {
        std::mem::take(&mut self.selected).into_iter()
    }

    pub(crate) fn set_attempts(&mut self, at: &CardAt, attempts: Attempts) {
        for (known, view) in &mut self.views {
            if let View::Known(facts) = view
                && known == at
            {
                facts.attempts = attempts;
            }
        }
    }

    /// The attempts left on the card that would be used.
    pub(crate) fn attempts_left(&self) -> Option<u8> {
        match self.choose() {
            Choice::Ready(_, facts) => shown(facts.attempts),
            _ => None,
        }
    }

    /// The card to use.
    pub(crate) fn choose(&self) -> Choice<'_> {
        let known = self.views.iter().find_map(|(at, view)| match view {
            View::Known(facts) => Some(Choice::Ready(at, facts)),
            _ => None,
        });
        if let Some(choice) = known {
            return choice;
        }
        if matches!(self.readers, Some(Snapshot::ServiceUnavailable)) {
            return Choice::Hopeless(ErrorCode::ServiceUnavailable);
        }
        if self.views.iter().any(|(_, view)| matches!(view, View::New | View::Reading | View::Retrying)) {
            return Choice::NotYet;
        }
        let failed = self.views.iter().find_map(|(_, view)| match view {
            View::Failed(code) => Some(*code),
            View::Unsupported => Some(ErrorCode::CardUnsupported),
            _ => None,
        });
        failed.map_or(Choice::NotYet, Choice::Hopeless)
    }

    /// Why no card came.
    pub(crate) fn absence(&self) -> ErrorCode {
        let retrying = self.views.iter().any(|(_, view)| matches!(view, View::Retrying));
        match (self.choose(), &self.readers) {
            (Choice::Hopeless(code), _) => code,
            (_, None | Some(Snapshot::ServiceUnavailable)) => ErrorCode::ServiceUnavailable,
            (_, Some(Snapshot::Readers(readers))) if readers.is_empty() => ErrorCode::NoReader,
            _ if retrying => ErrorCode::CardInUse,
            _ if self.has_mute_card() => ErrorCode::CardUnsupported,
            _ if self.views.is_empty() => ErrorCode::NoCard,
            _ => ErrorCode::CardError,
        }
    }

    /// What the window shows; nothing before the readers were looked at once.
    pub(crate) fn status(&self) -> Option<Status> {
        let reader = match self.readers.as_ref()? {
            Snapshot::Readers(readers) if !readers.is_empty() => Reader::Present,
            Snapshot::Readers(_) | Snapshot::ServiceUnavailable => Reader::None,
        };
        let base = Status { reader, card: Card::None, attempts_left: None, blocked: false, problem: None };
        Some(match self.choose() {
            Choice::Ready(_, facts) => Status {
                card: Card::Ready,
                attempts_left: shown(facts.attempts),
                blocked: facts.attempts.is_blocked(),
                ..base
            },
            Choice::Hopeless(ErrorCode::CardUnsupported) => Status { card: Card::Unsupported, ..base },
            Choice::Hopeless(code) => Status { problem: Some(code), ..base },
            // Programs that look at every new card are gone before the person could read of them.
            Choice::NotYet if !self.views.is_empty() && self.retries >= times::RETRIES_UNSEEN => {
                Status { problem: Some(ErrorCode::CardInUse), ..base }
            }
            Choice::NotYet if self.has_mute_card() => Status { card: Card::Unsupported, ..base },
            Choice::NotYet => base,
        })
    }

    /// A card that doesn't answer to power: upside down, or not a chip card.
    fn has_mute_card(&self) -> bool {
        let Some(Snapshot::Readers(readers)) = &self.readers else { return false };
        self.views.is_empty() && readers.iter().any(|reader| reader.card == CardPresence::Mute)
    }
}

/// The number a person is shown. A card that doesn't say is treated as if one attempt were left,
/// since the next wrong PIN could be the one that blocks.
pub(crate) fn shown(attempts: Attempts) -> Option<u8> {
    match attempts {
        Attempts::NotReported => Some(1),
        attempts => attempts.left(),
    }
}
