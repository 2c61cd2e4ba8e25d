//! One operation at a time, and a pause for a site whose requests were cancelled (threat 7).

use std::collections::HashMap;
use std::time::{Duration, Instant};

use jpki_protocol::Origin;

/// The pauses after the first, second, and every further cancelled request of a site.
const PAUSES: [Duration; 3] = [Duration::from_secs(2), Duration::from_secs(10), Duration::from_secs(60)];

/// After this long without a cancelled request a site starts afresh.
const FORGIVEN_AFTER: Duration = Duration::from_secs(600);

/// The most sites remembered; far more than a person cancels in ten minutes.
const MAX_SITES: usize = 256;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    running: bool,
    sites: HashMap<Origin, Strikes>,
}

#[derive(Debug)]
struct Strikes {
    count: usize,
    last: Instant,
    open_at: Instant,
}

/// The gate is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Closed {
    /// When it is worth trying again, if that is known.
    pub(crate) retry_after: Option<Duration>,
}

/// How an operation left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Left {
    /// With a result or an error that was nobody's wish.
    Finished,
    /// The person cancelled.
    CancelledByPerson,
    /// The page cancelled or went away. Closing a tab once is no offence; a page that opens window
    /// after window this way is.
    CancelledByPage,
}

impl Gate {
    /// Lets an operation begin; one that no site asked for waits for no pause.
    pub(crate) fn enter(&mut self, origin: Option<&Origin>, now: Instant) -> Result<(), Closed> {
        if self.running {
            return Err(Closed { retry_after: None });
        }
        self.sites.retain(|_, strikes| now < strikes.last + FORGIVEN_AFTER);
        if let Some(strikes) = origin.and_then(|origin| self.sites.get(origin))
            && now < strikes.open_at
        {
            return Err(Closed { retry_after: Some(strikes.open_at - now) });
        }
        self.running = true;
        Ok(())
    }

    /// Takes note that the operation is over.
    pub(crate) fn leave(&mut self, origin: Option<&Origin>, how: Left, now: Instant) {
        self.running = false;
        let Some(origin) = origin else { return };
        if how == Left::Finished {
            self.sites.remove(origin);
            return;
        }
        if self.sites.len() >= MAX_SITES && !self.sites.contains_key(origin) {
            let oldest = self.sites.iter().min_by_key(|(_, strikes)| strikes.last).map(|(origin, _)| origin.clone());
            oldest.map(|oldest| self.sites.remove(&oldest));
        }
        let strikes = self.sites.entry(origin.clone()).or_insert(Strikes { count: 0, last: now, open_at: now });
        strikes.last = now;
        if how == Left::CancelledByPerson || strikes.count > 0 {
            strikes.open_at = now + PAUSES[strikes.count.min(PAUSES.len() - 1)];
        }
        strikes.count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jpki_protocol::OriginPolicy;

    fn origin(name: &str) -> Origin {
        Origin::parse(&format!("https://{name}.example"), OriginPolicy::Secure).unwrap()
    }

    fn pause(gate: &mut Gate, origin: &Origin, now: Instant) -> u64 {
        match gate.enter(Some(origin), now) {
            Ok(()) => 0,
            Err(closed) => closed.retry_after.unwrap().as_secs(),
        }
    }

    #[test]
    fn one_operation_at_a_time() {
        let (mut gate, now) = (Gate::default(), Instant::now());
        gate.enter(Some(&origin("a")), now).unwrap();
        assert_eq!(gate.enter(Some(&origin("b")), now), Err(Closed { retry_after: None }));
        gate.leave(Some(&origin("a")), Left::Finished, now);
        gate.enter(Some(&origin("b")), now).unwrap();
    }

    #[test]
    fn cancels_cost_two_ten_and_sixty_seconds_at_that_site_alone() {
        let (mut gate, mut now) = (Gate::default(), Instant::now());
        for seconds in [2, 10, 60, 60] {
            gate.enter(Some(&origin("a")), now).unwrap();
            gate.leave(Some(&origin("a")), Left::CancelledByPerson, now);
            assert_eq!(pause(&mut gate, &origin("a"), now), seconds);
            assert_eq!(pause(&mut gate, &origin("b"), now), 0);
            gate.leave(Some(&origin("b")), Left::Finished, now);
            now += Duration::from_secs(seconds);
        }
    }

    #[test]
    fn a_page_may_leave_once_for_nothing() {
        let (mut gate, now) = (Gate::default(), Instant::now());
        for seconds in [0, 10, 60] {
            gate.sites.entry(origin("a")).and_modify(|strikes| strikes.open_at = now);
            gate.enter(Some(&origin("a")), now).unwrap();
            gate.leave(Some(&origin("a")), Left::CancelledByPage, now);
            assert_eq!(pause(&mut gate, &origin("a"), now), seconds);
            gate.running = false;
        }
    }

    #[test]
    fn a_site_is_forgiven_in_time_and_by_a_result() {
        let (mut gate, now) = (Gate::default(), Instant::now());
        gate.enter(Some(&origin("a")), now).unwrap();
        gate.leave(Some(&origin("a")), Left::CancelledByPerson, now);
        let later = now + FORGIVEN_AFTER;
        gate.enter(Some(&origin("a")), later).unwrap();
        gate.leave(Some(&origin("a")), Left::CancelledByPerson, later);
        assert_eq!(pause(&mut gate, &origin("a"), later), 2);
        let later = later + Duration::from_secs(2);
        gate.enter(Some(&origin("a")), later).unwrap();
        gate.leave(Some(&origin("a")), Left::Finished, later);
        assert_eq!(pause(&mut gate, &origin("a"), later), 0);
    }

    #[test]
    fn memory_stays_bounded() {
        let (mut gate, now) = (Gate::default(), Instant::now());
        for i in 0..1000 {
            let origin = origin(&format!("site{i}"));
            gate.enter(Some(&origin), now).unwrap();
            gate.leave(Some(&origin), Left::CancelledByPage, now);
        }
        assert!(gate.sites.len() <= MAX_SITES);
    }
}
