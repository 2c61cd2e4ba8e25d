//! What is printed: a page for a person, or one JSON document for a script.

mod page;

use std::process::ExitCode;

use jpki_protocol::Language;
use jpki_trust::Refusal;
use serde::Serialize;

use crate::REFUSED;
pub(crate) use page::Page;

/// The JSON document of what is accepted.
#[derive(Serialize)]
struct Accepted<'a, T> {
    verified: bool,
    #[serde(flatten)]
    what: &'a T,
}

/// The JSON document of what is refused.
#[derive(Serialize)]
struct Refused {
    verified: bool,
    reason: &'static str,
    message: String,
    remedy: &'static str,
    temporary: bool,
}

impl Refused {
    fn of(refusal: Refusal) -> Self {
        Self {
            verified: false,
            reason: refusal.reason(),
            message: refusal.to_string(),
            remedy: refusal.remedy().text(Language::En),
            temporary: refusal.is_temporary(),
        }
    }
}

/// Prints what was found, and gives the exit code that says so.
pub(crate) fn verdict<T: Serialize + Page>(verified: &Result<T, Refusal>, as_json: bool) -> ExitCode {
    match verified {
        Ok(what) if as_json => json(&Accepted { verified: true, what }),
        Ok(what) => {
            println!("verified");
            what.lines().iter().for_each(|(label, value)| println!("  {label:<13} {value}"));
        }
        Err(refusal) => {
            if as_json {
                json(&Refused::of(*refusal));
            }
            eprintln!("refused ({}): {refusal}.", refusal.reason());
            eprintln!("{}", refusal.remedy().text(Language::En));
            return ExitCode::from(REFUSED);
        }
    }
    ExitCode::SUCCESS
}

/// Prints one document on standard output.
fn json(document: &impl Serialize) {
    // These types have no map with other keys than strings, so this can't fail.
    let text = serde_json::to_string_pretty(document).unwrap_or_default();
    println!("{text}");
}
