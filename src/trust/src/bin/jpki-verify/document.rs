//! `jpki-verify document`: every signature of a file, then who made it.

use std::fs::File;
use std::process::ExitCode;

use jpki_protocol::Language;
use jpki_signing::{Coverage, Error, Fault};
use jpki_trust::document::{self, DocumentVerifier, JudgedDocument, JudgedSignature, SignedBy, Verdict};
use jpki_trust::{Refusal, Revocation};
use serde::Serialize;

use crate::args::DocumentArguments;
use crate::input::{Basis, InputError};
use crate::report::{self, Line};
use crate::{REFUSED, clock};

/// The JSON document where a signature or its document is broken, so that there is nothing to judge.
#[derive(Serialize)]
struct Broken {
    verified: bool,
    reason: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<&'static str>,
}

pub(crate) fn run(arguments: &DocumentArguments) -> Result<ExitCode, InputError> {
    let basis = Basis::read(&arguments.judging)?;
    for path in [Some(&arguments.file), arguments.content.as_ref()].into_iter().flatten() {
        File::open(path).map_err(|source| InputError::Unreadable { path: path.clone(), source })?;
    }
    let as_json = arguments.judging.json;
    let signatures = match document::read(&arguments.file, arguments.content.as_deref()) {
        Ok(signatures) => signatures,
        Err(error) => return broken(arguments, error),
    };
    let revocation = match basis.revocation() {
        Ok(revocation) => revocation,
        Err(refusal) => return Ok(report::refused(refusal, as_json)),
    };
    let verifier = DocumentVerifier::new(basis.roots, revocation).with_clock(clock(&arguments.judging));
    let judged = verifier.judge(&signatures);
    if as_json {
        report::json(&judged);
    } else if judged.is_accepted() {
        page(&judged);
    }
    let count = judged.signatures.len();
    judged.signatures.iter().for_each(|signature| objection(signature, count));
    Ok(if judged.is_accepted() { ExitCode::SUCCESS } else { ExitCode::from(REFUSED) })
}

/// A file that can't be read, or an option too many or too few, says nothing about the document.
fn broken(arguments: &DocumentArguments, error: Error) -> Result<ExitCode, InputError> {
    let path = arguments.file.clone();
    let broken = match error {
        Error::Io(source) => return Err(InputError::Unreadable { path, source }),
        Error::Refused(fault @ Fault::ContentMissing) => {
            return Err(InputError::Content { path, fault, hint: "give it with --content" });
        }
        Error::Refused(fault @ Fault::ContentTwice) => {
            return Err(InputError::Content { path, fault, hint: "leave out --content" });
        }
        Error::Refused(fault) => Broken {
            verified: false,
            reason: fault.word(),
            message: fault.to_string(),
            remedy: Some(fault.remedy().english()),
        },
        other => Broken { verified: false, reason: "unreadable", message: other.to_string(), remedy: None },
    };
    if arguments.judging.json {
        report::json(&broken);
    }
    report::err(&format!("refused ({}): {}.", broken.reason, broken.message));
    broken.remedy.iter().for_each(|remedy| report::err(remedy));
    Ok(ExitCode::from(REFUSED))
}

/// Says on standard error what is against a signature, if something is.
fn objection(signature: &JudgedSignature, count: usize) {
    let Verdict::Refused(refusal) = signature.verdict else { return };
    let name = signature.signed_by.as_ref().and_then(|by| by.holder.name.as_deref());
    let by = name.map(|name| format!(", by {name}")).unwrap_or_default();
    report::err(&format!("refused ({}): signature {} of {count}{by}: {refusal}.", refusal.reason(), signature.number));
    if let (Refusal::CertificateExpired, Some(claimed), Some(true)) =
        (refusal, signature.claimed_time, signature.signed_by.as_ref().and_then(|by| by.valid_when_claimed))
    {
        report::err(&format!(
            "It was valid at {claimed}, when the signer claims to have signed, which nobody else vouches for."
        ));
    }
    report::err(refusal.remedy().text(Language::En));
}

/// An accepted document for a person.
fn page(judged: &JudgedDocument) {
    report::out("verified");
    report::out(&format!("  as of         {}", judged.verified_at));
    for signature in &judged.signatures {
        if let (Verdict::Accepted { revocation }, Some(by)) = (signature.verdict, &signature.signed_by) {
            report::out(&format!("signature {} of {}", signature.number, judged.signatures.len()));
            report::lines(&lines(signature, by, revocation));
        }
    }
}

fn lines(signature: &JudgedSignature, by: &SignedBy, revocation: Revocation) -> Vec<Line> {
    let mut lines = report::holder(&by.holder);
    let time = signature
        .claimed_time
        .map_or("not stated".to_owned(), |time| format!("{time}, as the signer claims; nobody else vouches for it"));
    let covers = match signature.covers {
        Coverage::Whole => "the whole document".to_owned(),
        Coverage::Revision { bytes, of } => {
            format!("the first {bytes} of {of} bytes; what follows adds signatures and nothing else")
        }
    };
    lines.push(("signed at", time));
    lines.push(("covers", covers));
    lines.push(("form", format!("{}, {}", signature.format.word(), signature.digest.name())));
    if !signature.names_certificate {
        lines.push((
            "",
            "(the signature doesn't name its certificate: another one for the same key would fit)".to_owned(),
        ));
    }
    lines.extend(report::certificate(&by.certificate));
    lines.push(("revocation", report::revocation(revocation)));
    lines
}
