//! The program `jpki-bridge`.

use std::alloc::System;
use std::process::ExitCode;

use jpki_bridge::os::harden;
use zeroizing_alloc::ZeroAlloc;

/// Overwrites what is given back to it (threat 12): the copies that no type can reach, in buffers of parsers, of the
/// runtime, of a string that grew.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    if let Err(error) = harden() {
        eprintln!("jpki-bridge: this process could not be protected from others: {error}");
        return ExitCode::FAILURE;
    }
    jpki_bridge::cli::main()
}
