//! The program `jpki-bridge`.

use std::process::ExitCode;

use jpki_bridge::os::{WipingAllocator, harden};

#[global_allocator]
static ALLOCATOR: WipingAllocator = WipingAllocator;

fn main() -> ExitCode {
    if let Err(error) = harden() {
        eprintln!("jpki-bridge: this process could not be protected from others: {error}");
        return ExitCode::FAILURE;
    }
    jpki_bridge::cli::main()
}
