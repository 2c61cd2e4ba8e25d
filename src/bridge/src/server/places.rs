//! How many connections there may be: 8 an origin, 64 in all (protocol, section 1).

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use jpki_protocol::Origin;

use crate::threads::lock;

const IN_ALL: usize = 64;
const AN_ORIGIN: usize = 8;

#[derive(Debug, Default)]
pub(super) struct Places {
    taken: usize,
    origins: HashMap<Origin, usize>,
}

/// One of all places, from a connection's first byte to its last.
#[derive(Debug)]
pub(super) struct Place(Arc<Mutex<Places>>);

/// One of an origin's places.
#[derive(Debug)]
pub(super) struct OriginPlace(Arc<Mutex<Places>>, Origin);

impl Place {
    pub(super) fn take(places: &Arc<Mutex<Places>>) -> Option<Self> {
        let mut all = lock(places);
        if all.taken == IN_ALL {
            return None;
        }
        all.taken += 1;
        Some(Self(Arc::clone(places)))
    }

    pub(super) fn take_for(&self, origin: &Origin) -> Option<OriginPlace> {
        let mut all = lock(&self.0);
        let taken = all.origins.entry(origin.clone()).or_default();
        if *taken == AN_ORIGIN {
            return None;
        }
        *taken += 1;
        Some(OriginPlace(Arc::clone(&self.0), origin.clone()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        lock(&self.0).taken -= 1;
    }
}

impl Drop for OriginPlace {
    fn drop(&mut self) {
        let mut all = lock(&self.0);
        if let Some(taken) = all.origins.get_mut(&self.1) {
            *taken -= 1;
            if *taken == 0 {
                all.origins.remove(&self.1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jpki_protocol::OriginPolicy;

    #[test]
    fn places_are_given_back() {
        let places = Arc::default();
        let taken: Vec<_> = (0..IN_ALL).map(|_| Place::take(&places).unwrap()).collect();
        assert!(Place::take(&places).is_none());
        let origin = Origin::parse("https://a.example", OriginPolicy::Secure).unwrap();
        let of_origin: Vec<_> = (0..AN_ORIGIN).map(|i| taken[i].take_for(&origin).unwrap()).collect();
        assert!(taken[0].take_for(&origin).is_none());
        drop(of_origin);
        assert!(taken[0].take_for(&origin).is_some());
        drop(taken);
        assert!(lock(&places).origins.is_empty());
        assert!(Place::take(&places).is_some());
    }
}
