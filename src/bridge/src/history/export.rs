//! The history for other programs: one JSON document, or a table for a spreadsheet.

use serde::Serialize;

use super::file::{FORMAT, VERSION};
use super::{Entry, Reading};

/// The first line of the table.
const COLUMNS: &str = "at,site,asked,attributes,source,documents,pin,outcome";

/// One JSON document: `format` and `version` as in the file, `entries`, and how many lines were `skipped`.
pub fn to_json(reading: &Reading) -> String {
    #[derive(Serialize)]
    struct Document<'a> {
        format: &'a str,
        version: u32,
        entries: &'a [Entry],
        skipped: usize,
    }
    let document = Document { format: FORMAT, version: VERSION, entries: &reading.entries, skipped: reading.skipped };
    // Words, numbers, moments and origins always encode.
    serde_json::to_string_pretty(&document).unwrap_or_default()
}

/// A table (RFC 4180) with the members of an entry as columns. A site that is left out is this computer.
///
/// No field is ever quoted, nor taken for a formula: moments, origins and words hold no comma, quote or line feed, and
/// begin with none of `=+-@`.
pub fn to_csv(entries: &[Entry]) -> String {
    let mut table = format!("{COLUMNS}\r\n");
    for entry in entries {
        let attributes: Vec<String> = entry.attributes.iter().map(word).collect();
        let fields = [
            entry.at.to_string(),
            entry.site.as_ref().map(ToString::to_string).unwrap_or_default(),
            word(&entry.asked),
            attributes.join(" "),
            entry.source.as_ref().map(word).unwrap_or_default(),
            entry.documents.to_string(),
            entry.pin.as_ref().map(word).unwrap_or_default(),
            entry.outcome.as_str().to_owned(),
        ];
        table += &fields.join(",");
        table += "\r\n";
    }
    table
}

/// The word that stands for a value in the file.
fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
