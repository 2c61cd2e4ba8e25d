//! A diagnosis in words for a terminal: a summary, what is wrong, then the rest, aligned.

use std::fmt;

use jpki_protocol::Language;

use super::diagnosis::{Check, Diagnosis, Verdict};

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", summary(self))?;
        let mut checks: Vec<&Check> = self.checks.iter().collect();
        // Stable: within a verdict the order of the checks stays.
        checks.sort_by_key(|check| check.verdict);
        let words = Column::of(checks.iter().map(|check| word(check.verdict, self.language)));
        let titles = Column::of(checks.iter().map(|check| check.title));
        let indent = " ".repeat(words.0 + titles.0 + 4);
        for check in checks {
            let (word, title) = (words.pad(word(check.verdict, self.language)), titles.pad(check.title));
            writeln!(f, "{word}  {title}  {}", check.found)?;
            if let Some(remedy) = &check.remedy {
                writeln!(f, "{indent}→ {}", remedy.text)?;
                if let Some(command) = &remedy.command {
                    writeln!(f, "{indent}  $ {command}")?;
                }
                if let Some(page) = remedy.page {
                    writeln!(f, "{indent}  {page}")?;
                }
            }
        }
        Ok(())
    }
}

fn summary(diagnosis: &Diagnosis) -> String {
    let (faults, attention) = (diagnosis.count(Verdict::Fault), diagnosis.count(Verdict::Attention));
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    match (diagnosis.language, diagnosis.ready) {
        (Language::Ja, false) => {
            format!("異常 {faults} 件、注意 {attention} 件。このままではカードの操作を始められません。")
        }
        (Language::Ja, true) => format!("異常なし、注意 {attention} 件。カードの操作を始められます。"),
        (Language::En, false) => format!(
            "{faults} fault{}, {attention} warning{}. A card operation could not start.",
            plural(faults),
            plural(attention)
        ),
        (Language::En, true) => {
            format!("No fault, {attention} warning{}. A card operation could start.", plural(attention))
        }
    }
}

pub(super) fn word(verdict: Verdict, language: Language) -> &'static str {
    match (language, verdict) {
        (Language::Ja, Verdict::Fault) => "異常",
        (Language::Ja, Verdict::Attention) => "注意",
        (Language::Ja, Verdict::Unknown) => "不明",
        (Language::Ja, Verdict::Ok) => "正常",
        (Language::Ja, Verdict::NotApplicable) => "対象外",
        (Language::En, Verdict::Fault) => "FAULT",
        (Language::En, Verdict::Attention) => "WARNING",
        (Language::En, Verdict::Unknown) => "unknown",
        (Language::En, Verdict::Ok) => "ok",
        (Language::En, Verdict::NotApplicable) => "n/a",
    }
}

/// A column as wide as its widest text, in cells of a terminal.
struct Column(usize);

impl Column {
    fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        Self(texts.map(cells).max().unwrap_or_default())
    }

    fn pad(&self, text: &str) -> String {
        let mut padded = text.to_owned();
        padded.extend(std::iter::repeat_n(' ', self.0.saturating_sub(cells(text))));
        padded
    }
}

/// How many cells a text takes: two for each kanji and kana, which is all that titles hold beside ASCII.
fn cells(text: &str) -> usize {
    text.chars().map(|character| if character.is_ascii() { 1 } else { 2 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::checks::tests::sound;

    #[test]
    fn faults_come_first_and_columns_are_aligned() {
        for language in [Language::Ja, Language::En] {
            let mut findings = sound();
            findings.readers = Some(Vec::new());
            let text = findings.diagnosis(language).to_string();
            let mut lines = text.lines();
            assert!(lines.next().unwrap().contains('1'), "{text}");
            let fault = lines.next().unwrap();
            assert!(fault.starts_with(word(Verdict::Fault, language)), "{text}");
            let remedy = lines.next().unwrap();
            let found = fault.rfind("  ").unwrap() + 2;
            assert_eq!(cells(&remedy[..remedy.find('→').unwrap()]), cells(&fault[..found]), "{text}");
        }
    }
}
