//! `jpki-softcard serve`.

use std::{error::Error, path::PathBuf, time::Duration};

use clap::ValueEnum;
use jpki_softcard::{
    FaultSpec, FileTrace, Latency, Quirks, Rig, SoftCard,
    fault::GRAMMAR,
    vpcd::{self, Event, Stop},
};

/// Put a card into the virtual reader of pcscd (vpcd, Debian package vsmartcard-vpcd) until interrupted.
///
/// PIN counters go into the card's file at once. If pcscd isn't there yet or restarts, the card waits for it.
#[derive(Debug, clap::Args)]
#[command(after_long_help = GRAMMAR)]
pub(super) struct Serve {
    /// The card's file
    file: PathBuf,
    /// Where vpcd listens
    #[arg(long, default_value = vpcd::DEFAULT_ADDRESS, value_name = "HOST:PORT")]
    vpcd: String,
    /// A fault WHEN:WHAT, for example 3:remove or ins=2A:hang; may be repeated, see below (--help)
    #[arg(long = "fault", value_name = "SPEC")]
    faults: Vec<FaultSpec>,
    /// Time each command takes, in milliseconds
    #[arg(long, default_value_t = 0, value_name = "N")]
    apdu_ms: u64,
    /// Time a signature takes in addition, in milliseconds
    #[arg(long, default_value_t = 0, value_name = "N")]
    sign_ms: u64,
    /// Append what passes to this file: time, direction, hexadecimal; PINs are masked
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
    /// Behave otherwise than the cards that were measured; may be repeated
    #[arg(long = "quirk", value_enum)]
    quirks: Vec<Quirk>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Quirk {
    /// Selecting the selected application again takes back what was verified
    ReselectClears,
    /// A warm reset takes back what was verified
    WarmResetClears,
    /// The first command after power-up is answered 6F00
    FirstCommandFails,
}

impl Serve {
    pub(super) fn run(self) -> Result<(), Box<dyn Error>> {
        let card = SoftCard::open(&self.file)?.with_quirks(Quirks {
            reselect_clears: self.quirks.contains(&Quirk::ReselectClears),
            warm_reset_clears: self.quirks.contains(&Quirk::WarmResetClears),
            first_command_fails: self.quirks.contains(&Quirk::FirstCommandFails),
        });
        let latency =
            Latency { command: Duration::from_millis(self.apdu_ms), signature: Duration::from_millis(self.sign_ms) };
        let mut rig = Rig::new(card).with_faults(self.faults).with_latency(latency);
        if let Some(path) = &self.trace {
            rig = rig.with_trace(FileTrace::append(path)?);
        }
        let stop = Stop::new();
        let stopper = stop.clone();
        ctrlc::set_handler(move || stopper.stop())?;
        vpcd::serve(&mut rig, &self.vpcd, &stop, &mut |event| report(&self.vpcd, &event));
        eprintln!("the card is out of the reader");
        Ok(())
    }
}

fn report(address: &str, event: &Event<'_>) {
    match event {
        Event::Connected => println!("connected to vpcd at {address}: the card is in the reader"),
        Event::Disconnected => eprintln!("vpcd at {address} ended the connection; connecting again"),
        Event::Waiting(error) => {
            eprintln!("waiting for vpcd at {address} ({error}); is pcscd running, with vsmartcard-vpcd installed?");
        }
        Event::Removed { back_after: Some(time) } => eprintln!("fault: card removed; back in {} ms", time.as_millis()),
        Event::Removed { back_after: None } => eprintln!("fault: card removed for good; Ctrl-C ends"),
    }
}
