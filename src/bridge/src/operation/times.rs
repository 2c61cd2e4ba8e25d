//! How long the timers of an operation run.

use std::time::Duration;

/// Long enough to fetch the card from another room.
pub(super) const USER: Duration = Duration::from_secs(180);
/// The person believes the card is in place: a moment, for a reader that is slow to notice.
pub(super) const GRACE: Duration = Duration::from_secs(5);
/// Programs that look at every new card let go of it within a second or two.
pub(super) const RETRY: Duration = Duration::from_millis(300);
/// How often a card in use is tried again: about ten seconds' worth.
pub(super) const RETRIES: u8 = 32;
/// After how many of them the person is told.
pub(super) const RETRIES_UNSEEN: u8 = 4;
/// A contactless card reads and signs within about three seconds.
pub(super) const CARD: Duration = Duration::from_secs(30);
