//! What goes with the programs into a package, made from them: manual pages and completions from the command lines,
//! and the licences of everything that is linked in. The scripts of `installer/` come in; it is never shipped.
//! Nothing here may depend on the time, the machine or the order of a folder: packages are the same twice.
#![forbid(unsafe_code)]

mod command_lines;
mod licences;

use std::path::{Path, PathBuf};

use clap::Parser;

/// Writes manual pages, completions and licences for the packages of JPKI Bridge.
#[derive(Debug, Parser)]
#[command(name = "jpki-papers")]
struct Arguments {
    /// The folder to write them to
    folder: PathBuf,
    /// The target the programs are built for, as rustc names it: it decides what is linked in
    #[arg(long)]
    target: String,
}

/// What this program ends with, if not well: a sentence for who builds a package.
type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse();
    command_lines::write(&arguments.folder)?;
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::write(arguments.folder.join("third-party.txt"), licences::collect(&top, &arguments.target)?)?;
    Ok(())
}
