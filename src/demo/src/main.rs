//! The program `jpki-demo`: a software card, the agent, an example site, the portal and an example service on one machine.
#![forbid(unsafe_code)]

mod browser;
mod page;
mod portal;
mod registration;
mod stage;
mod stand_in;
mod visitor;
mod walk;

use std::alloc::System;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use jpki_protocol::prompt::PinKind;
use zeroizing_alloc::ZeroAlloc;

use stage::{Reader, Stage};

/// As in the agent and the prompt, both of which this program is.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Sign in, hand over name and address, sign a document on an example site, and register in the portal from an example service, with a
/// software My Number Card: agent, card, site, portal and service in one program.
#[derive(Debug, Parser)]
#[command(name = "jpki-demo", version, about, args_conflicts_with_subcommands = true)]
struct Arguments {
    /// Walk all four ways without browser and window, print each step with its time, and end with 0
    /// only if the site verified what the card signed in each, and the portal registered the person.
    #[arg(long)]
    headless: bool,
    /// Put the card into pcscd's virtual reader (vsmartcard-vpcd) and reach it by PC/SC.
    #[arg(long)]
    vpcd: bool,
    #[command(subcommand)]
    part: Option<Part>,
}

/// What the agent starts this same program for.
#[derive(Debug, Subcommand)]
enum Part {
    #[command(hide = true)]
    Prompt,
    #[command(hide = true)]
    TerminalPrompt,
    #[command(hide = true)]
    StandIn,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let reader = if arguments.vpcd { Reader::Vpcd } else { Reader::InProcess };
    let result = match arguments.part {
        Some(Part::Prompt) => return jpki_prompt::run(jpki_prompt::Mode::Window),
        Some(Part::TerminalPrompt) => return jpki_prompt::run(jpki_prompt::Mode::Terminal),
        Some(Part::StandIn) => stand_in::run(),
        None if arguments.headless => walk::run(reader),
        None => show(reader),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("jpki-demo: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Starts everything and waits to be interrupted.
fn show(reader: Reader) -> Result<()> {
    let has_display = stage::has_display();
    let stage = Stage::set(reader, if has_display { "prompt" } else { "terminal-prompt" })?;
    println!("Example site:  {}/", stage.site());
    println!("Service:       {}/   (registers people in the portal)", stage.service());
    println!("Portal:        {}/", stage.portal());
    println!(
        "Test card:     a software card; its PINs are {}, its signature password is {}",
        stand_in::pin(PinKind::Auth),
        stand_in::pin(PinKind::Sign)
    );
    println!("Agent:         port {}", stage.agent_port());
    println!("End with Ctrl-C.");
    if has_display && let Err(error) = open::that_detached(format!("{}/", stage.site())) {
        println!("No browser could be opened ({error}): please open the address yourself.");
    }
    stage.wait()
}
