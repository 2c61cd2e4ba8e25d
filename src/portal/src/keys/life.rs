//! When a key is published, when it signs, and when it is gone. Keys follow each other without a gap: clients know the next one a day
//! before it signs, and the last one for a day after.

use jiff::{SignedDuration, Timestamp};

/// How long a key signs.
const SIGNS_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);
/// How long before it signs a key is published. Longer than anybody may keep the key set.
pub(super) const AHEAD: SignedDuration = SignedDuration::from_hours(24);
/// How long after its last signature a key stays published: longer than any token lives, and than a session whose ID token comes
/// back as a hint.
const BEHIND: SignedDuration = SignedDuration::from_hours(24);

/// A key's place among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Life {
    /// Counts up.
    pub(super) generation: i64,
    /// When it begins to sign, and the one before it ceases to.
    pub(super) starts: Timestamp,
}

/// What the next key would be.
pub(super) fn successor(keys: &[Life], starts: Timestamp) -> Life {
    Life { generation: keys.iter().map(|key| key.generation).max().unwrap_or(0) + 1, starts }
}

/// The key that is missing, if one is: the first, or the next.
pub(super) fn missing(keys: &[Life], now: Timestamp) -> Option<Life> {
    match keys.iter().max_by_key(|key| key.generation) {
        None => Some(successor(keys, now)),
        Some(last) => {
            let ends = last.starts.saturating_add(SIGNS_FOR).ok()?;
            let announced = now.saturating_add(AHEAD).ok()?;
            (ends <= announced).then(|| successor(keys, ends.max(announced)))
        }
    }
}

/// The key that signs.
pub(super) fn signing(keys: &[Life], now: Timestamp) -> Option<Life> {
    keys.iter().filter(|key| key.starts <= now).max_by_key(|key| key.generation).copied()
}

/// Whether nothing that a key signed counts any more.
pub(super) fn is_over(key: Life, keys: &[Life], now: Timestamp) -> bool {
    let next = keys.iter().filter(|other| other.generation > key.generation).min_by_key(|other| other.generation);
    next.is_some_and(|next| next.starts.saturating_add(BEHIND).is_ok_and(|over| over <= now))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 60 * 60;

    fn day(number: i64) -> Timestamp {
        Timestamp::from_second(number * DAY).unwrap()
    }

    #[test]
    fn at_every_hour_of_a_year_one_key_signs_that_was_known_before_and_stays_known() {
        let mut keys: Vec<Life> = Vec::new();
        let mut known_since = std::collections::BTreeMap::new();
        let mut signed = std::collections::BTreeMap::new();
        for hour in 0..365 * 24 {
            let now = Timestamp::from_second(hour * 3600).unwrap();
            if let Some(next) = missing(&keys, now) {
                known_since.insert(next.generation, now);
                keys.push(next);
            }
            let all = keys.clone();
            keys.retain(|key| !is_over(*key, &all, now));
            let current = signing(&keys, now).unwrap();
            assert!(hour < 24 || known_since[&current.generation] <= now - AHEAD, "{now}");
            signed.insert(current.generation, now);
            for (generation, last) in &signed {
                let is_known = keys.iter().any(|key| key.generation == *generation);
                assert!(is_known || now.duration_since(*last) >= BEHIND, "{now}: {generation}");
            }
            assert!(keys.len() <= 3, "{now}");
        }
        assert_eq!(signed.len(), 5);
    }

    #[test]
    fn a_portal_that_slept_for_a_year_announces_the_next_key_before_it_signs() {
        let keys = [Life { generation: 1, starts: day(0) }];
        assert_eq!(missing(&keys, day(365)), Some(Life { generation: 2, starts: day(366) }));
        assert_eq!(signing(&keys, day(365)), Some(keys[0]));
    }
}
