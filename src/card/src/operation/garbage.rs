//! Cards that answer anything at all: every operation ends, soon, and no rule is broken.

use std::num::NonZeroU8;
use std::sync::{Arc, Mutex};

use super::tests::authenticate;
use super::*;
use crate::backend::{ControlCode, Disposition};
use crate::pin::{NewPin, Pin};
use crate::script::{DESELECT, bytes};
use crate::verified::Sha256Digest;

/// Xorshift64*, so that a failing round can be named by its seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 16) % limit
    }
}

#[derive(Default)]
struct Seen {
    commands: Vec<Vec<u8>>,
    answers: Vec<bool>,
    ended: Option<Disposition>,
}

/// A card that tends to say 9000, with data of any length, and every status that asks for more.
struct Hostile {
    random: Random,
    seen: Arc<Mutex<Seen>>,
}

impl Hostile {
    fn answer(&mut self) -> Result<Vec<u8>, Error> {
        let length = match self.random.below(8) {
            0 => self.random.below(600),
            1 => self.random.below(300),
            2..=4 => 256,
            _ => 0,
        };
        let mut answer: Vec<u8> = (0..length).map(|_| self.random.next() as u8).collect();
        if self.random.below(2) == 0 {
            let tag: &[u8] = match self.random.below(8) {
                0 => &[0xFF, 0x20],
                1 => &[0xFF, 0x30],
                2 => &[0x7F, 0x21],
                _ => &[0x30],
            };
            let header = [tag, &[0x82, self.random.below(0x22) as u8, self.random.next() as u8]].concat();
            let fits = answer.len().min(header.len());
            answer[..fits].copy_from_slice(&header[..fits]);
        }
        let any = self.random.next() as u16;
        let status = match self.random.below(16) {
            0 => any,
            1 => 0x6100 | any & 0xFF,
            2 => 0x6C00 | any & 0xFF,
            3 => 0x63C0 | any & 0x0F,
            4 => 0x6282,
            5 => 0x6F00,
            6 => 0x6A82,
            7 => return Err(Error::CardReset(None)),
            8 => return Ok(answer),
            _ => 0x9000,
        };
        answer.extend(status.to_be_bytes());
        Ok(answer)
    }
}

impl Connection for Hostile {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, Error> {
        let answer = self.answer();
        let ok = matches!(&answer, Ok(answer) if answer.ends_with(&[0x90, 0x00]));
        let mut seen = self.seen.lock().unwrap();
        seen.commands.push(command.to_vec());
        seen.answers.push(ok);
        answer
    }

    fn reconnect(&mut self) -> Result<(), Error> {
        if self.random.below(4) == 0 { Err(Error::CardRemoved(None)) } else { Ok(()) }
    }

    fn control(&mut self, _: ControlCode, _: &[u8]) -> Result<Vec<u8>, Error> {
        self.answer()
    }

    fn disconnect(self: Box<Self>, disposition: Disposition) -> Result<(), Error> {
        self.seen.lock().unwrap().ended = Some(disposition);
        Ok(())
    }
}

fn hostile(seed: u64) -> (Box<dyn Connection>, Arc<Mutex<Seen>>) {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    (Box::new(Hostile { random, seen: Arc::clone(&seen) }), seen)
}

impl Seen {
    /// How many commands with this instruction carried a PIN.
    fn pins(&self, instruction: u8) -> usize {
        self.commands.iter().filter(|command| command.len() > 5 && command[1] == instruction).count()
    }

    /// Nothing was sent that may cost an attempt, and not much else.
    #[track_caller]
    fn assert_harmless(&self, seed: u64) {
        assert!(self.commands.len() < 700, "seed {seed}");
        assert_eq!(self.pins(VERIFY) + self.pins(CHANGE), 0, "seed {seed}");
        assert_eq!(self.ended, Some(Disposition::Leave), "seed {seed}");
    }

    /// One PIN was sent at most, and after it the application was deselected or the power taken.
    #[track_caller]
    fn assert_closed(&self, seed: u64) {
        assert!(self.commands.len() < 700, "seed {seed}");
        assert!(self.ended.is_some(), "seed {seed}");
        assert!(self.pins(VERIFY) <= 1 && self.pins(CHANGE) <= self.pins(VERIFY), "seed {seed}");
        if self.pins(VERIFY) == 1 {
            // The last word is the deselect, with GET RESPONSE after it if the card wanted that.
            assert!(self.commands.iter().any(|command| *command == bytes(DESELECT)), "seed {seed}");
            let closed = self.answers.last() == Some(&true);
            assert!(closed || self.ended == Some(Disposition::Unpower), "seed {seed}");
        }
    }
}

const VERIFY: u8 = 0x20;
const CHANGE: u8 = 0x24;
const UNLIMITED: Attempts = Attempts::Left(NonZeroU8::MAX);

#[test]
fn no_answer_makes_signing_in_endless_or_breaks_a_rule() {
    let mut opened = 0;
    for seed in 0..20_000 {
        let (connection, seen) = hostile(seed);
        let surveyed = survey(connection, None);
        seen.lock().unwrap().assert_harmless(seed);
        let (facts, attempts) = match surveyed {
            Ok(survey) => {
                assert!(survey.certificate.der().len() <= crate::CERTIFICATE_LIMIT);
                (survey.facts, survey.attempts)
            }
            Err(_) => (CardFacts::default(), UNLIMITED),
        };
        let (connection, seen) = hostile(!seed);
        let pin = Pin::parse("1234").unwrap();
        let outcome = authenticate(connection, facts, attempts, pin, None, &Sha256Digest([0; 32]));
        seen.lock().unwrap().assert_closed(seed);
        opened += usize::from(outcome.is_ok());
    }
    assert!(opened > 0, "no round ever came to the end, so this test shows little");
}

#[test]
fn no_answer_makes_a_look_at_the_pins_endless_or_costs_an_attempt() {
    let mut told = 0;
    for seed in 0..20_000 {
        let (connection, seen) = hostile(seed);
        told += usize::from(pin_status(connection).is_ok());
        seen.lock().unwrap().assert_harmless(seed);

        let (connection, seen) = hostile(seed);
        drop(survey_sign_and_hold(connection, CardFacts::default()));
        seen.lock().unwrap().assert_harmless(seed);
    }
    assert!(told > 0, "no round ever came to the end, so this test shows little");
}

#[test]
fn no_answer_makes_the_attributes_endless_or_lets_them_out_unsigned() {
    let mut changed = 0;
    for seed in 0..20_000 {
        let (connection, seen) = hostile(seed);
        let verified = survey_text_and_hold(connection, CardFacts::default())
            .ok()
            .and_then(|(_, session)| session.verify(Pin::parse("1234").unwrap(), UNLIMITED, None).ok());
        if let Some(mut text) = verified {
            assert!(text.basic_four().is_err(), "seed {seed}");
            changed += usize::from(text.change_pin(NewPin::parse("9876").unwrap()).is_ok());
        }
        seen.lock().unwrap().assert_closed(seed);
    }
    assert!(changed > 0, "no round ever came to the end, so this test shows little");
}
