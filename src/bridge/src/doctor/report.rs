//! A report to attach to a description of a problem: for strangers, so it holds nothing of the person or the card.
//!
//! A check has to say that what it found may stand here; otherwise its verdict stands alone. What is left passes a last sieve
//! for the home folder and the names of user and computer.

use jpki_protocol::Language;

use super::diagnosis::Public;
use super::findings::Findings;
use super::print::word;

/// What stands in place of a name.
const HIDDEN: &str = "…";

impl Findings {
    /// The report, in English: it is read by those who mend the program.
    pub fn report(&self) -> String {
        let diagnosis = self.diagnosis(Language::En);
        let mut text = format!(
            "JPKI Bridge diagnosis\nversion {}, {} {}\nready: {}\n\n",
            diagnosis.version,
            diagnosis.platform,
            std::env::consts::ARCH,
            if diagnosis.ready { "yes" } else { "no" },
        );
        for check in &diagnosis.checks {
            let says = match &check.public {
                Public::Verdict => "",
                Public::Found => &check.found,
                Public::Text(text) => text,
            };
            let line = format!("{:18}{:9}{says}", check.id, word(check.verdict, Language::En));
            text.push_str(line.trim_end());
            text.push('\n');
        }
        sieve(&text, |name| std::env::var(name).ok())
    }
}

/// Hides what the environment knows of the person.
fn sieve(text: &str, variable: impl Fn(&str) -> Option<String>) -> String {
    let mut text = text.to_owned();
    for name in ["HOME", "USERPROFILE", "USER", "USERNAME", "LOGNAME", "HOSTNAME", "COMPUTERNAME"] {
        // Shorter ones, and those of nobody, would tear holes into words.
        if let Some(value) = variable(name).filter(|value| value.len() > 3 && value != "root") {
            text = text.replace(&value, HIDDEN);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::checks::tests::{card, sound};
    use crate::doctor::findings::{Contents, Flaw, Reader};

    #[test]
    fn a_report_holds_verdicts_and_nothing_of_person_or_card() {
        let mut findings = sound();
        findings.readers =
            Some(vec![Reader { name: "Maker Reader (21120818205972) 00 00".into(), contents: Contents::Card(card()) }]);
        findings.settings = Some(Flaw::Broken {
            path: "/home/hanako/.config/jpki-bridge/config.toml".into(),
            detail: "near secret.example".into(),
        });
        let report = findings.report();
        for private in ["21120818205972", "hanako", "secret.example", "2027", "attempts"] {
            assert!(!report.contains(private), "{private}: {report}");
        }
        for told in
            ["card              ok       This is a My Number Card.", "settings          FAULT    a file is broken"]
        {
            assert!(report.contains(told), "{told}: {report}");
        }
        // Their number is the card's own secret state.
        assert!(report.lines().any(|line| line == "auth_pin          ok"), "{report}");
    }

    #[test]
    fn names_of_person_and_computer_are_hidden() {
        let variable = |name: &str| match name {
            "HOME" => Some("/home/hanako".to_owned()),
            "USER" => Some("hanako".to_owned()),
            "LOGNAME" => Some("root".to_owned()),
            "HOSTNAME" => Some("x".to_owned()),
            _ => None,
        };
        let text = sieve("held by hanako-proxy at /home/hanako/x; root owns it; next", variable);
        assert_eq!(text, "held by …-proxy at …/x; root owns it; next");
    }
}
