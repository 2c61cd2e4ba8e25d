//! A card in a reader of its own: around the card's own behaviour stand time, faults and a trace. In-process tests
//! drive it directly, [`vpcd`](crate::vpcd) drives it for pcscd.

use std::{fmt, thread, time::Duration};

use crate::{
    FaultSpec, SoftCard, TraceEvent, TraceSink,
    fault::{Fault, When},
    hex,
    trace::{Direction, masked},
};

/// How long the card takes. No time at all by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Latency {
    /// Every command; some 20 to 40 ms on a real contactless card.
    pub command: Duration,
    /// A signature, in addition; some 300 to 600 ms.
    pub signature: Duration,
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The card's answer; possibly cut or replaced by a fault.
    Answer(Vec<u8>),
    /// The card is not in the reader.
    Removed {
        /// When it will be back.
        back_after: Option<Duration>,
    },
    /// The card was reset before it could answer: it has power, but all its states are gone.
    Reset,
    /// No answer will come.
    Silence,
    /// The card has no power and can't even be silent: a reader reports that at once.
    NoPower,
}

/// A card with its circumstances.
pub struct Rig {
    card: SoftCard,
    present: bool,
    faults: Vec<FaultSpec>,
    commands: u32,
    by_instruction: [u32; 256],
    latency: Latency,
    trace: Option<Box<dyn TraceSink>>,
}

impl fmt::Debug for Rig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { card, present, faults, commands, latency, .. } = self;
        f.debug_struct("Rig")
            .field("card", card)
            .field("present", present)
            .field("faults", faults)
            .field("commands", commands)
            .field("latency", latency)
            .finish_non_exhaustive()
    }
}

impl Rig {
    /// The card in the reader, without power, faults, delay or trace.
    pub fn new(card: SoftCard) -> Self {
        Self {
            card,
            present: true,
            faults: Vec::new(),
            commands: 0,
            by_instruction: [0; 256],
            latency: Latency::default(),
            trace: None,
        }
    }

    /// The same with faults; see [`Rig::set_faults`].
    #[must_use]
    pub fn with_faults(mut self, faults: impl Into<Vec<FaultSpec>>) -> Self {
        self.set_faults(faults);
        self
    }

    /// The same, slower.
    #[must_use]
    pub fn with_latency(mut self, latency: Latency) -> Self {
        self.latency = latency;
        self
    }

    /// The same with a trace.
    #[must_use]
    pub fn with_trace(mut self, trace: impl TraceSink + 'static) -> Self {
        self.trace = Some(Box::new(trace));
        self
    }

    /// Replaces all faults and starts to count commands from 1 again.
    pub fn set_faults(&mut self, faults: impl Into<Vec<FaultSpec>>) {
        self.faults = faults.into();
        self.commands = 0;
        self.by_instruction = [0; 256];
    }

    /// The card.
    pub fn card(&self) -> &SoftCard {
        &self.card
    }

    /// Whether the card is in the reader.
    pub fn is_present(&self) -> bool {
        self.present
    }

    /// Takes the card out of the reader.
    pub fn remove(&mut self) {
        self.note("removed");
        self.present = false;
        self.card.power_off();
    }

    /// Puts the card into the reader, without power.
    pub fn insert(&mut self) {
        self.note("inserted");
        self.present = true;
    }

    /// The answer to reset, without a reset.
    pub fn atr(&self) -> &'static [u8] {
        self.card.atr()
    }

    /// Powers the card from cold; `None` when it isn't there.
    pub fn power_on(&mut self) -> Option<&'static [u8]> {
        self.note("power on");
        self.present.then(|| self.card.power_on())
    }

    /// Resets the card under power; `None` when it isn't there. A card without power is powered.
    pub fn warm_reset(&mut self) -> Option<&'static [u8]> {
        self.note("warm reset");
        self.present.then(|| self.card.warm_reset())
    }

    /// Takes the card's power.
    pub fn power_off(&mut self) {
        self.note("power off");
        self.card.power_off();
    }

    /// Hands a command to the card, through whatever is scripted for it.
    pub fn exchange(&mut self, command: &[u8]) -> Outcome {
        if !self.present {
            return Outcome::Removed { back_after: None };
        }
        if !self.card.is_powered() {
            return Outcome::NoPower;
        }
        self.record(Direction::ToCard, || masked(command));
        thread::sleep(self.latency.command);
        let fault = self.next_fault(command);
        if let Some(spec) = fault {
            self.note(&format!("fault {spec}"));
        }
        match fault.map(|spec| spec.fault) {
            Some(Fault::Remove { back_after }) => {
                self.remove();
                Outcome::Removed { back_after }
            }
            Some(Fault::Reset) => {
                self.card.power_on();
                Outcome::Reset
            }
            Some(Fault::Hang) => Outcome::Silence,
            Some(Fault::Status(word)) => self.answered(word.to_be_bytes().to_vec()),
            Some(Fault::Truncate(length)) => {
                let mut answer = self.transmit(command);
                answer.truncate(length.get());
                self.answered(answer)
            }
            Some(Fault::Garbage) => {
                let answer = garbage(self.transmit(command).len());
                self.answered(answer)
            }
            None => {
                let answer = self.transmit(command);
                self.answered(answer)
            }
        }
    }

    fn transmit(&mut self, command: &[u8]) -> Vec<u8> {
        let before = self.card.tally().signatures;
        let answer = self.card.transmit(command);
        if self.card.tally().signatures != before {
            thread::sleep(self.latency.signature);
        }
        answer
    }

    fn answered(&mut self, answer: Vec<u8>) -> Outcome {
        self.record(Direction::FromCard, || hex::upper(&answer));
        Outcome::Answer(answer)
    }

    fn next_fault(&mut self, command: &[u8]) -> Option<FaultSpec> {
        self.commands = self.commands.saturating_add(1);
        let instruction = command.get(1).copied();
        let nth = instruction.map_or(0, |byte| {
            let count = &mut self.by_instruction[usize::from(byte)];
            *count = count.saturating_add(1);
            *count
        });
        let commands = self.commands;
        let fits = |spec: &&FaultSpec| match spec.when {
            When::Nth(n) => n == commands,
            When::From(n) => n <= commands,
            When::Instruction(byte, n) => instruction == Some(byte) && n == nth,
        };
        self.faults.iter().find(fits).copied()
    }

    fn note(&mut self, text: &str) {
        self.record(Direction::Note, || text.to_owned());
    }

    fn record(&mut self, direction: Direction, text: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.trace {
            trace.record(&TraceEvent::now(direction, text()));
        }
    }
}

/// Bytes without meaning, the same each time so that a failing test fails again.
fn garbage(length: usize) -> Vec<u8> {
    let step = |state: &mut u32| {
        *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Some((*state >> 24) as u8)
    };
    (0..length).scan(0x4A50_4B49, |state, _| step(state)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CardOptions, MemoryTrace};

    const SELECT: &[u8] = b"\x00\xA4\x04\x0C\x0A\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01";
    const READ_LABEL: &[u8] = b"\x00\xB0\x86\x00\x04";
    const VERIFY: &[u8] = b"\x00\x20\x00\x98\x041234";
    const ATTEMPTS: &[u8] = b"\x00\x20\x00\x98";

    fn rig(faults: &[&str]) -> Rig {
        let card = SoftCard::for_tests(&CardOptions::default()).unwrap();
        let mut rig =
            Rig::new(card).with_faults(faults.iter().map(|spec| spec.parse().unwrap()).collect::<Vec<FaultSpec>>());
        rig.power_on();
        rig
    }

    fn status(word: u16) -> Outcome {
        Outcome::Answer(word.to_be_bytes().to_vec())
    }

    #[test]
    fn the_nth_command_meets_its_fault_and_no_other_does() {
        let mut rig = rig(&["2:sw=6F00", "ins=20#2:sw=6983", "5+:sw=6581"]);
        let words = [SELECT, SELECT, ATTEMPTS, ATTEMPTS, SELECT, SELECT].map(|command| rig.exchange(command));
        assert_eq!(words, [0x9000, 0x6F00, 0x63C3, 0x6983, 0x6581, 0x6581].map(status));
        rig.set_faults([]);
        assert_eq!(rig.exchange(SELECT), status(0x9000));
    }

    #[test]
    fn a_status_word_stands_in_for_the_command() {
        let mut rig = rig(&["2:sw=63C1"]);
        rig.exchange(SELECT);
        assert_eq!(rig.exchange(b"\x00\x20\x00\x98\x040000"), status(0x63C1));
        assert_eq!(rig.exchange(ATTEMPTS), status(0x63C3));
    }

    #[test]
    fn a_removed_card_is_gone_until_it_is_inserted_and_powered() {
        let mut rig = rig(&["3:remove-return=20ms"]);
        rig.exchange(SELECT);
        rig.exchange(VERIFY);
        assert_eq!(rig.exchange(SELECT), Outcome::Removed { back_after: Some(Duration::from_millis(20)) });
        assert_eq!(rig.exchange(SELECT), Outcome::Removed { back_after: None });
        assert_eq!(rig.power_on(), None);
        rig.insert();
        assert_eq!(rig.exchange(SELECT), Outcome::NoPower);
        assert!(rig.power_on().is_some());
        assert_eq!(rig.exchange(SELECT), status(0x9000));
        assert_eq!(rig.exchange(b"\x00\xB0\x81\x00\x01"), status(0x6982));
    }

    #[test]
    fn a_reset_takes_the_answer_and_every_state() {
        let mut rig = rig(&["3:reset"]);
        rig.exchange(SELECT);
        rig.exchange(b"\x00\x20\x00\x9B\x06ABC123");
        assert_eq!(rig.exchange(SELECT), Outcome::Reset);
        rig.exchange(SELECT);
        assert_eq!(rig.exchange(b"\x00\xB0\x81\x00\x01"), status(0x6982));
    }

    #[test]
    fn answers_are_lost_cut_and_garbled_after_the_command_was_executed() {
        let mut rig = rig(&["2:hang", "3:truncate=3", "4:garbage"]);
        rig.exchange(SELECT);
        assert_eq!(rig.exchange(READ_LABEL), Outcome::Silence);
        assert_eq!(rig.exchange(READ_LABEL), Outcome::Answer(b"JPK".to_vec()));
        let Outcome::Answer(garbage) = rig.exchange(READ_LABEL) else { panic!("no answer") };
        assert_eq!(garbage.len(), 6);
        assert!(!garbage.starts_with(b"JPKI") && !garbage.ends_with(&[0x90, 0x00]));
    }

    #[test]
    fn commands_and_signatures_take_the_time_they_are_told() {
        let card = SoftCard::for_tests(&CardOptions::default()).unwrap();
        let latency = Latency { command: Duration::from_millis(5), signature: Duration::from_millis(50) };
        let mut rig = Rig::new(card).with_latency(latency);
        rig.power_on();
        let mut time = |command: &[u8]| {
            let start = std::time::Instant::now();
            rig.exchange(command);
            start.elapsed()
        };
        assert!(time(SELECT) >= latency.command);
        time(VERIFY);
        let signature = [b"\x80\x2A\x02\x97\x20".as_slice(), &[7; 32], &[0]].concat();
        assert!(time(&signature) >= latency.command + latency.signature);
    }

    #[test]
    fn a_trace_tells_everything_but_the_pin() {
        let trace = MemoryTrace::default();
        let mut rig = rig(&["2:hang"]).with_trace(trace.clone());
        rig.exchange(SELECT);
        rig.exchange(VERIFY);
        rig.power_off();
        let lines: Vec<_> = trace.events().into_iter().map(|event| (event.direction, event.text)).collect();
        let expected = [
            (Direction::ToCard, "00A4040C0AD392F000260100000001"),
            (Direction::FromCard, "9000"),
            (Direction::ToCard, "0020009804********"),
            (Direction::Note, "fault 2:hang"),
            (Direction::Note, "power off"),
        ];
        assert_eq!(lines, expected.map(|(direction, text)| (direction, text.to_owned())));
    }
}
