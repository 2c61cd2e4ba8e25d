//! Reading files of the selected application.
//!
//! The sessions come in with a file identifier. A file is opened by its short identifier where the
//! card takes that, which saves the SELECT; pieces are 256 bytes, and every loop is bounded by
//! what was asked for, never by what the card answers.

use myna_card::{Command, Response};
use zeroize::{Zeroize as _, Zeroizing};

use crate::certificate::{self, Certificate};
use crate::error::{Error, Step};
use crate::selected::{Addressing, Selected};
use crate::status;

/// Bytes of one short READ BINARY.
const PIECE: usize = 256;

/// The longest object that is read from a file, in bytes.
pub(crate) const OBJECT_LIMIT: usize = 8 * 1024;

/// Most READ BINARY commands for one object: twice what the longest one needs, so a card may
/// answer short pieces but not trickle.
const PIECES_LIMIT: usize = 2 * OBJECT_LIMIT / PIECE;

/// What the first bytes of a file say of the object in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// It has so many bytes, header included: at most [`OBJECT_LIMIT`].
    Length(usize),
    /// Filler (`FF` or `00`) or nothing: an empty file.
    Empty,
    /// Not the object that belongs there, or one that is too long.
    Invalid(&'static str),
}

impl Selected {
    /// Reads a whole certificate.
    ///
    /// Commands: one READ BINARY per 256 bytes; a SELECT more where short identifiers are refused.
    pub(crate) fn read_certificate(&mut self, ef: u16) -> Result<Certificate, Error> {
        let der = self.read_object(Step::ReadCertificate, ef, certificate::extent)?;
        der.map(Certificate::new).ok_or(Error::CertificateMissing)
    }

    /// Whether there is a certificate in a file that can't be read yet: such a read is refused for
    /// its security status, and by no other word.
    pub(crate) fn probe_certificate(&mut self, ef: u16) -> Result<bool, Error> {
        let step = Step::ReadCertificate;
        if self.addressing() != Addressing::Select {
            let read = Command::with_le(0x00, 0xB0, self.short_id(ef), 0x00, 1);
            let response = self.link()?.call(step, &read)?;
            match response.status.value() {
                0x6982 => return Ok(true),
                0x9000 | 0x6282 => return Ok(response.data.first() == Some(&0x30)),
                status if status::is_absent(status) => return Ok(false),
                _ => {}
            }
        }
        let selected = self.select_file(step, ef)?;
        match selected.status.value() {
            0x9000 => Ok(true),
            status if status::is_absent(status) => Ok(false),
            status => Err(Error::Refused { step, status }),
        }
    }

    /// Reads the one object a file holds, however much filler follows it; `None` where there is no
    /// such file or nothing in it. The bytes are wiped when they go.
    ///
    /// Commands: as [`Selected::read_certificate`].
    pub(crate) fn read_object(
        &mut self,
        step: Step,
        ef: u16,
        extent: impl FnOnce(&[u8]) -> Extent,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let mut first = self.open_file(step, ef, PIECE)?;
        match first.status.value() {
            0x9000 | 0x6282 => {}
            0x6B00 => return Ok(None),
            status if status::is_absent(status) => return Ok(None),
            status => return Err(Error::Refused { step, status }),
        }
        let total = match extent(&first.data) {
            Extent::Length(total) => total,
            Extent::Empty => return Ok(None),
            Extent::Invalid(what) => return Err(Error::Malformed { step, what }),
        };
        // Reserved in full: a buffer that grows leaves its old copy behind.
        let mut object = Zeroizing::new(Vec::with_capacity(total.max(first.data.len())));
        object.extend_from_slice(&first.data);
        first.data.zeroize();
        for _ in 0..PIECES_LIMIT {
            if object.len() >= total {
                break;
            }
            let length = (total - object.len()).min(PIECE);
            let mut piece = self.link()?.call(step, &read_at(object.len(), length))?;
            match piece.status.value() {
                0x9000 | 0x6282 if (1..=length).contains(&piece.data.len()) => {
                    object.extend_from_slice(&piece.data);
                    piece.data.zeroize();
                }
                0x9000 | 0x6282 | 0x6B00 => return Err(Error::Malformed { step, what: "the file is cut short" }),
                status => return Err(Error::Refused { step, status }),
            }
        }
        if object.len() < total {
            return Err(Error::Malformed { step, what: "the file comes in crumbs" });
        }
        object.truncate(total);
        Ok(Some(object))
    }

    /// Reads the first `length` bytes (at most 256) of `ef` and leaves it the current file.
    ///
    /// Refused by short identifier, it is tried once by SELECT; if that works, so it stays for the
    /// rest of this card's operation.
    pub(crate) fn open_file(&mut self, step: Step, ef: u16, length: usize) -> Result<Response, Error> {
        if self.addressing() != Addressing::Select {
            let by_short_id = Command::with_le(0x00, 0xB0, self.short_id(ef), 0x00, expected(length));
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

    /// Makes `ef` the current file, unless it is.
    pub(crate) fn make_current(&mut self, step: Step, ef: u16) -> Result<(), Error> {
        if self.current() == Some(ef) {
            return Ok(());
        }
        let selected = self.select_file(step, ef)?;
        match selected.status.value() {
            0x9000 => Ok(()),
            status => Err(Error::Refused { step, status }),
        }
    }

    /// SELECT of a file under the current application (`00 A4 02 0C 02 <EF>`).
    fn select_file(&mut self, step: Step, ef: u16) -> Result<Response, Error> {
        self.set_current(None);
        let command = Command::with_data(0x00, 0xA4, 0x02, 0x0C, ef.to_be_bytes());
        let response = self.link()?.call(step, &command)?;
        self.set_current(response.status.is_success().then_some(ef));
        Ok(response)
    }

    /// The reference by short identifier: bit 8 set, the low five bits of the EF (JICSAP table 5).
    /// Every file of this card lies in 0001–001E. A command with it makes that file the current one,
    /// so whatever was selected counts no longer.
    pub(crate) fn short_id(&mut self, ef: u16) -> u8 {
        self.set_current(None);
        let [_, low] = ef.to_be_bytes();
        0x80 | (low & 0x1F)
    }
}

/// READ BINARY in the current file. Offsets stay below [`OBJECT_LIMIT`], so the top bit, which
/// would mean a short identifier, is never set.
fn read_at(offset: usize, length: usize) -> Command {
    let high = (offset >> 8) as u8 & 0x7F;
    Command::with_le(0x00, 0xB0, high, offset as u8, expected(length))
}

fn expected(length: usize) -> u32 {
    length.min(PIECE) as u32
}
