//! `jpki-bridge doctor`

use std::path::PathBuf;

use clap::Args;

use super::Failure;
use super::surroundings::{Surroundings, language};
use crate::doctor;

#[derive(Debug, Args)]
pub(super) struct DoctorArguments {
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
    /// Also write a report to attach to a description of a problem. It holds nothing of the person or the card.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    #[command(flatten)]
    surroundings: Surroundings,
}

/// Whether a card operation could start.
pub(super) fn run(arguments: &DoctorArguments) -> Result<bool, Failure> {
    let findings = doctor::gather(&arguments.surroundings.subject()?);
    let diagnosis = findings.diagnosis(language());
    if let Some(file) = &arguments.report {
        std::fs::write(file, findings.report()).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&diagnosis)?);
    } else {
        print!("{diagnosis}");
    }
    Ok(diagnosis.ready)
}
