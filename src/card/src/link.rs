//! One command and its answer, over a connection.
//!
//! The session comes in with commands; this file logs them (header and lengths, never data) and
//! follows the two conventions of ISO/IEC 7816-4 for answers of another length, a bounded number
//! of times. A command that carries a PIN goes through [`Link::send_once`] and nothing else.

use std::time::Instant;

use myna_card::{Command, Response};
use zeroize::{Zeroize as _, Zeroizing};

use crate::backend::Connection;
use crate::error::{Error, Step};

/// Longest answer to a short command: 256 bytes and SW1-SW2 (ISO/IEC 7816-3).
pub(crate) const ANSWER_LIMIT: usize = 258;

/// How often GET RESPONSE follows one command. The longest answer anyone here asks for is 256
/// bytes, which a T=0 card gives in one or two.
const GET_RESPONSE_LIMIT: usize = 4;

pub(crate) struct Link {
    connection: Box<dyn Connection>,
}

impl Link {
    pub(crate) fn new(connection: Box<dyn Connection>) -> Self {
        Link { connection }
    }

    pub(crate) fn connection(&mut self) -> &mut dyn Connection {
        self.connection.as_mut()
    }

    pub(crate) fn into_connection(self) -> Box<dyn Connection> {
        self.connection
    }

    /// Sends `command`, once more with the right Le after a `6Cxx`, and collects a `61xx`.
    ///
    /// # Errors
    ///
    /// Those of the connection, and [`Error::Malformed`] for an answer that can't be one.
    pub(crate) fn call(&mut self, step: Step, command: &Command) -> Result<Response, Error> {
        let mut response = self.send_once(step, &encode(step, command)?)?;
        if let (Some(le), Some(_)) = (response.status.correct_le(), command.le) {
            let mut corrected = command.clone();
            corrected.le = Some(if le == 0 { 256 } else { u32::from(le) });
            response = self.send_once(step, &encode(step, &corrected)?)?;
        }
        for _ in 0..GET_RESPONSE_LIMIT {
            let Some(more) = response.status.more_data_available() else {
                return Ok(response);
            };
            let le = if more == 0 { 256 } else { u32::from(more) };
            let next = Command::with_le(0x00, 0xC0, 0x00, 0x00, le);
            let mut next = self.send_once(step, &encode(step, &next)?)?;
            response.data.extend_from_slice(&next.data);
            next.data.zeroize();
            response.status = next.status;
        }
        match response.status.more_data_available() {
            Some(_) => Err(Error::Malformed { step, what: "the answer never ends" }),
            None => Ok(response),
        }
    }

    /// Sends `command` exactly once, whatever the answer.
    ///
    /// # Errors
    ///
    /// As [`Link::call`].
    pub(crate) fn send_once(&mut self, step: Step, command: &[u8]) -> Result<Response, Error> {
        let began = Instant::now();
        // What a card tells may be personal, and is wiped here as it is wherever it goes.
        let answer = self.connection.transmit(command).map(Zeroizing::new);
        log(command, &answer, began);
        parse(step, &answer?)
    }
}

/// Splits an answer into data and status word, within the limit of a short command.
pub(crate) fn parse(step: Step, answer: &[u8]) -> Result<Response, Error> {
    if answer.len() > ANSWER_LIMIT {
        return Err(Error::Malformed { step, what: "longer than any answer may be" });
    }
    Response::parse(answer).map_err(|_| Error::Malformed { step, what: "shorter than a status word" })
}

fn encode(step: Step, command: &Command) -> Result<Vec<u8>, Error> {
    command.to_bytes().map_err(|_| Error::Malformed { step, what: "the command has no encoding" })
}

fn log(command: &[u8], answer: &Result<Zeroizing<Vec<u8>>, Error>, began: Instant) {
    let header = command.first_chunk::<4>().map_or(0, |header| u32::from_be_bytes(*header));
    let sent = command.len();
    let us = began.elapsed().as_micros();
    match answer {
        Ok(answer) => {
            let status = answer.last_chunk::<2>().map_or(0, |status| u16::from_be_bytes(*status));
            tracing::debug!("apdu {header:08X} length {sent} -> {status:04X} length {} in {us} us", answer.len());
        }
        Err(error) => tracing::debug!("apdu {header:08X} length {sent} -> {error} in {us} us"),
    }
}
