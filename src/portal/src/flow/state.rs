//! The registration and sign-in as a state machine: which page follows from which, and when the way ends. Pure: who somebody is and
//! what the request needs comes in with the events.

use jpki_oidc::ErrorWord;
use jpki_oidc::error::Refusal;
use jpki_oidc::provider::Next;
use serde::{Deserialize, Serialize};

use crate::account::{AccountId, Card};
use crate::identity::Trouble;

/// For how many seconds a card that was read stands for its holder. Whoever leaves the page open longer reads it again.
pub(super) const PROOF_LIFE: i64 = 600;

/// A card that was verified, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Proof {
    pub(super) card: Card,
    pub(super) at: i64,
}

/// By what the person is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum By {
    /// They are signed in.
    Session,
    /// They held a card; and if it replaces one from before a renewal, the account which that one opened.
    Card { proof: Proof, takes_over: Option<AccountId> },
}

/// How far somebody got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Stage {
    /// They read what is asked. Who is signed in needn't show a card next.
    Consent { signed_in: bool },
    /// They agreed and show their card; again, if it was too long ago.
    Identity { again: bool },
    /// Their card isn't known, but they say that an older one is: they show that one, too.
    OldCard { new: Proof },
    /// They were told what happens next; nothing is written before they say so.
    Confirm { by: By, registers: bool },
}

/// A page of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Consent,
    Identity,
    Confirm,
}

impl Place {
    /// The last part of its path.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Identity => "identity",
            Self::Confirm => "confirm",
        }
    }
}

impl Stage {
    /// The page of this stage.
    pub(super) const fn place(&self) -> Place {
        match self {
            Self::Consent { .. } => Place::Consent,
            Self::Identity { .. } | Self::OldCard { .. } => Place::Identity,
            Self::Confirm { .. } => Place::Confirm,
        }
    }

    /// Whether a card may be read: never before the consent.
    pub(super) const fn reads_cards(&self) -> bool {
        !matches!(self, Self::Consent { .. })
    }
}

/// What happens.
#[derive(Debug, Clone)]
pub(super) enum Event {
    /// A page is opened, by whatever way: a redirect, Refresh, Back, a typed address.
    Visit(Place),
    /// 「上記に同意する」. With what the request needs next if they are still signed in.
    Agree(Option<Next>),
    /// A card was verified. With what the request needs next of its holder.
    Proven(Proof, Next),
    /// The same while an older card is asked for. With the account that it opens.
    ProvenOld(Card, Option<AccountId>),
    /// "I registered with another card."
    HasOldCard,
    /// 「次へ」. Whether they are still signed in.
    Onward { signed_in: bool },
    /// 「連携をやめる」.
    Stop,
}

/// What follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// This page is shown.
    Show(Place),
    /// The way goes on with this stage's page.
    Go(Stage),
    /// Nothing changed: back to the page of the stage.
    Stay,
    /// The card doesn't help.
    Refused(Trouble),
    /// The way ends.
    Leave(Ending),
}

/// How the way ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ending {
    /// The service is told no. Nothing is written.
    Denied(Refusal),
    /// The service is told what it asked about somebody without account. Nothing is written.
    Guest(Proof),
    /// Registered and linked before: signed in.
    SignOn(By),
    /// Registered if need be, linked, and signed in.
    Join(By),
}

impl Ending {
    /// The word by which endings are counted.
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Denied(_) => "denied",
            Self::Guest(_) => "guest",
            Self::SignOn(_) => "signed_on",
            Self::Join(_) => "joined",
        }
    }
}

/// What follows from an event.
pub(super) fn step(stage: &Stage, event: Event, now: i64) -> Step {
    match (stage, event) {
        (_, Event::Stop) => {
            let refusal = Refusal::new(ErrorWord::AccessDenied, "the person stopped before anything was registered");
            Step::Leave(Ending::Denied(refusal))
        }

        // An earlier page may be seen again; a later one only when it is its turn.
        (_, Event::Visit(Place::Consent)) => Step::Show(Place::Consent),
        (stage, Event::Visit(Place::Identity)) if stage.reads_cards() => Step::Show(Place::Identity),
        (Stage::Confirm { .. }, Event::Visit(Place::Confirm)) => Step::Show(Place::Confirm),
        // Who has no older card after all goes on with the new one.
        (Stage::OldCard { new }, Event::Visit(Place::Confirm)) => Step::Go(confirm(new.clone(), None, true)),
        (_, Event::Visit(_)) => Step::Stay,

        (Stage::Consent { .. }, Event::Agree(None)) => Step::Go(Stage::Identity { again: false }),
        (Stage::Consent { .. }, Event::Agree(Some(next))) => {
            after(next, By::Session, |registers| Stage::Confirm { by: By::Session, registers })
        }
        // Pressed again after Back, or in another tab.
        (_, Event::Agree(_)) => Step::Stay,

        (Stage::Identity { .. } | Stage::Confirm { .. }, Event::Proven(proof, next)) => match next {
            Next::GrantWithoutAccount => Step::Leave(Ending::Guest(proof)),
            next => {
                let by = By::Card { proof: proof.clone(), takes_over: None };
                after(next, by, |registers| confirm(proof, None, registers))
            }
        },
        (Stage::OldCard { new }, Event::ProvenOld(old, account)) => match account {
            _ if old.hash == new.card.hash => Step::Refused(Trouble::SameCard),
            None => Step::Refused(Trouble::NoAccount),
            Some(account) => Step::Go(confirm(new.clone(), Some(account), false)),
        },
        // A token that was on its way while another tab went on.
        (_, Event::Proven(..) | Event::ProvenOld(..)) => Step::Stay,

        (Stage::Confirm { by: By::Card { proof, .. }, registers: true }, Event::HasOldCard) => {
            Step::Go(Stage::OldCard { new: proof.clone() })
        }
        (_, Event::HasOldCard) => Step::Stay,

        (Stage::Confirm { by, .. }, Event::Onward { signed_in }) => {
            let holds = match by {
                By::Session => signed_in,
                By::Card { proof, .. } => now < proof.at.saturating_add(PROOF_LIFE),
            };
            if holds { Step::Leave(Ending::Join(by.clone())) } else { Step::Go(Stage::Identity { again: true }) }
        }
        (_, Event::Onward { .. }) => Step::Stay,
    }
}

fn confirm(proof: Proof, takes_over: Option<AccountId>, registers: bool) -> Stage {
    Stage::Confirm { by: By::Card { proof, takes_over }, registers }
}

/// What follows from what the request needs next.
fn after(next: Next, by: By, confirm: impl FnOnce(bool) -> Stage) -> Step {
    match next {
        Next::Login => Step::Go(Stage::Identity { again: true }),
        Next::Register => Step::Go(confirm(true)),
        Next::Consent => Step::Go(confirm(false)),
        Next::Grant | Next::GrantWithoutAccount => Step::Leave(Ending::SignOn(by)),
        Next::Refuse(refusal) => Step::Leave(Ending::Denied(refusal)),
    }
}

#[cfg(test)]
mod tests;
