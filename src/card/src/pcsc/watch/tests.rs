//! The watch over a scripted service: what real ones do, but not on demand.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use super::*;

/// What the service says, call by call.
#[derive(Clone, Copy)]
enum Says {
    /// The list of readers.
    List(&'static [&'static str]),
    /// The state of all readers asked for, with a count of events.
    State(State, u32),
    /// A fault; `Timeout` where nothing changed.
    Fault(pcsc::Error),
    /// Marks the pseudo-reader as unknown.
    UnknownPnp,
}

use Says::{Fault, List, UnknownPnp};
use pcsc::Error::{Cancelled, InternalError, NoService, Timeout, UnknownReader};

const PNP: Says = Fault(Timeout);
const EMPTY: Says = Says::State(State::EMPTY, 0);

/// Plays the script and keeps the limits it was asked to wait for.
#[derive(Clone, Default)]
struct Service {
    script: Arc<Mutex<VecDeque<Says>>>,
    waits: Arc<Mutex<Vec<Option<Duration>>>>,
}

impl Service {
    fn says(&self) -> Result<Says, pcsc::Error> {
        let next = self.script.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        match next.expect("the watch asked more than the script tells") {
            Fault(fault) => Err(fault),
            said => Ok(said),
        }
    }
}

impl CancelWait for Service {
    fn cancel_wait(&self) {}
}

impl Events for Service {
    fn readers(&self) -> Result<Vec<CString>, pcsc::Error> {
        match self.says()? {
            List(names) => Ok(names.iter().map(|name| CString::new(*name).unwrap()).collect()),
            _ => panic!("the script has no list here"),
        }
    }

    fn changed(&self, limit: Option<Duration>, readers: &mut [Heard]) -> Result<(), pcsc::Error> {
        if limit != Some(Duration::ZERO) {
            self.waits.lock().unwrap().push(limit);
        }
        match self.says()? {
            Says::State(state, count) => {
                let count = State::from_bits_retain((count << 16).into());
                readers.iter_mut().for_each(|reader| reader.state = state.union(count));
            }
            UnknownPnp => readers.iter_mut().for_each(|reader| reader.state = State::UNKNOWN),
            List(_) | Fault(_) => panic!("the script has no state here"),
        }
        Ok(())
    }
}

/// A watch over a service that plays `script`; establishing a context is no part of it.
fn watch(script: &[Says]) -> (PcscWatch<Service>, Service) {
    let service = Service::default();
    service.script.lock().unwrap().extend(script);
    let context = service.clone();
    let wait = super::super::service::Service::new();
    let watch = PcscWatch::over(Insertions::default(), wait, move || Ok(context.clone())).unwrap();
    (watch, service)
}

fn readers(snapshot: Option<Snapshot>) -> Vec<ReaderState> {
    match snapshot {
        Some(Snapshot::Readers(readers)) => readers,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_wait_has_a_limit_only_until_the_list_has_settled() {
    let (mut watch, service) = watch(&[
        PNP,
        List(&["a"]),
        EMPTY, // the first look
        PNP,
        List(&["a"]),
        EMPTY,
        Fault(Timeout), // nothing new: settles
        PNP,
        List(&["a"]),
        EMPTY,
        EMPTY, // waits without limit until something happens
        PNP,
        List(&["a", "b"]),
        EMPTY,
        PNP,
        List(&["a", "b"]),
        EMPTY,
        Fault(Timeout), // another list: settles again
        PNP,
        List(&[]),
    ]);
    assert_eq!(readers(watch.next()).len(), 1);
    assert_eq!(readers(watch.next()).len(), 2);
    assert_eq!(readers(watch.next()).len(), 0);
    assert_eq!(*service.waits.lock().unwrap(), [Some(SETTLE), None, Some(SETTLE)]);
}

#[test]
fn without_the_pseudo_reader_new_readers_are_looked_for_now_and_then() {
    for unknown in [UnknownPnp, Fault(UnknownReader)] {
        let (mut watch, service) = watch(&[
            unknown,
            List(&["a"]),
            EMPTY,
            unknown,
            List(&["a"]),
            EMPTY,
            Fault(Timeout),
            unknown,
            List(&["a"]),
            EMPTY,
            Fault(Timeout),
            unknown,
            List(&["a", "b"]),
            EMPTY,
        ]);
        assert_eq!(readers(watch.next()).len(), 1);
        assert_eq!(readers(watch.next()).len(), 2);
        assert_eq!(*service.waits.lock().unwrap(), [Some(WITHOUT_PNP); 2]);
    }
}

#[test]
fn a_card_that_was_changed_quickly_is_another_insertion() {
    let present = |count| Says::State(State::PRESENT, count);
    let (mut watch, _) = watch(&[PNP, List(&["a"]), present(1), PNP, List(&["a"]), present(3)]);
    let first = readers(watch.next());
    let second = readers(watch.next());
    assert_eq!(first[0].card, second[0].card);
    assert_ne!(first[0].insertion, second[0].insertion);
}

#[test]
fn a_reader_that_was_unplugged_comes_back_with_another_insertion() {
    let (mut watch, _) = watch(&[
        PNP,
        List(&["a"]),
        Says::State(State::PRESENT, 1),
        PNP,
        List(&[]),
        PNP,
        List(&["a"]),
        Says::State(State::PRESENT, 1),
    ]);
    let first = readers(watch.next());
    assert!(readers(watch.next()).is_empty());
    assert_ne!(readers(watch.next())[0].insertion, first[0].insertion);
}

#[test]
fn a_reader_that_leaves_while_it_is_looked_at_is_no_lost_service() {
    let (mut watch, _) = watch(&[PNP, List(&["a", "b"]), Fault(UnknownReader), PNP, List(&["a"]), EMPTY]);
    assert_eq!(readers(watch.next()).len(), 1);
}

#[test]
fn a_lost_service_is_a_state_and_its_return_another() {
    let (mut watch, _) = watch(&[
        PNP,
        List(&["a"]),
        Says::State(State::PRESENT, 1),
        PNP,
        List(&["a"]),
        Says::State(State::PRESENT, 1),
        Fault(NoService),
        Fault(NoService),
        Fault(NoService), // armed, tried once more
        PNP,
        List(&["a"]),
        Says::State(State::PRESENT, 1),
    ]);
    let before = readers(watch.next());
    assert_eq!(watch.next(), Some(Snapshot::ServiceUnavailable));
    watch.tries_left = 1;
    let after = readers(watch.next());
    assert_eq!(before[0].card, after[0].card);
    assert_ne!(before[0].insertion, after[0].insertion);
}

#[test]
fn a_wait_that_fails_otherwise_is_begun_again() {
    let (mut watch, _) = watch(&[
        PNP,
        List(&["a"]),
        EMPTY,
        PNP,
        List(&["a"]),
        EMPTY,
        Fault(InternalError),
        PNP,
        List(&["a"]),
        EMPTY,
        Fault(UnknownReader),
        PNP,
        List(&["a"]),
        EMPTY,
        Fault(Cancelled),
        PNP,
        List(&[]),
    ]);
    assert_eq!(readers(watch.next()).len(), 1);
    assert_eq!(readers(watch.next()).len(), 0);
}

#[test]
fn a_mute_card_and_a_foreign_connection_are_told() {
    let (mut watch, _) = watch(&[
        PNP,
        List(&["a"]),
        Says::State(State::PRESENT.union(State::MUTE), 1),
        PNP,
        List(&["a"]),
        Says::State(State::PRESENT.union(State::EXCLUSIVE), 1),
    ]);
    let mute = readers(watch.next());
    assert_eq!((&mute[0].card, mute[0].in_use_exclusive), (&CardPresence::Mute, false));
    let held = readers(watch.next());
    assert_eq!((&held[0].card, held[0].in_use_exclusive), (&CardPresence::Present { atr: vec![] }, true));
}

#[test]
fn a_cancelled_watch_has_ended() {
    let (mut watch, _) = watch(&[]);
    watch.canceller().cancel();
    assert_eq!(watch.next(), None);
}
