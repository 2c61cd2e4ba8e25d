//! The program `jpki-portal`.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    jpki_portal::cli::run()
}
