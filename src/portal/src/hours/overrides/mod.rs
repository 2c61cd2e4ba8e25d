//! The operator's changes of service hours (「原則」): a stop added, a planned stop moved or cancelled, an announcement that stops nothing.
//! The operator's console comes in with a [`Draft`], as its form was filled in; everybody else reads what is in force.
//! Each change has a reason for the public, an author and a time; none is changed or removed, at most withdrawn with a reason.

mod draft;
mod rows;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

use super::{Source, Span, Text, Window};
use crate::App;
use crate::error::{Error, Result};
use crate::secrets::fresh_id;

pub(crate) use draft::{Draft, Kind, Wrong};
pub(crate) use rows::{list, since};

/// A change by the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Override {
    /// Its name.
    pub(crate) id: String,
    /// What changes.
    pub(crate) change: Change,
    /// Why, for everybody.
    pub(crate) reason: Text,
    /// Who made it. Not for the public.
    pub(crate) author: String,
    /// When it was made.
    pub(crate) made: Timestamp,
    /// If it doesn't hold any longer: since when, by whom, why.
    pub(crate) withdrawn: Option<Withdrawn>,
}

/// How a change ended before its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Withdrawn {
    pub(crate) at: Timestamp,
    pub(crate) by: String,
    pub(crate) because: String,
}

/// What a change does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// Stops a system.
    Close { system: String, span: Span },
    /// A planned stop comes at another time.
    Move { system: String, window: String, span: Span },
    /// A planned stop doesn't come. The span is the one it would have had.
    Cancel { system: String, window: String, span: Span },
    /// Says something about a time in which nothing is stopped.
    Announce { span: Span },
}

impl Change {
    /// The name of the planned stop that doesn't come as planned.
    pub(crate) fn replaces(&self) -> Option<&str> {
        match self {
            Self::Move { window, .. } | Self::Cancel { window, .. } => Some(window),
            Self::Close { .. } | Self::Announce { .. } => None,
        }
    }

    /// The system it is about.
    pub(crate) fn system(&self) -> Option<&str> {
        match self {
            Self::Close { system, .. } | Self::Move { system, .. } | Self::Cancel { system, .. } => Some(system),
            Self::Announce { .. } => None,
        }
    }

    /// The time it is about.
    pub(crate) fn span(&self) -> Span {
        match *self {
            Self::Close { span, .. }
            | Self::Move { span, .. }
            | Self::Cancel { span, .. }
            | Self::Announce { span } => span,
        }
    }

    /// Which kind of change it is.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Close { .. } => Kind::Close,
            Self::Move { .. } => Kind::Move,
            Self::Cancel { .. } => Kind::Cancel,
            Self::Announce { .. } => Kind::Announce,
        }
    }
}

impl Override {
    /// The stop it brings a system.
    pub(super) fn window(&self, of: &str) -> Option<Window> {
        let (system, span, source) = match &self.change {
            Change::Close { system, span } => (system, span, Source::Added),
            Change::Move { system, span, .. } => (system, span, Source::Moved),
            Change::Cancel { .. } | Change::Announce { .. } => return None,
        };
        (system == of).then(|| Window {
            name: self.id.clone(),
            system: system.clone(),
            span: *span,
            reason: self.reason.clone(),
            source,
        })
    }
}

/// Why a change isn't made.
#[derive(Debug)]
pub(crate) enum Refused {
    /// What is wrong with the draft, field by field.
    Wrong(Vec<Wrong>),
    /// The portal's own fault.
    Fault(Error),
}

impl<E: Into<Error>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Fault(error.into())
    }
}

/// Makes a change; it holds at once, on every replica.
///
/// # Errors
/// [`Refused::Wrong`] with every field that must be filled in differently.
pub(crate) async fn add(app: &App, author: &str, draft: &Draft) -> Result<Override, Refused> {
    let now = app.now();
    let checked = draft.check(app.config().calendar(), now).map_err(Refused::Wrong)?;
    let made = Override {
        id: fresh_id()?,
        change: checked.change,
        reason: checked.reason,
        author: author.to_owned(),
        made: Timestamp::from_second(now.as_second()).unwrap_or(now),
        withdrawn: None,
    };
    if !rows::insert(app, &made, checked.relevant_until).await? {
        return Err(Refused::Wrong(vec![Wrong::REPLACED_ALREADY]));
    }
    tracing::info!(
        id = made.id,
        kind = made.change.kind().word(),
        system = made.change.system(),
        "service hours changed"
    );
    Ok(made)
}

/// Withdraws a change that isn't over: what it did is undone at once. False if there is no such change.
///
/// # Errors
/// [`Refused::Wrong`] if no reason is given.
pub(crate) async fn cancel(app: &App, id: &str, author: &str, because: &str) -> Result<bool, Refused> {
    let because = draft::one_line(because).ok_or_else(|| Refused::Wrong(vec![Wrong::NO_REASON]))?;
    let done = rows::withdraw(app, id, author, because).await?;
    if done {
        tracing::info!(id, "a change of service hours was withdrawn");
    }
    Ok(done)
}
