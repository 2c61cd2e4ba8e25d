//! People who registered: their accounts, the cards that open them, their links with services, and the history that they read.
//! The flow comes in to register and link, services' calls to learn whose a link is, My page to show, unlink and close.
//! Nothing here says who a person is: a card is known again by a keyed hash, a service knows them by a random name of its own (仮名).

mod card;
mod close;
mod event;
mod id;
mod link;
mod look;

pub(crate) use card::{Account, Card, find_by_card, hold, open, replace_card};
pub(crate) use close::{close, sweep};
pub(crate) use event::{Event, What, events, record};
pub(crate) use id::AccountId;
pub(crate) use link::{Consent, Link, find_link, link, link_with, links, unlink};
pub(crate) use look::{card_of, exists, find};

#[cfg(test)]
mod tests;
