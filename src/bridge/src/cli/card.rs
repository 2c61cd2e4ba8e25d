//! `jpki-bridge card`

use jpki_card::pcsc::PcscBackend;
use jpki_card::{Attempts, Backend as _, CardPresence, Error, ReaderState, Survey};
use serde_json::{Value, json};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::{Failure, readers};

pub(super) fn run(json: bool) -> Result<(), Failure> {
    let mut readers = readers::now()?;
    readers.retain(|reader| matches!(reader.card, CardPresence::Present { .. }));
    if readers.is_empty() && !json {
        return Err(Error::NoCard(None).into());
    }
    let looks: Vec<_> = readers.iter().map(|reader| (reader, survey(reader))).collect();
    if json {
        let rows = looks.iter().map(|(reader, survey)| match survey {
            Ok(survey) => described(&reader.name, survey),
            Err(error) => json!({ "reader": reader.name, "error": error.code() }),
        });
        println!("{}", Value::Array(rows.collect()));
        return Ok(());
    }
    for (reader, survey) in looks {
        match survey {
            Ok(survey) => {
                println!("{}: My Number Card", reader.name);
                println!("  authentication PIN: {}", survey.attempts);
                let until = valid_until(&survey).unwrap_or_else(|| "not readable".to_owned());
                println!("  authentication certificate: valid until {until}");
            }
            Err(error) => println!("{}: {error}", reader.name),
        }
    }
    Ok(())
}

fn survey(reader: &ReaderState) -> Result<Survey, Error> {
    jpki_card::survey(PcscBackend::new().connect(&reader.name, Some(reader.insertion))?, None)
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
