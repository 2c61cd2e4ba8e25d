//! The calendar document: systems with the rules of their planned stops, and which systems each service needs.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::Service;
use super::rule::Rule;
use crate::error::{Error, Result};
use crate::web::Lang;

/// The guideline's own hours (user registration API guideline 1.9, 2.5).
const GUIDELINE: &str = include_str!("../../assets/hours/guideline.json");
/// The largest document that is read, in bytes.
const LARGEST: usize = 256 * 1024;

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, serde::Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Text {
    /// Japanese.
    pub(crate) ja: String,
    /// English.
    pub(crate) en: String,
}

impl Text {
    pub(crate) fn new(ja: &str, en: &str) -> Self {
        Self { ja: ja.to_owned(), en: en.to_owned() }
    }

    /// The text in the reader's language.
    pub(crate) fn of(&self, l: Lang) -> &str {
        l.t(&self.ja, &self.en)
    }
}

/// When which system is stopped as planned, and what needs which system.
#[derive(Debug, Clone)]
pub struct Calendar {
    systems: Vec<System>,
    needs: BTreeMap<Service, Vec<String>>,
}

/// A system that services depend on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct System {
    /// Its word, such as `resident_network`.
    pub(crate) id: String,
    ja: String,
    en: String,
    pub(super) closures: Vec<Planned>,
}

impl System {
    /// Its name.
    pub(crate) fn name(&self) -> Text {
        Text::new(&self.ja, &self.en)
    }

    /// What is planned for it, in words.
    pub(super) fn planned(&self) -> impl Iterator<Item = Text> {
        self.closures.iter().map(|planned| Text::new(&planned.ja, &planned.en))
    }
}

/// A planned stop that comes again and again.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Planned {
    pub(super) id: String,
    pub(super) ja: String,
    pub(super) en: String,
    #[serde(flatten)]
    pub(super) rule: Rule,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "source")]
    _source: Option<String>,
    systems: Vec<System>,
    services: BTreeMap<Service, Vec<String>>,
}

impl Calendar {
    /// The guideline's hours.
    ///
    /// # Errors
    /// None as long as the document that is built in is right, which a test checks.
    pub fn guideline() -> Result<Self> {
        Self::from_json(GUIDELINE)
    }

    /// The same systems and services without any planned stop: for developers, who work on weekends, too. Announced
    /// maintenance still counts.
    #[must_use]
    pub fn without_stops(mut self) -> Self {
        for system in &mut self.systems {
            system.closures.clear();
        }
        self
    }

    /// Reads the document of a file.
    ///
    /// # Errors
    /// [`Error::File`]; [`Error::Config`] if it says something impossible.
    pub fn in_file(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::File { path: path.to_owned(), source })?;
        Self::from_json(&text).map_err(|error| Error::Config(format!("{}: {error}", path.display())))
    }

    /// Reads a document.
    ///
    /// # Errors
    /// [`Error::Config`] with what is wrong in it.
    pub fn from_json(text: &str) -> Result<Self> {
        let wrong = |why: String| Error::Config(format!("the calendar of service hours: {why}"));
        if text.len() > LARGEST {
            return Err(wrong(format!("it has more than {LARGEST} bytes")));
        }
        let document: Document = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
        check_systems(&document.systems).map_err(wrong)?;
        for service in Service::ALL {
            let needs = document.services.get(&service).map(Vec::as_slice).unwrap_or_default();
            if needs.is_empty() {
                return Err(wrong(format!("services.{} names no system", service.word())));
            }
            for id in needs {
                if !document.systems.iter().any(|system| system.id == *id) {
                    return Err(wrong(format!("services.{} needs {id}, which is no system", service.word())));
                }
            }
        }
        Ok(Self { systems: document.systems, needs: document.services })
    }

    /// All systems.
    pub(crate) fn systems(&self) -> &[System] {
        &self.systems
    }

    /// A system by its word.
    pub(crate) fn system(&self, id: &str) -> Option<&System> {
        self.systems.iter().find(|system| system.id == id)
    }

    /// The words of the systems that a service needs, all of them.
    pub(crate) fn needs(&self, service: Service) -> &[String] {
        self.needs.get(&service).map(Vec::as_slice).unwrap_or_default()
    }
}

fn check_systems(systems: &[System]) -> Result<(), String> {
    for (at, system) in systems.iter().enumerate() {
        check_word("systems", &system.id)?;
        if systems[..at].iter().any(|other| other.id == system.id) {
            return Err(format!("the system {} is there twice", system.id));
        }
        check_name(&system.id, &system.ja, &system.en)?;
        for (at, planned) in system.closures.iter().enumerate() {
            let place = format!("{}.{}", system.id, planned.id);
            check_word(&place, &planned.id)?;
            if system.closures[..at].iter().any(|other| other.id == planned.id) {
                return Err(format!("{place} is there twice"));
            }
            check_name(&place, &planned.ja, &planned.en)?;
            planned.rule.check().map_err(|why| format!("{place}: {why}"))?;
        }
    }
    Ok(())
}

fn check_word(place: &str, word: &str) -> Result<(), String> {
    let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    if (1..=40).contains(&word.len()) && word.chars().all(fine) {
        return Ok(());
    }
    Err(format!("{place}: an id is 1 to 40 of a-z, 0-9, _ and -"))
}

fn check_name(place: &str, ja: &str, en: &str) -> Result<(), String> {
    let fine = |text: &str| (1..=200).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if fine(ja) && fine(en) {
        return Ok(());
    }
    Err(format!("{place}: ja and en have 1 to 200 characters on one line"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guidelines_calendar_is_one() {
        let calendar = Calendar::guideline().unwrap();
        assert_eq!(calendar.systems().len(), 3);
        assert_eq!(
            calendar.needs(Service::Registration),
            ["portal", "information_provision_network", "resident_network"]
        );
        for service in [Service::PrivateDelivery, Service::UserStatus, Service::Notices] {
            assert_eq!(calendar.needs(service), ["portal"]);
        }
    }

    #[test]
    fn without_its_stops_a_calendar_keeps_systems_and_services() {
        let calendar = Calendar::guideline().unwrap().without_stops();
        assert_eq!(calendar.systems().len(), 3);
        assert!(calendar.systems().iter().all(|system| system.closures.is_empty()));
        assert_eq!(calendar.needs(Service::Registration).len(), 3);
    }

    #[test]
    fn a_calendar_that_says_something_impossible_is_refused_with_the_place() {
        let wrong = [
            ("\"nth\": 3", "\"nth\": 6", "third-weekend"),
            ("\"nth\": 3", "\"nth\": 3, \"typo\": 1", "unknown field"),
            ("\"weekday\": \"saturday\"", "\"weekday\": \"caturday\"", "caturday"),
            ("\"days_later\": 2", "\"days_later\": 40", "third-weekend"),
            ("\"days_later\": 2", "\"days_later\": 0", "third-weekend"),
            ("\"from_day\": \"12-28\"", "\"from_day\": \"02-29\"", "02-29"),
            ("\"from\": \"21:00\"", "\"from\": \"25:00\"", "hour"),
            ("\"id\": \"new-year\"", "\"id\": \"third-weekend\"", "twice"),
            ("\"id\": \"portal\"", "\"id\": \"Portal\"", "id is"),
            ("\"notices\": [\"portal\"]", "\"notices\": [\"fax\"]", "fax"),
            ("\"notices\": [\"portal\"]", "\"notices\": []", "notices"),
            ("\"user_status\"", "\"user_stats\"", "user_stats"),
        ];
        for (from, to, said) in wrong {
            let text = GUIDELINE.replacen(from, to, 1);
            assert_ne!(text, GUIDELINE, "{from}");
            let error = Calendar::from_json(&text).unwrap_err().to_string();
            assert!(error.contains(said), "{to}: {error}");
        }
        assert!(Calendar::from_json("").is_err());
        assert!(Calendar::from_json(&" ".repeat(LARGEST + 1)).is_err());
    }
}
