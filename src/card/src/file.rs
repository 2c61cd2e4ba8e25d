//! Reading files of the selected application.
//!
//! The session comes in with a file identifier. A file is opened by its short identifier where the
//! card takes that, which saves the SELECT; pieces are 256 bytes, and every loop is bounded by
//! what was asked for, never by what the card answers.

use myna_card::{Command, Response};

use crate::certificate::{Certificate, Header, header};
use crate::error::{Error, Step};
use crate::session::{Addressing, Session};

/// Bytes of one short READ BINARY.
const PIECE: usize = 256;

/// Most READ BINARY commands for one certificate: twice what the longest one needs, so a card may
/// answer short pieces but not trickle.
const PIECES_LIMIT: usize = 2 * crate::certificate::CERTIFICATE_LIMIT / PIECE;

impl Session {
    /// Reads a whole certificate.
    ///
    /// Commands: one READ BINARY per 256 bytes; a SELECT more where short identifiers are refused.
    pub(crate) fn read_certificate(&mut self, ef: u16) -> Result<Certificate, Error> {
        let step = Step::ReadCertificate;
        let first = self.open_file(step, ef, PIECE)?;
        match first.status.value() {
            0x9000 | 0x6282 => {}
            0x6A82 | 0x6A88 | 0x6B00 => return Err(Error::CertificateMissing),
            status => return Err(Error::Refused { step, status }),
        }
        let mut der = first.data;
        let total = match header(&der) {
            Header::Length(total) => total,
            Header::Empty => return Err(Error::CertificateMissing),
            Header::Invalid(what) => return Err(Error::Malformed { step, what }),
        };
        for _ in 0..PIECES_LIMIT {
            if der.len() >= total {
                break;
            }
            let length = (total - der.len()).min(PIECE);
            let piece = self.link()?.call(step, &read_at(der.len(), length))?;
            match piece.status.value() {
                0x9000 | 0x6282 if (1..=length).contains(&piece.data.len()) => {
                    der.extend_from_slice(&piece.data);
                }
                0x9000 | 0x6282 | 0x6B00 => {
                    return Err(Error::Malformed { step, what: "the certificate is cut short" });
                }
                status => return Err(Error::Refused { step, status }),
            }
        }
        if der.len() < total {
            return Err(Error::Malformed { step, what: "the certificate comes in crumbs" });
        }
        der.truncate(total);
        Ok(Certificate::new(der))
    }

    /// Reads the first `length` bytes (at most 256) of `ef` and leaves it the current file.
    ///
    /// Refused by short identifier, it is tried once by SELECT; if that works, so it stays for the
    /// rest of this card's operation.
    pub(crate) fn open_file(&mut self, step: Step, ef: u16, length: usize) -> Result<Response, Error> {
        self.leave_pin();
        if self.addressing() != Addressing::Select {
            let by_short_id = Command::with_le(0x00, 0xB0, short_id(ef), 0x00, expected(length));
            let response = self.link()?.call(step, &by_short_id)?;
            if matches!(response.status.value(), 0x9000 | 0x6282) {
                return Ok(response);
            }
        }
        let selected = self.select_file(step, ef)?;
        if !selected.status.is_success() {
            return Ok(selected);
        }
        let response = self.link()?.call(step, &read_at(0, length))?;
        if response.status.is_success() {
            self.set_addressing(Addressing::Select);
        }
        Ok(response)
    }

    /// SELECT of a file under the current application (`00 A4 02 0C 02 <EF>`).
    pub(crate) fn select_file(&mut self, step: Step, ef: u16) -> Result<Response, Error> {
        self.leave_pin();
        let command = Command::with_data(0x00, 0xA4, 0x02, 0x0C, ef.to_be_bytes());
        self.link()?.call(step, &command)
    }
}

/// The reference by short identifier: bit 8 set, the low five bits of the EF (JICSAP table 5).
/// Every file of this card lies in 0001–001E.
pub(crate) fn short_id(ef: u16) -> u8 {
    let [_, low] = ef.to_be_bytes();
    0x80 | (low & 0x1F)
}

/// READ BINARY in the current file. Offsets stay below [`crate::CERTIFICATE_LIMIT`], so the top
/// bit, which would mean a short identifier, is never set.
fn read_at(offset: usize, length: usize) -> Command {
    let high = (offset >> 8) as u8 & 0x7F;
    Command::with_le(0x00, 0xB0, high, offset as u8, expected(length))
}

fn expected(length: usize) -> u32 {
    length.min(PIECE) as u32
}
