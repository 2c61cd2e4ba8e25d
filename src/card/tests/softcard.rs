//! The driver against the card in software, in process: what a person would notice, and what the card itself counted.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests may fail as tests do")]

use std::sync::{Arc, Mutex, MutexGuard};

use jpki_card::{
    Attempts, Auth, CardFacts, Connection, ControlCode, Disposition, Error, LastTryConfirmed, Pin, Session,
    Sha256Digest, Sign, Survey, TokenKind, VerifyError, survey, survey_and_hold,
};
use jpki_softcard::{CardOptions, FaultSpec, MemoryTrace, Outcome, Profile, Quirks, Rig, SoftCard};

const MESSAGE: &[u8] = b"what is signed";

/// A card in a reader that one program at a time can connect to.
#[derive(Clone)]
struct Reader {
    rig: Arc<Mutex<Rig>>,
    trace: MemoryTrace,
}

impl Reader {
    fn new(options: &CardOptions, quirks: Quirks) -> Self {
        let trace = MemoryTrace::default();
        let card = SoftCard::for_tests(options).unwrap().with_quirks(quirks);
        let rig = Rig::new(card).with_trace(trace.clone());
        Reader { rig: Arc::new(Mutex::new(rig)), trace }
    }

    fn with_card() -> Self {
        Self::new(&CardOptions::default(), Quirks::default())
    }

    fn rig(&self) -> MutexGuard<'_, Rig> {
        self.rig.lock().unwrap()
    }

    fn fault(&self, faults: &[&str]) {
        let faults: Vec<FaultSpec> = faults.iter().map(|fault| fault.parse().unwrap()).collect();
        self.rig().set_faults(faults);
    }

    fn connect(&self) -> Box<dyn Connection> {
        self.trace.clear();
        let mut rig = self.rig();
        if !rig.card().is_powered() {
            rig.power_on();
        }
        Box::new(Line { reader: self.clone(), reset: false, ended: false })
    }

    /// Commands since the last connection.
    fn commands(&self) -> usize {
        self.trace.commands().len()
    }

    fn survey(&self) -> Survey {
        survey(self.connect(), None).unwrap()
    }

    fn sign_in(&self, survey: &Survey, pin: &str) -> Result<Vec<u8>, VerifyError> {
        self.sign_in_with(survey.facts, survey.attempts, pin, None)
    }

    fn sign_in_with(
        &self,
        facts: CardFacts,
        attempts: Attempts,
        pin: &str,
        confirmed: Option<LastTryConfirmed>,
    ) -> Result<Vec<u8>, VerifyError> {
        let session = Session::open(self.connect(), facts)?;
        let mut key = session.verify(Pin::<Auth>::parse(pin).unwrap(), attempts, confirmed)?;
        let signature = key.sign(&digest())?;
        key.finish();
        Ok(signature.as_bytes().to_vec())
    }

    /// Whether some program could sign now without a PIN: selects nothing that would change that.
    fn is_open(&self) -> bool {
        let mut rig = self.rig();
        if !rig.card().is_powered() {
            return false;
        }
        let mut line = Line { reader: self.clone(), reset: false, ended: true };
        drop(rig.exchange(&select_jpki()));
        drop(rig);
        let command = [&[0x80, 0x2A, 0x00, 0x97, 0x20][..], &[0; 32], &[0x00]].concat();
        line.transmit(&command).is_ok_and(|answer| answer.ends_with(&[0x90, 0x00]))
    }
}

fn select_jpki() -> Vec<u8> {
    [&[0x00, 0xA4, 0x04, 0x0C, 0x0A][..], &[0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01]].concat()
}

struct Line {
    reader: Reader,
    reset: bool,
    ended: bool,
}

impl Connection for Line {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, Error> {
        if self.reset {
            return Err(Error::CardReset(None));
        }
        match self.reader.rig().exchange(command) {
            Outcome::Answer(answer) => Ok(answer),
            Outcome::Removed { .. } => Err(Error::CardRemoved(None)),
            Outcome::Reset => {
                self.reset = true;
                Err(Error::CardReset(None))
            }
            _ => Err(Error::Reader(None)),
        }
    }

    fn reconnect(&mut self) -> Result<(), Error> {
        self.reset = false;
        Ok(())
    }

    fn control(&mut self, _: ControlCode, _: &[u8]) -> Result<Vec<u8>, Error> {
        Err(Error::PinpadUnsupported)
    }

    fn disconnect(mut self: Box<Self>, disposition: Disposition) -> Result<(), Error> {
        self.ended = true;
        if disposition == Disposition::Unpower {
            self.reader.rig().power_off();
        }
        Ok(())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if !self.ended {
            self.reader.rig().power_off();
        }
    }
}

fn digest() -> Sha256Digest {
    let digest = ring::digest::digest(&ring::digest::SHA256, MESSAGE);
    Sha256Digest(digest.as_ref().try_into().unwrap())
}

#[track_caller]
fn assert_signed(signature: &[u8], certificate: &[u8]) {
    let (_, certificate) = x509_parser::parse_x509_certificate(certificate).unwrap();
    let key = &certificate.public_key().subject_public_key.data;
    let key = ring::signature::UnparsedPublicKey::new(&ring::signature::RSA_PKCS1_2048_8192_SHA256, key);
    key.verify(MESSAGE, signature).expect("the signature belongs to the certificate");
}

#[test]
fn signing_in_the_first_time_takes_at_most_fifteen_commands_and_then_six() {
    let reader = Reader::with_card();
    let first = reader.survey();
    let reading = reader.commands();
    let signature = reader.sign_in(&first, "1234").unwrap();
    let signing = reader.commands();
    assert_eq!(signing, 4);
    assert!(reading + signing <= 15, "{reading} + {signing}");
    assert_signed(&signature, first.certificate.der());
    assert_eq!(first.certificate.der(), reader.rig().card().file().auth_certificate());

    let again = survey(reader.connect(), Some(first)).unwrap();
    assert_eq!(reader.commands(), 2);
    assert_signed(&reader.sign_in(&again, "1234").unwrap(), again.certificate.der());
    assert_eq!(reader.commands(), 4);
    assert!(!reader.is_open());
}

#[test]
fn three_wrong_pins_cost_three_attempts_and_the_last_one_only_if_confirmed() {
    let reader = Reader::with_card();
    let survey = reader.survey();
    let mut attempts = survey.attempts;
    for left in [2, 1] {
        match reader.sign_in_with(survey.facts, attempts, "0000", None) {
            Err(VerifyError::WrongPin { attempts: told }) => attempts = told,
            other => panic!("{other:?}"),
        }
        assert_eq!(attempts.left(), Some(left));
        assert!(!reader.is_open());
    }
    let unconfirmed = reader.sign_in_with(survey.facts, attempts, "0000", None);
    assert_eq!(unconfirmed, Err(VerifyError::LastTryUnconfirmed));
    assert_eq!(reader.rig().card().tally().verifications, 2);

    let confirmed = Some(LastTryConfirmed::by_the_person());
    let exhausted = reader.sign_in_with(survey.facts, attempts, "0000", confirmed);
    assert_eq!(exhausted, Err(Error::PinAttemptsExhausted.into()));
    assert_eq!(reader.rig().card().tally().verifications, 3);

    let after = reader.survey();
    assert!(after.attempts.is_blocked());
    assert_eq!(reader.sign_in(&after, "1234"), Err(Error::PinBlocked.into()));
    assert_eq!(reader.rig().card().tally().verifications, 3);
}

#[test]
fn a_right_pin_gives_the_attempts_back() {
    let reader = Reader::with_card();
    let survey = reader.survey();
    assert!(reader.sign_in(&survey, "9999").is_err());
    assert_eq!(reader.survey().attempts.left(), Some(2));
    reader.sign_in(&reader.survey(), "1234").unwrap();
    assert_eq!(reader.survey().attempts.left(), Some(3));
}

#[test]
fn the_signature_key_signs_and_shows_its_certificate_after_its_password() {
    let reader = Reader::with_card();
    let mut session = Session::open(reader.connect(), CardFacts::default()).unwrap();
    let attempts = session.attempts::<Sign>().unwrap();
    assert_eq!(attempts.left(), Some(5));
    let mut key = session.verify(Pin::<Sign>::parse("abc123").unwrap(), attempts, None).unwrap();
    let certificate = key.certificate().unwrap();
    for _ in 0..2 {
        assert_signed(key.sign(&digest()).unwrap().as_bytes(), certificate.der());
    }
    key.finish();
    assert!(!reader.is_open());
}

#[test]
fn a_key_is_open_only_as_long_as_its_value_lives() {
    let reader = Reader::with_card();
    let mut session = Session::open(reader.connect(), CardFacts::default()).unwrap();
    let attempts = session.attempts::<Auth>().unwrap();
    let key = session.verify(Pin::<Auth>::parse("１２３４").unwrap(), attempts, None).unwrap();
    assert!(reader.is_open());
    drop(key);
    assert!(!reader.is_open());
}

#[test]
fn authorities_and_token_kind_are_readable_without_a_pin() {
    let reader = Reader::with_card();
    let mut session = Session::open(reader.connect(), CardFacts::default()).unwrap();
    assert_eq!(session.token_kind(), Ok(TokenKind::MyNumberCard));
    let auth = session.ca_certificate::<Auth>().unwrap();
    let sign = session.ca_certificate::<Sign>().unwrap();
    assert_ne!(auth, sign);
    for certificate in [auth, sign] {
        let (rest, parsed) = x509_parser::parse_x509_certificate(certificate.der()).unwrap();
        assert!(rest.is_empty());
        assert!(parsed.is_ca());
    }
    session.close();
    assert_eq!(reader.rig().card().tally().verifications, 0);
}

#[test]
fn a_card_that_fails_its_first_command_after_power_up_works_all_the_same() {
    let quirks = Quirks { first_command_fails: true, ..Quirks::default() };
    let reader = Reader::new(&CardOptions::default(), quirks);
    let survey = reader.survey();
    assert_signed(&reader.sign_in(&survey, "1234").unwrap(), survey.certificate.der());
}

#[test]
fn a_phone_that_guards_its_certificate_is_unsupported() {
    let options = CardOptions { profile: Profile::Android, ..CardOptions::default() };
    let reader = Reader::new(&options, Quirks::default());
    let refused = survey(reader.connect(), None);
    assert_eq!(refused.map_err(|error| error.code()), Err("card_unsupported"));
}

#[test]
fn nothing_that_happens_at_any_command_costs_two_attempts_or_leaves_the_card_open() {
    for fault in
        ["remove", "reset", "hang", "sw=6F00", "sw=6982", "sw=6C10", "sw=6110", "truncate=1", "truncate=2", "garbage"]
    {
        let reader = Reader::with_card();
        for command in 1..=4 {
            let survey = reader.survey();
            let before = reader.rig().card().tally().verifications;
            reader.fault(&[&format!("{command}:{fault}")]);
            let outcome = reader.sign_in(&survey, "1234");
            reader.fault(&[]);
            let what = format!("{fault} at command {command}: {outcome:?}");
            assert!(reader.rig().card().tally().verifications <= before + 1, "{what}");
            reader.rig().insert();
            assert!(!reader.is_open(), "{what}");
            // The card was reset before anything was verified, or after all was done.
            let harmless = (command == 1 && fault == "reset") || command == 4;
            assert!(!harmless || outcome.is_ok(), "{what}");
            reader.sign_in(&reader.survey(), "1234").expect(&what);
        }
    }
}

#[test]
fn a_reset_or_a_fault_in_the_survey_never_spends_an_attempt() {
    for fault in ["remove", "reset", "hang", "sw=6F00", "sw=6B00", "truncate=3", "garbage"] {
        let reader = Reader::with_card();
        for command in 1..=9 {
            let before = reader.rig().card().tally().verifications;
            reader.fault(&[&format!("{command}:{fault}")]);
            let outcome = survey(reader.connect(), None);
            reader.fault(&[]);
            assert_eq!(reader.rig().card().tally().verifications, before);
            if fault == "reset" {
                assert!(outcome.is_ok(), "reset at command {command}: {outcome:?}");
            }
            reader.rig().insert();
            reader.sign_in(&reader.survey(), "1234").unwrap();
        }
    }
}

#[test]
fn a_cancelled_operation_takes_one_command() {
    let reader = Reader::with_card();
    let (_, session) = survey_and_hold(reader.connect(), None).unwrap();
    let before = reader.commands();
    session.deselect();
    assert_eq!(reader.commands(), before + 1);
}

#[test]
fn the_my_number_is_never_asked_for() {
    let reader = Reader::with_card();
    let survey = reader.survey();
    reader.sign_in(&survey, "1234").unwrap();
    assert_eq!(reader.rig().card().tally().my_number_accesses, 0);
}
