//! `jpki-prompt [--terminal]`: started by the agent, not by hand.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use jpki_prompt::{Mode, run};

/// Wipes what is freed: the toolkit hands keys on in strings of its own (threat 12).
#[global_allocator]
static WIPING: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(|argument| argument.to_str()).collect();
    match arguments[..] {
        [] => run(Mode::Window),
        [Some("--terminal")] => run(Mode::Terminal),
        [Some("--version")] => {
            println!("jpki-prompt {}", env!("CARGO_PKG_VERSION"));
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!(
                "usage: jpki-prompt [--terminal]\nThe agent starts this program and speaks to it on standard input."
            );
            ExitCode::from(2)
        }
    }
}
