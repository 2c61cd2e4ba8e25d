//! A limit on how often something happens, in memory that doesn't grow.
//!
//! The generic cell rate algorithm (ITU-T I.371, Annex A) keeps one moment for each caller: when it will have been quiet enough for
//! a full burst again. Callers are hashed into two rows of such moments; who shares a place in both rows with somebody busy is
//! limited with him, and nobody can aim at that, as the hashes are keyed anew in each process.

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher as _, Hash};
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// Places in a row: 256 KiB.
const PLACES: usize = 1 << 15;

/// Who may come how often.
pub(super) struct Gcra {
    /// Microseconds from one call to the next at the steady pace.
    interval: i64,
    /// How many microseconds of calls may come at once.
    burst: i64,
    rows: [Row; 2],
}

struct Row {
    hasher: RandomState,
    /// Microseconds since 1970.
    moments: Box<[AtomicI64]>,
}

impl fmt::Debug for Gcra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gcra({} µs, {} µs)", self.interval, self.burst)
    }
}

impl Gcra {
    /// So many a second for long, so many at once. Both are at least 1.
    pub(super) fn new(per_second: u32, burst: u32) -> Self {
        let interval = 1_000_000 / i64::from(per_second.max(1));
        let row = || Row {
            hasher: RandomState::new(),
            moments: std::iter::repeat_with(|| AtomicI64::new(0)).take(PLACES).collect(),
        };
        Self { interval, burst: interval * i64::from(burst.max(1)), rows: [row(), row()] }
    }

    /// Lets a call through, or says after how many whole seconds to try again.
    pub(super) fn admit(&self, key: impl Hash + Copy, now: Timestamp) -> Result<(), u64> {
        let now = now.as_microsecond();
        let places = self.rows.each_ref().map(|row| {
            let place = row.hasher.hash_one(key) as usize % PLACES;
            &row.moments[place]
        });
        // Never less than now; and no further ahead than calls can have brought it, in case the clock was set back.
        let held = |moment: i64| if moment > now + self.burst { now } else { moment.max(now) };
        let earliest = places.map(|place| held(place.load(Ordering::Relaxed))).into_iter().min().unwrap_or(now);
        let ahead = earliest + self.interval - now;
        if ahead > self.burst {
            let wait = ahead - self.burst;
            return Err(wait.unsigned_abs().div_ceil(1_000_000));
        }
        for place in places {
            let count = |moment: i64| Some((held(moment) + self.interval).min(now + self.burst));
            // It always has a next value, so this can't fail.
            let _ = place.fetch_update(Ordering::Relaxed, Ordering::Relaxed, count);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000 + milliseconds).unwrap()
    }

    #[test]
    fn a_burst_is_let_through_and_then_the_steady_pace() {
        let limit = Gcra::new(2, 5);
        for _ in 0..5 {
            assert_eq!(limit.admit("a", at(0)), Ok(()));
        }
        assert_eq!(limit.admit("a", at(0)), Err(1));
        assert_eq!(limit.admit("a", at(499)), Err(1));
        assert_eq!(limit.admit("a", at(500)), Ok(()));
        assert_eq!(limit.admit("a", at(500)), Err(1));
        // After a rest a whole burst again, and not more.
        let later = (0..9).filter(|_| limit.admit("a", at(60_000)).is_ok()).count();
        assert_eq!(later, 5);
    }

    #[test]
    fn one_caller_does_not_take_from_another() {
        let limit = Gcra::new(1, 10);
        while limit.admit(0, at(0)).is_ok() {}
        let others = (1..=1000).filter(|other| limit.admit(*other, at(0)).is_ok()).count();
        // That another one shares both places has a chance of one in a thousand million.
        assert_eq!(others, 1000);
    }

    #[test]
    fn a_refused_call_costs_nothing() {
        let limit = Gcra::new(1, 1);
        assert_eq!(limit.admit("a", at(0)), Ok(()));
        for _ in 0..100 {
            assert_eq!(limit.admit("a", at(1)), Err(1));
        }
        assert_eq!(limit.admit("a", at(1000)), Ok(()));
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        let limit = Gcra::new(1, 2);
        assert_eq!(limit.admit("a", at(3_600_000)), Ok(()));
        assert_eq!(limit.admit("a", at(0)), Ok(()));
    }
}
