//! Faults on demand: what happens to which command. A test or a person writes one as text, [`Rig`](crate::Rig) carries
//! it out; the card itself never knows.

use std::{fmt, num::NonZeroUsize, str::FromStr, time::Duration};

use crate::Error;

/// The grammar, for help texts.
pub const GRAMMAR: &str = "\
A fault is WHEN:WHAT.
  WHEN  N              the N-th command since the start, counted from 1
        N+             the N-th and all after it
        ins=HH         the first command with this instruction byte (20 VERIFY, 2A signature, B0 read)
        ins=HH#N       the N-th of those
  WHAT  remove         the card leaves before the command reaches it, for good
        remove-return=TIME   it leaves and comes back after TIME: 500ms, 2s (pcscd looks every 400 ms)
        reset          it loses its power for a moment before the command reaches it: no answer, all states gone
        hang           it never answers this command
        sw=HHHH        it answers this status word and does not execute the command
        truncate=N     it executes the command; only the first N bytes of the answer arrive, N from 1
        garbage        it executes the command; the answer's bytes are replaced by others
Each command meets the first fault that fits it. Examples: 3:remove  4:remove-return=500ms  ins=2A:hang  7+:sw=6F00";

/// Which command a fault hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// The N-th since the start, from 1.
    Nth(u32),
    /// The N-th since the start and all after it.
    From(u32),
    /// The N-th with this instruction byte.
    Instruction(u8, u32),
}

/// What happens to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The card leaves the reader, for good or for a time.
    Remove {
        /// When it comes back.
        back_after: Option<Duration>,
    },
    /// The card loses its state and the command its answer.
    Reset,
    /// No answer, ever.
    Hang,
    /// This status word instead of execution.
    Status(u16),
    /// Only so many bytes of the answer arrive; at least one, because no reader delivers none.
    Truncate(NonZeroUsize),
    /// Bytes that mean nothing instead of the answer.
    Garbage,
}

/// A fault and the command it hits; [`FromStr`] reads the [`GRAMMAR`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultSpec {
    /// Which command.
    pub when: When,
    /// What happens.
    pub fault: Fault,
}

impl FromStr for FaultSpec {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = |reason| Error::Fault { spec: text.to_owned(), reason };
        let (when, what) = text.split_once(':').ok_or_else(|| wrong("it is not WHEN:WHAT"))?;
        let when = parse_when(when).ok_or_else(|| wrong("WHEN must be N, N+, ins=HH or ins=HH#N, N from 1"))?;
        let fault = parse_fault(what).ok_or_else(|| wrong("WHAT is not one of the known faults"))?;
        Ok(Self { when, fault })
    }
}

fn parse_when(text: &str) -> Option<When> {
    let count = |text: &str| text.parse::<u32>().ok().filter(|n| *n > 0);
    if let Some(instruction) = text.strip_prefix("ins=") {
        let (byte, nth) = instruction.split_once('#').unwrap_or((instruction, "1"));
        return Some(When::Instruction(u8::from_str_radix(two(byte)?, 16).ok()?, count(nth)?));
    }
    match text.strip_suffix('+') {
        Some(from) => Some(When::From(count(from)?)),
        None => Some(When::Nth(count(text)?)),
    }
}

fn two(text: &str) -> Option<&str> {
    (text.len() == 2).then_some(text)
}

fn parse_fault(text: &str) -> Option<Fault> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (text, None),
    };
    match (name, value) {
        ("remove", None) => Some(Fault::Remove { back_after: None }),
        ("remove-return", Some(time)) => Some(Fault::Remove { back_after: Some(parse_time(time)?) }),
        ("reset", None) => Some(Fault::Reset),
        ("hang", None) => Some(Fault::Hang),
        ("sw", Some(word)) if word.len() == 4 => Some(Fault::Status(u16::from_str_radix(word, 16).ok()?)),
        ("truncate", Some(length)) => Some(Fault::Truncate(length.parse().ok()?)),
        ("garbage", None) => Some(Fault::Garbage),
        _ => None,
    }
}

fn parse_time(text: &str) -> Option<Duration> {
    match text.strip_suffix("ms") {
        Some(number) => Some(Duration::from_millis(number.parse().ok()?)),
        None => Some(Duration::from_secs(text.strip_suffix('s')?.parse().ok()?)),
    }
}

impl fmt::Display for FaultSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.when {
            When::Nth(n) => write!(f, "{n}:")?,
            When::From(n) => write!(f, "{n}+:")?,
            When::Instruction(byte, n) => write!(f, "ins={byte:02X}#{n}:")?,
        }
        match self.fault {
            Fault::Remove { back_after: None } => f.write_str("remove"),
            Fault::Remove { back_after: Some(time) } => write!(f, "remove-return={}ms", time.as_millis()),
            Fault::Reset => f.write_str("reset"),
            Fault::Hang => f.write_str("hang"),
            Fault::Status(word) => write!(f, "sw={word:04X}"),
            Fault::Truncate(length) => write!(f, "truncate={length}"),
            Fault::Garbage => f.write_str("garbage"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_the_grammar_is_read_and_written_back() {
        let rows = [
            ("3:remove", "3:remove"),
            ("4:remove-return=500ms", "4:remove-return=500ms"),
            ("4:remove-return=2s", "4:remove-return=2000ms"),
            ("5:reset", "5:reset"),
            ("ins=2a:hang", "ins=2A#1:hang"),
            ("ins=20#2:sw=6f00", "ins=20#2:sw=6F00"),
            ("7+:truncate=10", "7+:truncate=10"),
            ("8:garbage", "8:garbage"),
        ];
        for (text, expected) in rows {
            assert_eq!(text.parse::<FaultSpec>().unwrap().to_string(), expected);
        }
    }

    #[test]
    fn what_is_not_in_the_grammar_is_refused_with_the_text() {
        for text in [
            "",
            "3",
            "3:",
            "0:remove",
            "-1:remove",
            "x:remove",
            "3:remove=1",
            "3:remove-return",
            "3:remove-return=5",
            "3:sw=1",
            "3:sw=xxxx",
            "3:truncate",
            "3:truncate=0",
            "ins=2:hang",
            "ins=2A#0:hang",
            "ins=zz:hang",
            "3:Reset",
        ] {
            let error = text.parse::<FaultSpec>().unwrap_err().to_string();
            assert!(error.contains(&format!("{text:?}")), "{error}");
        }
    }
}
