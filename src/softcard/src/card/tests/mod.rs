//! What the card's tests share: a card, and asking it in hexadecimal.

mod files;
mod pins;
mod signing;

use rsa::{
    Pkcs1v15Sign, Pss, RsaPublicKey,
    pkcs8::DecodePublicKey as _,
    sha2::{Digest as _, Sha256},
};
use x509_cert::{
    Certificate,
    der::{Decode as _, Encode as _},
};

use super::*;
use crate::{Holder, hex};

const JPKI: &str = "00A4040C0AD392F000260100000001";
const TEXT: &str = "00A4040C0AD3921000310001010408";
const COMMON: &str = "00A4040C0AD3921000310001010100";
const ISD: &str = "00A4040C07A0000001510000";
/// By short identifier, without selecting the PIN's file.
const VERIFY_AUTH: &str = "00200098";

pub(crate) fn test_card() -> CardFile {
    let ca = TestCa::shared().unwrap();
    CardFile::issue_with_keys(&ca, &CardOptions::default(), ca.keys()).unwrap()
}

fn powered(options: &CardOptions) -> SoftCard {
    let mut card = SoftCard::for_tests(options).unwrap();
    card.power_on();
    card
}

fn fresh() -> SoftCard {
    powered(&CardOptions::default())
}

fn bytes(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

impl SoftCard {
    /// A command and its answer, both hexadecimal.
    fn ask(&mut self, command: &str) -> String {
        hex::upper(&self.transmit(&bytes(command)))
    }

    #[track_caller]
    fn run(&mut self, rows: &[(&str, &str)]) {
        for (command, expected) in rows {
            assert_eq!(self.ask(command), *expected, "{command}");
        }
    }

    fn sign_with(&mut self, command: &str) -> Vec<u8> {
        let mut answer = self.transmit(&bytes(command));
        assert_eq!(answer.split_off(answer.len() - 2), [0x90, 0x00], "{command}");
        answer
    }

    fn auth_key(&self) -> RsaPublicKey {
        let certificate = Certificate::from_der(self.file().auth_certificate()).unwrap();
        let key = certificate.tbs_certificate.subject_public_key_info.to_der().unwrap();
        RsaPublicKey::from_public_key_der(&key).unwrap()
    }
}

fn ascii(text: &str) -> String {
    format!("{:02X}{}", text.len(), hex::upper(text.as_bytes()))
}
