//! Where it is written that a challenge was used: one mark in a row that it shares with others. The row is made by the first of them
//! that is used, so remembering them for as long as they count costs one row for 63.
//! A challenge carries its mark, so any replica can set it; which marks come next is all that a process knows, and it may forget that.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use jpki_trust::CHALLENGE_LIFETIME;
use serde::{Deserialize, Serialize};

use crate::App;
use crate::error::{Error, Result};
use crate::secrets::fresh_id;
use crate::store::{LONGEST, MARKS, moment};

/// How long marks of one row are given out.
const FILLS: SignedDuration = SignedDuration::from_secs(60);
/// How many rows are being filled at once, in turn: people who are verified in the same moment don't wait for each other's row.
const ROWS: usize = 16;

const _: () = assert!(FILLS.as_secs() + CHALLENGE_LIFETIME.as_secs() <= LONGEST.as_secs());

/// The mark of one challenge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    row: String,
    number: u8,
    /// When the row isn't needed any more, in Unix seconds.
    ends: i64,
}

impl Mark {
    /// Sets it, by one statement. True the first time.
    pub(super) async fn use_up(&self, app: &App) -> Result<bool> {
        app.store().use_mark(&self.row, self.number, moment(self.ends)?).await
    }
}

/// The marks that this process gives out.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    rows: [Mutex<Option<Filling>>; ROWS],
    turn: AtomicUsize,
}

/// A row, its next mark, and since when it is filled.
#[derive(Debug)]
struct Filling {
    next: Mark,
    since: Timestamp,
}

impl Marks {
    /// The mark of a challenge that is issued now.
    pub(super) fn next(&self, now: Timestamp) -> Result<Mark> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % ROWS;
        let mut row = self.rows[turn].lock().unwrap_or_else(PoisonError::into_inner);
        let filling = row.take().filter(|row| row.next.number < MARKS && now.duration_since(row.since).abs() <= FILLS);
        let mut filling = match filling {
            Some(filling) => filling,
            None => Filling::begin(now)?,
        };
        let mark = filling.next.clone();
        filling.next.number += 1;
        *row = Some(filling);
        Ok(mark)
    }
}

impl Filling {
    fn begin(now: Timestamp) -> Result<Self> {
        let ends = now.saturating_add(FILLS + CHALLENGE_LIFETIME).map_err(|_| Error::Damaged("the clock"))?;
        Ok(Self { next: Mark { row: fresh_id()?, number: 0, ends: ends.as_second() }, since: now })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn no_mark_is_given_out_twice_and_rows_are_shared() {
        let marks = Marks::default();
        let full = ROWS * usize::from(MARKS);
        let given: Vec<_> = (0..2 * full).map(|_| marks.next(at(0)).unwrap()).collect();
        let different: HashSet<_> = given.iter().map(|mark| (mark.row.clone(), mark.number)).collect();
        assert_eq!(different.len(), given.len());
        let rows: HashSet<_> = given.iter().map(|mark| &mark.row).collect();
        assert_eq!(rows.len(), 2 * ROWS);
        assert!(given.iter().all(|mark| mark.number < MARKS));
    }

    #[test]
    fn a_row_outlives_every_challenge_that_is_marked_in_it() {
        let marks = Marks::default();
        let mut before = HashSet::new();
        for second in (0..600).flat_map(|second| [second; ROWS]) {
            let mark = marks.next(at(second)).unwrap();
            assert!(mark.ends >= second + CHALLENGE_LIFETIME.as_secs(), "{mark:?} at {second}");
            assert!(mark.ends - second <= LONGEST.as_secs());
            before.insert(mark.row);
        }
        assert_eq!(before.len(), ROWS * 10);
    }
}
