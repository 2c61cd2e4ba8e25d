//! `jpki-bridge sign`: files in, signed files beside them.

mod format;
mod output;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use clap::Args;
use jpki_protocol::prompt::ShownDocument;
use jpki_protocol::text::DocumentName;
use jpki_signing::Draft;

use super::print::line;
use super::surroundings::Surroundings;
use super::{Failure, task};
use crate::agent::Drafts;
use crate::operation::{Answer, Task};
use crate::threads::lock;
use format::{Form, Format};
use output::Output;

/// The most files of one command: what one password signs is also what one person can look over.
const MOST: usize = 16;

/// Sign documents with the card's signature key (署名用電子証明書).
///
/// The password is asked for once. PDF files get the signature inside (PAdES), XML files too (XAdES), any other file a
/// signature beside it (CMS). The file itself is never changed: the signed one is a new file.
#[derive(Debug, Args)]
pub(super) struct SignArguments {
    /// The files, 1 to 16
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The form of the signature [default: pades for PDF, xades for XML, cms for the rest]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Leave an XML file out of its signature file (with xades)
    #[arg(long)]
    detached: bool,
    /// Write here: a file, or with several files a folder [default: beside each file]
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    /// Replace a file that is there already
    #[arg(long)]
    overwrite: bool,
    #[command(flatten)]
    surroundings: Surroundings,
}

pub(super) fn run(arguments: SignArguments) -> Result<(), Failure> {
    let files = &arguments.files;
    if files.len() > MOST {
        return Err(format!("{} files are more than the {MOST} one password signs; give fewer", files.len()).into());
    }
    let several = files.len() > 1;
    let mut outputs = Vec::with_capacity(files.len());
    let mut shown = Vec::with_capacity(files.len());
    let mut drafts: Vec<Box<dyn Draft>> = Vec::with_capacity(files.len());
    // Whatever can be wrong with a file is said before anybody is asked for a password.
    for file in files {
        let named = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
        let form = Form::of(file, arguments.format, arguments.detached).map_err(|error| named(&error))?;
        let output = Output::new(file, form, arguments.output.as_deref(), several)?;
        output.check(arguments.overwrite)?;
        if outputs.iter().any(|other: &Output| other.path() == output.path()) {
            return Err(
                format!("{} would be written twice; sign these files one by one", output.path().display()).into()
            );
        }
        let (draft, digest) = form.draft(file).map_err(|error| named(&error))?;
        let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
        shown.push(ShownDocument { name: DocumentName::lossy(&name), digest: format::hex(&digest) });
        drafts.push(draft);
        outputs.push(output);
    }
    let drafts: Drafts = Arc::new(Mutex::new(drafts));
    let answer = task::run(&arguments.surroundings, Task::Sign { documents: shown }, Arc::clone(&drafts))?;
    let Answer::Documents { signatures, .. } = answer else {
        return Err("the card did something else than sign; this is a defect of this program".into());
    };
    // Who can't be told of one file still gets the others.
    let mut told = Ok(());
    for ((draft, signature), output) in lock(&drafts).iter().zip(&signatures).zip(&outputs) {
        output.write(arguments.overwrite, |out| draft.finish(signature, out))?;
        told = told.and(line(output.path().display()));
    }
    told
}
