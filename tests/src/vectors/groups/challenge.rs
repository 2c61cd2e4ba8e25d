//! The session's challenge, before the token is looked at.

use super::super::pki::at;
use super::super::{Case, Table};

pub(super) fn table() -> Table {
    let cases = vec![
        Case {
            id: "challenge-none",
            description: "The session has no open challenge: never set, or used by an earlier token",
            expected: "challenge_unknown",
            make: |pki| {
                let mut draft = pki.good()?;
                draft.challenge = None;
                Ok(draft)
            },
        },
        Case {
            id: "challenge-late",
            description: "The challenge was set five minutes and one second ago",
            expected: "challenge_expired",
            make: |pki| {
                let mut draft = pki.good()?;
                draft.challenge_set = at("2026-04-01T11:54:59Z")?;
                Ok(draft)
            },
        },
        Case {
            id: "challenge-of-the-future",
            description: "The challenge was set after the moment of verification",
            expected: "challenge_expired",
            make: |pki| {
                let mut draft = pki.good()?;
                draft.challenge_set = at("2026-04-01T12:00:01Z")?;
                Ok(draft)
            },
        },
    ];
    Table { name: "challenge", description: "The session's challenge is missing or old", cases }
}
