//! A connection that plays a script, for tests.
//!
//! Tests come in with commands and answers in hexadecimal; what was really sent is kept apart from
//! the connection, so a test can look at it after the session has ended.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use crate::backend::{Connection, ControlCode, Disposition};
use crate::error::Error;

pub(crate) const SELECT: &str = "00A4040C0AD392F000260100000001";
pub(crate) const SELECT_TEXT: &str = "00A4040C0AD3921000310001010408";
pub(crate) const DESELECT: &str = "00A4040C07A0000001510000";
pub(crate) const SHA256_ZERO: &str = "802A0097333031300D060960864801650304020105000420\
    000000000000000000000000000000000000000000000000000000000000000000";

/// What a scripted connection went through.
#[derive(Default)]
pub(crate) struct Log {
    pub(crate) sent: Vec<String>,
    pub(crate) controls: Vec<(ControlCode, String)>,
    pub(crate) reconnects: usize,
    pub(crate) ended: Option<Disposition>,
    unexpected: Vec<String>,
    left: usize,
}

/// The log, readable while and after the connection lives.
#[derive(Clone, Default)]
pub(crate) struct Observed(Arc<Mutex<Log>>);

impl Observed {
    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut Log) -> T) -> T {
        look(&mut self.0.lock().unwrap())
    }

    /// Asserts that exactly the script was played and how the connection ended.
    #[track_caller]
    pub(crate) fn assert_played(&self, ended: Disposition) {
        self.with(|log| {
            assert_eq!(log.unexpected, Vec::<String>::new(), "sent against the script");
            assert_eq!(log.left, 0, "steps of the script were not reached: {:?}", log.sent);
            assert_eq!(log.ended, Some(ended));
        });
    }
}

struct Script {
    steps: VecDeque<(String, String)>,
    controls: VecDeque<String>,
    observed: Observed,
}

/// A connection that expects these commands and gives these answers. Besides hexadecimal, an
/// answer may be `reset`, `removed` or `failed`.
pub(crate) fn script(steps: &[(&str, &str)]) -> (Box<dyn Connection>, Observed) {
    script_with_pinpad(steps, &[])
}

/// The same with answers to control commands, in order.
pub(crate) fn script_with_pinpad(steps: &[(&str, &str)], controls: &[&str]) -> (Box<dyn Connection>, Observed) {
    let observed = Observed::default();
    observed.with(|log| log.left = steps.len());
    let steps = steps.iter().map(|(c, a)| ((*c).to_owned(), (*a).to_owned())).collect();
    let controls = controls.iter().map(|answer| (*answer).to_owned()).collect();
    (Box::new(Script { steps, controls, observed: observed.clone() }), observed)
}

impl Connection for Script {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, Error> {
        let command = hex(command);
        let expected = self.steps.pop_front();
        self.observed.with(|log| {
            log.sent.push(command.clone());
            log.left = self.steps.len();
            match &expected {
                Some((wanted, _)) if *wanted == command => {}
                _ => log.unexpected.push(command),
            }
        });
        match expected {
            Some((_, answer)) => play(&answer),
            None => Err(Error::Reader(None)),
        }
    }

    fn reconnect(&mut self) -> Result<(), Error> {
        self.observed.with(|log| log.reconnects += 1);
        Ok(())
    }

    fn control(&mut self, code: ControlCode, input: &[u8]) -> Result<Vec<u8>, Error> {
        self.observed.with(|log| log.controls.push((code, hex(input))));
        match self.controls.pop_front() {
            Some(answer) => play(&answer),
            None => Err(Error::PinpadUnsupported),
        }
    }

    fn disconnect(self: Box<Self>, disposition: Disposition) -> Result<(), Error> {
        self.observed.with(|log| log.ended = Some(disposition));
        Ok(())
    }
}

fn play(answer: &str) -> Result<Vec<u8>, Error> {
    match answer {
        "reset" => Err(Error::CardReset(None)),
        "removed" => Err(Error::CardRemoved(None)),
        "failed" => Err(Error::Reader(None)),
        hexadecimal => Ok(bytes(hexadecimal)),
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

pub(crate) fn bytes(hexadecimal: &str) -> Vec<u8> {
    hexadecimal
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// A certificate of `length` bytes as far as its header goes.
pub(crate) fn certificate(length: usize) -> Vec<u8> {
    let [high, low] = u16::try_from(length - 4).unwrap().to_be_bytes();
    let mut der = vec![0x30, 0x82, high, low];
    der.extend((4..length).map(|at| (at % 251) as u8));
    der
}

/// The answer with one piece of `der` and `9000`.
pub(crate) fn piece(der: &[u8], from: usize, to: usize) -> String {
    hex(&der[from..to.min(der.len())]) + "9000"
}
