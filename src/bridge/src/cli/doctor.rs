//! `jpki-bridge doctor`

use std::path::PathBuf;

use clap::Args;

use super::print::{line, print};
use super::surroundings::{Surroundings, language};
use super::{Failure, draft};
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
    // Each is told whatever becomes of the other.
    let told =
        if arguments.json { line(serde_json::to_string_pretty(&diagnosis)?) } else { print(&diagnosis.to_string()) };
    if let Some(file) = &arguments.report {
        draft::write(file, &findings.report())
            .map_err(|error| format!("the report could not be written to {}: {error}", file.display()))?;
    }
    told.map(|()| diagnosis.ready)
}
