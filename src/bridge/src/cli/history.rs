//! `jpki-bridge history`

mod table;

use std::io::{self, IsTerminal as _};

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jpki_protocol::origin::OriginError;
use jpki_protocol::{Language, Origin, OriginPolicy};

use super::Failure;
use super::instance::{Note, noted_agents};
use super::print::print;
use super::surroundings::language;
use crate::history::{Filter, History, Reading, to_csv, to_json};
use crate::settings;

#[derive(Debug, Args)]
pub(super) struct HistoryArguments {
    /// Only what this site asked.
    #[arg(long, value_name = "ORIGIN", value_parser = site)]
    site: Option<Origin>,
    /// Only what was asked since then: a day such as 2026-11-21, or a moment such as 2026-11-21T09:00:00+09:00
    #[arg(long, value_name = "DATE", value_parser = since)]
    since: Option<Timestamp>,
    /// Print one JSON document.
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print a table for a spreadsheet.
    #[arg(long)]
    csv: bool,
    /// Erase everything. That can't be undone.
    #[arg(long, conflicts_with_all = ["site", "since", "json", "csv"])]
    clear: bool,
    /// Erase without asking.
    #[arg(long, requires = "clear")]
    yes: bool,
}

pub(super) fn run(arguments: HistoryArguments) -> Result<(), Failure> {
    let history = History::in_folder(&settings::data_folder()?);
    if arguments.clear {
        return clear(&history, arguments.yes, language());
    }
    let Reading { mut entries, skipped } = history.read()?;
    if skipped > 0 {
        eprintln!(
            "jpki-bridge: {} has {skipped} lines that are no entries; they are left out",
            history.path().display()
        );
    }
    let filter = Filter { site: arguments.site, since: arguments.since };
    entries.retain(|entry| filter.admits(entry));
    print(&if arguments.json {
        to_json(&Reading { entries, skipped }) + "\n"
    } else if arguments.csv {
        to_csv(&entries)
    } else {
        table::of(&entries, language(), &TimeZone::system())
    })
}

fn clear(history: &History, sure: bool, language: Language) -> Result<(), Failure> {
    // What can't be read can't be erased either: it may be somebody else's.
    let count = history.read()?.entries.len();
    if !sure && count > 0 {
        if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
            return Err("erasing the history can't be undone. Say that you mean it, with --yes".into());
        }
        match language {
            Language::Ja => eprint!("履歴を{count}件とも消去します。元に戻せません。よろしいですか？ [y/N] "),
            Language::En => eprint!("All {count} entries will be erased. That can't be undone. Go on? [y/N] "),
        }
        let mut answer = String::new();
        io::stdin().read_line(&mut answer)?;
        if !matches!(answer.trim(), "y" | "Y" | "yes" | "はい") {
            return Err("nothing was erased".into());
        }
    }
    let count = history.clear()?;
    // What runs shows how the last operation ended: that is history too.
    noted_agents(&settings::runtime_folder()?).iter().for_each(Note::tell_of_erasure);
    print(&match language {
        Language::Ja => format!("履歴を{count}件消去しました。\n"),
        Language::En => format!("Erased: {count} entries.\n"),
    })
}

fn site(text: &str) -> Result<Origin, OriginError> {
    Origin::parse(text, OriginPolicy::Developer)
}

/// A moment, or the beginning of a day where this computer is.
fn since(text: &str) -> Result<Timestamp, jiff::Error> {
    text.parse().or_else(|_| Ok(text.parse::<Date>()?.to_zoned(TimeZone::system())?.timestamp()))
}
