//! How many attempts a PIN has left, and the rule for the last one.
//!
//! VERIFY asks for the count that was read before it, and with one left for the token that stands
//! for the person's separate confirmation. No value in here is ever guessed upwards.

use std::fmt;
use std::num::NonZeroU8;

use crate::error::{Error, VerifyError};

/// Attempts left on a PIN, as the card counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempts {
    /// `63Cx`: this many.
    Left(NonZeroU8),
    /// `63C0`, `6983` or `6984`: none; the municipal office can reset the PIN.
    Blocked,
    /// `6300`: the key has no limit (JICSAP 5.2.2).
    Unlimited,
    /// `9000`: the card doesn't say, as some do while a PIN counts as verified. Treated as if the
    /// last attempt could be the next one.
    NotReported,
}

impl Attempts {
    /// The number, where there is one; a blocked PIN has zero.
    pub fn left(self) -> Option<u8> {
        match self {
            Attempts::Left(left) => Some(left.get()),
            Attempts::Blocked => Some(0),
            Attempts::Unlimited | Attempts::NotReported => None,
        }
    }

    /// Whether no PIN will be accepted any more.
    pub fn is_blocked(self) -> bool {
        self == Attempts::Blocked
    }

    /// Whether the next wrong PIN could be the one that blocks.
    pub fn is_last(self) -> bool {
        matches!(self, Attempts::NotReported) || self.left() == Some(1)
    }

    /// Whether a VERIFY may be sent. Called by everything that sends one, before it does.
    pub(crate) fn permit(self, confirmed: Option<LastTryConfirmed>) -> Result<(), VerifyError> {
        if self.is_blocked() {
            Err(Error::PinBlocked.into())
        } else if self.is_last() && confirmed.is_none() {
            Err(VerifyError::LastTryUnconfirmed)
        } else {
            Ok(())
        }
    }
}

impl fmt::Display for Attempts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Attempts::Left(left) => write!(f, "attempts left: {left}"),
            Attempts::Blocked => f.write_str("no attempt is left"),
            Attempts::Unlimited => f.write_str("attempts are not limited"),
            Attempts::NotReported => f.write_str("the card does not say how many attempts are left"),
        }
    }
}

/// Stands for a person who was told that one attempt is left and confirmed that apart from typing
/// the PIN. It can be used once.
#[derive(Debug)]
pub struct LastTryConfirmed(());

impl LastTryConfirmed {
    /// To be called only where that confirmation has just arrived.
    pub fn by_the_person() -> Self {
        LastTryConfirmed(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(count: u8) -> Attempts {
        NonZeroU8::new(count).map_or(Attempts::Blocked, Attempts::Left)
    }

    #[test]
    fn nothing_is_sent_on_the_last_attempt_without_confirmation() {
        for attempts in [left(1), Attempts::NotReported] {
            assert_eq!(attempts.permit(None), Err(VerifyError::LastTryUnconfirmed));
            assert_eq!(attempts.permit(Some(LastTryConfirmed::by_the_person())), Ok(()));
        }
    }

    #[test]
    fn a_blocked_pin_is_never_tried_even_if_confirmed() {
        let refused = Err(VerifyError::Failed(Error::PinBlocked));
        assert_eq!(Attempts::Blocked.permit(None), refused);
        assert_eq!(Attempts::Blocked.permit(Some(LastTryConfirmed::by_the_person())), refused);
    }

    #[test]
    fn more_than_one_attempt_needs_no_confirmation() {
        for attempts in [left(2), left(3), left(15), Attempts::Unlimited] {
            assert_eq!(attempts.permit(None), Ok(()));
        }
    }
}
