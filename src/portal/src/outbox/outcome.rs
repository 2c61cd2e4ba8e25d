//! How a delivery goes on: what a try brought decides, and how long it has been tried.

use jiff::{SignedDuration, Timestamp};

/// Pauses after the first tries; after that the last one again and again.
const PAUSES: [SignedDuration; 6] = [
    SignedDuration::from_secs(5),
    SignedDuration::from_secs(30),
    SignedDuration::from_mins(2),
    SignedDuration::from_mins(10),
    SignedDuration::from_mins(30),
    SignedDuration::from_hours(1),
];

/// How long a delivery is tried. A session at a service hardly lives longer.
pub(super) const GIVEN_UP_AFTER: SignedDuration = SignedDuration::from_hours(6);

/// The most characters of a service's reason that are kept.
const MAX_REASON: usize = 200;

/// What one try brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The service did as told.
    Done,
    /// The service understood and chose not to, with its reason if it gave one.
    Declined(String),
    /// The service refused for good, or can't be told at all.
    Failed,
    /// It may go through later.
    Again,
}

/// How a delivery stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Progress {
    /// It is under way.
    Pending,
    /// The service did as told.
    Done,
    /// The service chose not to, with its reason (or an empty text).
    Declined(String),
    /// It was refused or given up.
    Failed,
}

impl Progress {
    /// The word for it in rows.
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Done => "done",
            Self::Declined(_) => "declined",
            Self::Failed => "failed",
        }
    }

    /// From a row.
    pub(super) fn of(word: &str, reason: String) -> Option<Self> {
        Some(match word {
            "pending" => Self::Pending,
            "done" => Self::Done,
            "declined" => Self::Declined(reason),
            "failed" => Self::Failed,
            _ => return None,
        })
    }

    /// What a service gave as its reason.
    pub(super) fn reason(&self) -> &str {
        match self {
            Self::Declined(reason) => reason,
            _ => "",
        }
    }
}

/// How a delivery that was `created` stands after its `tries`th try brought this, and when the next try is due if there is one.
pub(super) fn after(outcome: Outcome, tries: i64, created: Timestamp, now: Timestamp) -> (Progress, Option<Timestamp>) {
    match outcome {
        Outcome::Done => (Progress::Done, None),
        Outcome::Declined(reason) => {
            let shown = reason.chars().filter(|character| !character.is_control()).take(MAX_REASON);
            (Progress::Declined(shown.collect()), None)
        }
        Outcome::Failed => (Progress::Failed, None),
        Outcome::Again => {
            let position = usize::try_from(tries - 1).unwrap_or(0).min(PAUSES.len() - 1);
            let next = now.saturating_add(PAUSES[position]);
            match next {
                Ok(next) if next.duration_since(created) < GIVEN_UP_AFTER => (Progress::Pending, Some(next)),
                _ => (Progress::Failed, None),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end_within_six_hours() {
        let created = Timestamp::UNIX_EPOCH;
        let (mut now, mut tries, mut pauses) = (created, 0, Vec::new());
        loop {
            tries += 1;
            match after(Outcome::Again, tries, created, now) {
                (Progress::Pending, Some(next)) => {
                    pauses.push(next.duration_since(now).as_secs());
                    now = next;
                }
                end => {
                    assert_eq!(end, (Progress::Failed, None));
                    break;
                }
            }
        }
        assert_eq!(pauses, [5, 30, 120, 600, 1800, 3600, 3600, 3600, 3600, 3600]);
    }

    #[test]
    fn an_answer_settles_it() {
        let settle = |outcome| after(outcome, 1, Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH);
        assert_eq!(settle(Outcome::Done), (Progress::Done, None));
        assert_eq!(settle(Outcome::Failed), (Progress::Failed, None));
        let long = format!("処理中\u{7}{}", "x".repeat(500));
        let (progress, next) = settle(Outcome::Declined(long));
        assert_eq!((progress.reason(), next), (format!("処理中{}", "x".repeat(197)).as_str(), None));
    }

    #[test]
    fn rows_say_the_same() {
        for progress in [Progress::Pending, Progress::Done, Progress::Declined("r".to_owned()), Progress::Failed] {
            assert_eq!(Progress::of(progress.word(), progress.reason().to_owned()), Some(progress));
        }
        assert_eq!(Progress::of("lost", String::new()), None);
    }
}
