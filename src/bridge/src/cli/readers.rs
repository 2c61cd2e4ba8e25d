//! `jpki-bridge readers`, and looking at readers and cards for other commands: never for longer than a person waits.

use std::sync::Arc;
use std::time::Duration;

use jpki_card::pcsc::PcscBackend;
use jpki_card::{Backend, CardPresence, Error, ReaderState, Snapshot};
use serde_json::{Value, json};

use super::Failure;
use super::print::{line, print};
use crate::threads::begin;

/// How long the service may take to list its readers; it takes milliseconds.
const SERVICE: Duration = Duration::from_secs(5);

/// How long a look at one card may take. It takes some 0.3 s, and on a busy computer ten times that.
const CARD: Duration = Duration::from_secs(10);

pub(super) fn run(json: bool) -> Result<(), Failure> {
    let readers = seen_by(Arc::new(PcscBackend::new()))?;
    if json {
        let rows = readers.iter().map(|reader| json!({ "name": reader.name, "card": word(&reader.card) }));
        return line(Value::Array(rows.collect()));
    }
    if readers.is_empty() {
        return line("No card reader is connected.");
    }
    print(&readers.iter().map(|reader| format!("{}: {}\n", reader.name, word(&reader.card))).collect::<String>())
}

/// The readers that `backend` sees at this moment.
fn seen_by(backend: Arc<dyn Backend>) -> Result<Vec<ReaderState>, Error> {
    let look = begin("readers", move || backend.watch().map(|mut watch| watch.next()));
    match look.wait(SERVICE).transpose()?.flatten() {
        Some(Snapshot::Readers(readers)) => Ok(readers),
        Some(Snapshot::ServiceUnavailable) | None => Err(Error::ServiceUnavailable(None)),
    }
}

/// A way to look at a card, and to show what was seen.
pub(super) struct Look<T> {
    /// Looks at the card in a reader.
    pub(super) at: fn(&dyn Backend, &ReaderState) -> Result<T, Error>,
    /// As JSON, with the reader's name.
    pub(super) json: fn(&str, &T) -> Value,
    /// As lines, with the reader's name.
    pub(super) text: fn(&str, &T) -> String,
}

impl<T: Send + 'static> Look<T> {
    /// Looks at the card in each reader, and prints what was seen.
    ///
    /// # Errors
    /// If there is no card, or none that can be looked at; a document is printed all the same.
    pub(super) fn print(&self, backend: Arc<dyn Backend>, json: bool) -> Result<(), Failure> {
        let (shown, failure) = self.show(backend, json)?;
        print(&shown)?;
        failure.map_or(Ok(()), Err)
    }

    /// What to print on standard output, and what went wrong with all that would be there.
    fn show(&self, backend: Arc<dyn Backend>, json: bool) -> Result<(String, Option<Failure>), Error> {
        let mut readers = seen_by(Arc::clone(&backend))?;
        readers.retain(|reader| matches!(reader.card, CardPresence::Present { .. }));
        let (mut rows, mut text, mut failures) = (Vec::new(), String::new(), Vec::new());
        for reader in &readers {
            let name = &reader.name;
            match self.at(Arc::clone(&backend), reader) {
                Ok(seen) => {
                    rows.push((self.json)(name, &seen));
                    text.push_str(&(self.text)(name, &seen));
                }
                Err(error) => {
                    rows.push(json!({ "reader": name, "error": error.code() }));
                    failures.push(format!("{name}: {error}"));
                }
            }
        }
        let failure = if readers.is_empty() {
            Some(Error::NoCard(None).into())
        } else {
            (failures.len() == readers.len()).then(|| failures.join("\n").into())
        };
        if json {
            return Ok((format!("{}\n", Value::Array(rows)), failure));
        }
        if failure.is_none() {
            failures.iter().for_each(|line| text.push_str(&format!("{line}\n")));
        }
        Ok((text, failure))
    }

    /// At the card in one reader, and no longer than it may take.
    fn at(&self, backend: Arc<dyn Backend>, reader: &ReaderState) -> Result<T, Error> {
        let (at, reader) = (self.at, reader.clone());
        let look = begin("card", move || at(backend.as_ref(), &reader));
        look.wait(CARD).unwrap_or(Err(Error::ServiceUnavailable(None)))
    }
}

fn word(card: &CardPresence) -> &'static str {
    match card {
        CardPresence::Absent => "no card",
        CardPresence::Present { .. } => "card present",
        CardPresence::Mute => "card does not respond",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jpki_card::{Canceller, Connection, Insertion, ReaderWatch};

    /// Cards in readers of these names.
    struct Cards(&'static [&'static str]);

    struct Once(Option<Snapshot>);

    impl Iterator for Once {
        type Item = Snapshot;

        fn next(&mut self) -> Option<Snapshot> {
            self.0.take()
        }
    }

    impl ReaderWatch for Once {
        fn canceller(&self) -> Canceller {
            Canceller::new(|| {})
        }
    }

    impl Backend for Cards {
        fn watch(&self) -> Result<Box<dyn ReaderWatch>, Error> {
            let reader = |name: &&str| ReaderState {
                name: (*name).to_owned(),
                card: CardPresence::Present { atr: Vec::new() },
                insertion: Insertion::new(1),
                in_use_exclusive: false,
            };
            Ok(Box::new(Once(Some(Snapshot::Readers(self.0.iter().map(reader).collect())))))
        }

        fn connect(&self, _: &str, _: Option<Insertion>) -> Result<Box<dyn Connection>, Error> {
            Err(Error::NoCard(None))
        }
    }

    #[test]
    fn a_look_that_finds_no_card_fails_and_still_gives_a_document() {
        let look: Look<()> = Look {
            at: |_, reader| if reader.name == "good" { Ok(()) } else { Err(Error::CardUnsupported(None)) },
            json: |name, ()| json!({ "reader": name }),
            text: |name, ()| format!("{name}: seen\n"),
        };
        let unsupported = Error::CardUnsupported(None);
        let (code, bad) = (unsupported.code(), format!("bad: {unsupported}"));
        let none = Error::NoCard(None).to_string();
        for (readers, text, json, failure) in [
            (&["good"][..], "good: seen\n".to_owned(), json!([{ "reader": "good" }]), None),
            (
                &["bad", "good"],
                format!("good: seen\n{bad}\n"),
                json!([{ "reader": "bad", "error": code }, { "reader": "good" }]),
                None,
            ),
            (&["bad"], String::new(), json!([{ "reader": "bad", "error": code }]), Some(bad.clone())),
            (&[], String::new(), json!([]), Some(none)),
        ] {
            for (as_json, want) in [(false, text), (true, format!("{json}\n"))] {
                let (shown, failed) = look.show(Arc::new(Cards(readers)), as_json).unwrap();
                assert_eq!(shown, want, "{readers:?}");
                assert_eq!(failed.map(|failure| failure.to_string()), failure, "{readers:?}");
            }
        }
    }

    #[test]
    fn a_service_that_says_nothing_is_unavailable() {
        struct Silent;
        impl Backend for Silent {
            fn watch(&self) -> Result<Box<dyn ReaderWatch>, Error> {
                Ok(Box::new(Once(None)))
            }

            fn connect(&self, _: &str, _: Option<Insertion>) -> Result<Box<dyn Connection>, Error> {
                Err(Error::NoCard(None))
            }
        }
        assert!(matches!(seen_by(Arc::new(Silent)), Err(Error::ServiceUnavailable(None))));
    }
}
