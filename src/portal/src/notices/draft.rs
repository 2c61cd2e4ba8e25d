//! What an issuer writes, checked before it is kept.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

/// The kinds of bodies that send notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, clap::ValueEnum, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum IssuerKind {
    /// 国: a national body.
    National,
    /// 地方公共団体: a prefecture, city, town or village.
    Local,
}

impl IssuerKind {
    /// Its word in rows.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::National => "national",
            Self::Local => "local",
        }
    }

    /// The kind of a word.
    pub(crate) fn of_word(word: &str) -> Option<Self> {
        [Self::National, Self::Local].into_iter().find(|kind| kind.word() == word)
    }

    /// Its name in Japanese and in English.
    pub(crate) const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::National => ("国", "national government"),
            Self::Local => ("地方公共団体", "local government"),
        }
    }
}

/// A notice that can be sent.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(super) kind: IssuerKind,
    pub(super) issuer: String,
    pub(super) subject: String,
    pub(super) body: String,
    pub(super) retained_for: SignedDuration,
}

/// What is wrong with a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Flaw {
    /// Empty, too long, or with control characters.
    #[error("the issuer's name must have 1 to {} characters and no control characters", Draft::LONGEST_ISSUER)]
    Issuer,
    /// Empty, too long, or with control characters.
    #[error("the subject must have 1 to {} characters and no control characters", Draft::LONGEST_SUBJECT)]
    Subject,
    /// Empty, too long, or with control characters other than line ends.
    #[error("the text must have 1 to {} characters and no control characters but line ends", Draft::LONGEST_BODY)]
    Body,
    /// Not between a day and ten years.
    #[error("a notice is kept for 1 to {} days", Draft::MOST_DAYS)]
    Retention,
}

impl Draft {
    /// The longest name of an issuer, in characters.
    pub(crate) const LONGEST_ISSUER: usize = 100;
    /// The longest subject, in characters.
    pub(crate) const LONGEST_SUBJECT: usize = 200;
    /// The longest text, in characters.
    pub(crate) const LONGEST_BODY: usize = 10_000;
    /// Ten years.
    pub(crate) const MOST_DAYS: u32 = 3_652;

    /// Checks a notice that will be kept for a number of days.
    ///
    /// # Errors
    /// The first [`Flaw`] found.
    pub(crate) fn new(kind: IssuerKind, issuer: &str, subject: &str, body: &str, days: u32) -> Result<Self, Flaw> {
        // Files and forms end their lines with either.
        let body = body.replace("\r\n", "\n");
        let line = |text: &str, longest| fits(text, longest, |c| c.is_control());
        if !line(issuer, Self::LONGEST_ISSUER) {
            return Err(Flaw::Issuer);
        }
        if !line(subject, Self::LONGEST_SUBJECT) {
            return Err(Flaw::Subject);
        }
        if !fits(&body, Self::LONGEST_BODY, |c| c.is_control() && c != '\n') {
            return Err(Flaw::Body);
        }
        if !(1..=Self::MOST_DAYS).contains(&days) {
            return Err(Flaw::Retention);
        }
        Ok(Self {
            kind,
            issuer: issuer.trim().to_owned(),
            subject: subject.trim().to_owned(),
            body: body.trim().to_owned(),
            retained_for: SignedDuration::from_hours(24 * i64::from(days)),
        })
    }

    /// Until when it is kept if it is sent now.
    pub(super) fn retained_until(&self, now: Timestamp) -> Timestamp {
        now.saturating_add(self.retained_for).unwrap_or(Timestamp::MAX)
    }
}

fn fits(text: &str, longest: usize, is_forbidden: impl Fn(char) -> bool) -> bool {
    let text = text.trim();
    !text.is_empty() && text.chars().count() <= longest && !text.chars().any(is_forbidden)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(issuer: &str, subject: &str, body: &str, days: u32) -> Result<Draft, Flaw> {
        Draft::new(IssuerKind::Local, issuer, subject, body, days)
    }

    #[test]
    fn a_notice_is_tidied_and_kept_for_its_days() {
        let draft = draft(" さくら市 ", "お知らせ", "一行目\r\n二行目\n", 2).unwrap();
        assert_eq!((draft.issuer.as_str(), draft.body.as_str()), ("さくら市", "一行目\n二行目"));
        let now = Timestamp::from_second(1_000).unwrap();
        assert_eq!(draft.retained_until(now).as_second(), 1_000 + 2 * 86_400);
    }

    #[test]
    fn a_notice_that_nobody_can_read_is_refused() {
        let long = |count| "長".repeat(count);
        let table = [
            (draft(" ", "s", "b", 1), Flaw::Issuer),
            (draft(&long(101), "s", "b", 1), Flaw::Issuer),
            (draft("i\ni", "s", "b", 1), Flaw::Issuer),
            (draft("i", "", "b", 1), Flaw::Subject),
            (draft("i", &long(201), "b", 1), Flaw::Subject),
            (draft("i", "s", "\n", 1), Flaw::Body),
            (draft("i", "s", "\u{7}", 1), Flaw::Body),
            (draft("i", "s", &long(10_001), 1), Flaw::Body),
            (draft("i", "s", "b", 0), Flaw::Retention),
            (draft("i", "s", "b", 3_653), Flaw::Retention),
        ];
        for (draft, flaw) in table {
            assert_eq!(draft.unwrap_err(), flaw);
        }
    }
}
