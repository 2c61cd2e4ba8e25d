//! `jpki-bridge card`

use std::sync::Arc;

use jpki_card::pcsc::PcscBackend;
use jpki_card::{Attempts, Survey};
use serde_json::{Value, json};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::Failure;
use super::readers::Look;

pub(super) fn run(json: bool) -> Result<(), Failure> {
    let look: Look<Survey> = Look {
        at: |backend, reader| jpki_card::survey(backend.connect(&reader.name, Some(reader.insertion))?, None),
        json: described,
        text: told,
    };
    look.print(Arc::new(PcscBackend::new()), json)
}

fn told(reader: &str, survey: &Survey) -> String {
    let until = valid_until(survey).unwrap_or_else(|| "not readable".to_owned());
    format!(
        "{reader}: My Number Card\n  authentication PIN: {}\n  authentication certificate: valid until {until}\n",
        survey.attempts
    )
}

fn described(reader: &str, survey: &Survey) -> Value {
    json!({
        "reader": reader,
        "authentication": {
            "attemptsLeft": survey.attempts.left(),
            "blocked": survey.attempts == Attempts::Blocked,
            "certificateValidUntil": valid_until(survey),
        },
    })
}

fn valid_until(survey: &Survey) -> Option<String> {
    let (_, certificate) = X509Certificate::from_der(survey.certificate.der()).ok()?;
    let end = jiff::Timestamp::from_second(certificate.validity().not_after.timestamp()).ok()?;
    Some(end.to_string())
}
