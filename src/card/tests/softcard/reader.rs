//! A software card in a reader of its own, as the driver sees it through its seam.

use std::sync::{Arc, Mutex, MutexGuard};

use jpki_card::{
    Attempts, Auth, CardFacts, Connection, ControlCode, Disposition, Error, LastTryConfirmed, Pin, Session,
    Sha256Digest, Survey, VerifyError, survey,
};
use jpki_softcard::{CardOptions, FaultSpec, MemoryTrace, Outcome, Quirks, Rig, SoftCard};

/// What is signed.
const MESSAGE: &[u8] = b"what is signed";

/// A card in a reader that one program at a time can connect to.
#[derive(Clone)]
pub(crate) struct Reader {
    rig: Arc<Mutex<Rig>>,
    trace: MemoryTrace,
}

impl Reader {
    pub(crate) fn new(options: &CardOptions, quirks: Quirks) -> Self {
        let trace = MemoryTrace::default();
        let card = SoftCard::for_tests(options).unwrap().with_quirks(quirks);
        let rig = Rig::new(card).with_trace(trace.clone());
        Reader { rig: Arc::new(Mutex::new(rig)), trace }
    }

    pub(crate) fn with_card() -> Self {
        Self::new(&CardOptions::default(), Quirks::default())
    }

    pub(crate) fn rig(&self) -> MutexGuard<'_, Rig> {
        self.rig.lock().unwrap()
    }

    pub(crate) fn fault(&self, faults: &[&str]) {
        let faults: Vec<FaultSpec> = faults.iter().map(|fault| fault.parse().unwrap()).collect();
        self.rig().set_faults(faults);
    }

    pub(crate) fn connect(&self) -> Box<dyn Connection> {
        self.trace.clear();
        let mut rig = self.rig();
        if !rig.card().is_powered() {
            rig.power_on();
        }
        Box::new(Line { reader: self.clone(), reset: false, ended: false })
    }

    /// Commands since the last connection.
    pub(crate) fn commands(&self) -> usize {
        self.trace.commands().len()
    }

    /// The VERIFY commands with a PIN that the card ever got.
    pub(crate) fn verifications(&self) -> u32 {
        self.rig().card().tally().verifications
    }

    pub(crate) fn survey(&self) -> Survey {
        survey(self.connect(), None).unwrap()
    }

    pub(crate) fn sign_in(&self, survey: &Survey, pin: &str) -> Result<Vec<u8>, VerifyError> {
        self.sign_in_with(survey.facts, survey.attempts, pin, None)
    }

    pub(crate) fn sign_in_with(
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

    /// Whether some program could use a key or read the attributes' digests now without a PIN: as the card was left, or
    /// with one of the applications selected again.
    pub(crate) fn is_open(&self) -> bool {
        let mut rig = self.rig();
        if !rig.card().is_powered() {
            return false;
        }
        let mut works = |command: &[u8]| match rig.exchange(command) {
            Outcome::Answer(answer) => answer.ends_with(&[0x90, 0x00]),
            _ => false,
        };
        let sign = |key| [&[0x80, 0x2A, 0x00, key, 0x20][..], &[0; 32], &[0x00]].concat();
        let probes = [sign(0x97), sign(0x9A), vec![0x00, 0xB0, 0x83, 0x00, 0x01]];
        let mut opens =
            |select: Option<&[u8]>| select.is_none_or(&mut works) && probes.iter().any(|probe| works(probe));
        opens(None) || opens(Some(JPKI)) || opens(Some(TEXT))
    }
}

const JPKI: &[u8] = b"\x00\xA4\x04\x0C\x0A\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01";
const TEXT: &[u8] = b"\x00\xA4\x04\x0C\x0A\xD3\x92\x10\x00\x31\x00\x01\x01\x04\x08";

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

pub(crate) fn digest() -> Sha256Digest {
    let digest = ring::digest::digest(&ring::digest::SHA256, MESSAGE);
    Sha256Digest(digest.as_ref().try_into().unwrap())
}

#[track_caller]
pub(crate) fn assert_signed(signature: &[u8], certificate: &[u8]) {
    let (_, certificate) = x509_parser::parse_x509_certificate(certificate).unwrap();
    let key = &certificate.public_key().subject_public_key.data;
    let key = ring::signature::UnparsedPublicKey::new(&ring::signature::RSA_PKCS1_2048_8192_SHA256, key);
    key.verify(MESSAGE, signature).expect("the signature belongs to the certificate");
}
