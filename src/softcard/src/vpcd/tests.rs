use std::{
    net::{SocketAddr, TcpListener},
    sync::mpsc,
    thread::{self, JoinHandle},
};

use super::*;
use crate::{CardOptions, FaultSpec, SoftCard};

const SELECT: &[u8] = b"\x00\xA4\x04\x0C\x0A\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01";
const VERIFY: &[u8] = b"\x00\x20\x00\x9B\x06ABC123";
const PROBE: &[u8] = b"\x00\xB0\x81\x00\x01";

/// A card served to a listener of the test, which plays vpcd.
struct Served {
    stop: Stop,
    events: mpsc::Receiver<String>,
    thread: JoinHandle<Rig>,
}

impl Served {
    fn start(address: SocketAddr, faults: &[&str]) -> Self {
        let faults: Vec<FaultSpec> = faults.iter().map(|spec| spec.parse().unwrap()).collect();
        let mut rig = Rig::new(SoftCard::for_tests(&CardOptions::default()).unwrap()).with_faults(faults);
        let (sender, events) = mpsc::channel();
        let stop = Stop::new();
        let stopped = stop.clone();
        let thread = thread::spawn(move || {
            let mut report = |event: Event<'_>| sender.send(format!("{event:?}")).unwrap();
            serve(&mut rig, &address.to_string(), &stopped, &mut report);
            rig
        });
        Self { stop, events, thread }
    }

    #[track_caller]
    fn expect(&self, event: &str) {
        let said = self.events.recv_timeout(Duration::from_secs(20)).unwrap();
        assert!(said.starts_with(event), "{said}");
    }

    fn end(self) -> Rig {
        self.stop.stop();
        self.thread.join().unwrap()
    }
}

fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

struct Reader(TcpStream);

impl Reader {
    fn accept(listener: &TcpListener) -> Self {
        Self(listener.accept().unwrap().0)
    }

    fn tell(&mut self, payload: &[u8]) {
        self.0.write_all(&(payload.len() as u16).to_be_bytes()).unwrap();
        self.0.write_all(payload).unwrap();
    }

    fn ask(&mut self, payload: &[u8]) -> Vec<u8> {
        self.tell(payload);
        receive(&mut self.0).unwrap()
    }

    /// Whether the connection ends instead of an answer.
    fn breaks_at(&mut self, payload: &[u8]) -> bool {
        self.tell(payload);
        receive(&mut self.0).is_err()
    }
}

#[test]
fn power_reset_and_atr_are_control_codes_and_the_rest_are_commands() {
    let (listener, address) = listener();
    let served = Served::start(address, &[]);
    let mut reader = Reader::accept(&listener);
    served.expect("Connected");
    assert_eq!(reader.ask(&[GET_ATR]), [0x3B, 0xE0, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x45, 0x14]);
    reader.tell(&[POWER_ON]);
    assert_eq!(reader.ask(SELECT), [0x90, 0x00]);
    assert_eq!(reader.ask(VERIFY), [0x90, 0x00]);
    reader.tell(&[RESET]);
    assert_eq!(reader.ask(SELECT), [0x90, 0x00]);
    assert_eq!(reader.ask(PROBE), [0x30, 0x90, 0x00]);
    reader.tell(&[POWER_OFF]);
    reader.tell(&[POWER_ON]);
    assert_eq!(reader.ask(SELECT), [0x90, 0x00]);
    assert_eq!(reader.ask(PROBE), [0x69, 0x82]);
    assert_eq!(reader.ask(&[]), [0x67, 0x00]);
    assert!(!served.end().is_present());
}

#[test]
fn the_card_waits_for_a_reader_that_is_not_there_yet() {
    let (listener, address) = listener();
    drop(listener);
    let served = Served::start(address, &[]);
    served.expect("Waiting");
    let listener = TcpListener::bind(address).unwrap();
    Reader::accept(&listener);
    served.expect("Connected");
    served.end();
}

#[test]
fn the_card_comes_back_without_power_when_the_reader_lost_it() {
    let (listener, address) = listener();
    let served = Served::start(address, &[]);
    let mut reader = Reader::accept(&listener);
    reader.tell(&[POWER_ON]);
    assert_eq!(reader.ask(SELECT), [0x90, 0x00]);
    drop(reader);
    let mut reader = Reader::accept(&listener);
    served.expect("Connected");
    served.expect("Disconnected");
    served.expect("Connected");
    assert!(reader.breaks_at(SELECT), "an empty answer would make vpcd wait for ever");
    Reader::accept(&listener);
    served.end();
}

#[test]
fn a_removed_card_returns_after_its_time() {
    let (listener, address) = listener();
    let served = Served::start(address, &["1:remove-return=30ms"]);
    let mut reader = Reader::accept(&listener);
    served.expect("Connected");
    reader.tell(&[POWER_ON]);
    let left = Instant::now();
    assert!(reader.breaks_at(SELECT));
    served.expect("Removed");
    let mut reader = Reader::accept(&listener);
    served.expect("Connected");
    assert!(left.elapsed() >= Duration::from_millis(30));
    reader.tell(&[POWER_ON]);
    assert_eq!(reader.ask(SELECT), [0x90, 0x00]);
    served.end();
}

#[test]
fn a_card_removed_for_good_stays_away_until_stopped() {
    let (listener, address) = listener();
    let served = Served::start(address, &["1:remove"]);
    let mut reader = Reader::accept(&listener);
    reader.tell(&[POWER_ON]);
    assert!(reader.breaks_at(SELECT));
    served.expect("Connected");
    served.expect("Removed { back_after: None }");
    assert!(!served.end().is_present());
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "it never knocked again");
}

#[test]
fn a_reset_breaks_the_connection_and_forgets_but_keeps_its_power() {
    let (listener, address) = listener();
    let served = Served::start(address, &["3:reset"]);
    let mut reader = Reader::accept(&listener);
    reader.tell(&[POWER_ON]);
    assert_eq!(reader.ask(SELECT), [0x90, 0x00]);
    assert_eq!(reader.ask(VERIFY), [0x90, 0x00]);
    assert!(reader.breaks_at(PROBE));
    let mut reader = Reader::accept(&listener);
    assert_eq!(reader.ask(SELECT), [0x90, 0x00]);
    assert_eq!(reader.ask(PROBE), [0x69, 0x82]);
    served.end();
}

#[test]
fn a_hanging_card_can_still_be_taken_out() {
    let (listener, address) = listener();
    let served = Served::start(address, &["1:hang"]);
    let mut reader = Reader::accept(&listener);
    reader.tell(&[POWER_ON]);
    reader.tell(SELECT);
    // The answer to this one is the first that comes.
    assert_eq!(reader.ask(&[GET_ATR]).len(), 9);
    served.end();
    assert!(receive(&mut reader.0).is_err());
}
