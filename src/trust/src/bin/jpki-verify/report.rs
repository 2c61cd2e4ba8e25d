//! What is printed: a page for a person, or one JSON document for a script.

mod page;

use std::io::{self, Write as _};
use std::process::ExitCode;

use jpki_protocol::Language;
use jpki_trust::Refusal;
use serde::Serialize;

use crate::REFUSED;
pub(crate) use page::{Line, Page, certificate, holder, revocation};

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
    #[serde(flatten)]
    refusal: Refusal,
}

/// Prints what was found, and gives the exit code that says so.
pub(crate) fn verdict<T: Serialize + Page>(verified: &Result<T, Refusal>, as_json: bool) -> ExitCode {
    match verified {
        Ok(what) if as_json => json(&Accepted { verified: true, what }),
        Ok(what) => {
            out("verified");
            lines(&what.lines());
        }
        Err(refusal) => return refused(*refusal, as_json),
    }
    ExitCode::SUCCESS
}

/// Prints why something is refused as a whole, and gives the exit code that says so.
pub(crate) fn refused(refusal: Refusal, as_json: bool) -> ExitCode {
    if as_json {
        json(&Refused { verified: false, refusal });
    }
    err(&format!("refused ({}): {refusal}.", refusal.reason()));
    err(refusal.remedy().text(Language::En));
    ExitCode::from(REFUSED)
}

/// Prints lines under each other, labels and values aligned.
pub(crate) fn lines(lines: &[Line]) {
    lines.iter().for_each(|(label, value)| out(&format!("  {label:<13} {value}")));
}

/// Prints one document on standard output.
pub(crate) fn json(document: &impl Serialize) {
    // These types have no map with other keys than strings, so this can't fail.
    let text = serde_json::to_string_pretty(document).unwrap_or_default();
    out(&text);
}

/// Prints a line on standard output. Whoever closed it wants no more of it, and the exit code still says the verdict.
pub(crate) fn out(line: &str) {
    let _ = writeln!(io::stdout().lock(), "{line}");
}

/// The same on standard error.
pub(crate) fn err(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}
