//! READ BINARY and READ RECORD.

use super::{
    Command, SoftCard,
    files::Body,
    status::{Reply, StatusWord},
};

impl SoftCard {
    pub(super) fn read_binary(&mut self, command: &Command<'_>) -> Reply {
        let (short_id, offset) = if command.p1 & 0x80 == 0 {
            (0, usize::from(u16::from_be_bytes([command.p1, command.p2])))
        } else if command.p1 & 0x60 == 0 && command.p1 & 0x1F != 0 {
            (command.p1 & 0x1F, usize::from(command.p2))
        } else {
            return Err(StatusWord::WRONG_P1P2);
        };
        let wanted = length_to_read(command)?;
        let file = self.target(short_id)?;
        let Body::Transparent(bytes) = &file.body else {
            return Err(StatusWord::WRONG_FILE_KIND);
        };
        self.allow(file.access)?;
        let rest = bytes.get(offset..).filter(|rest| !rest.is_empty()).ok_or(StatusWord::OFFSET)?;
        // Near the end fewer bytes come, with 9000.
        Ok(rest[..wanted.min(rest.len())].to_vec())
    }

    pub(super) fn read_record(&mut self, command: &Command<'_>) -> Reply {
        const ONE_BY_NUMBER: u8 = 0x04;
        if command.p2 & 0x07 != ONE_BY_NUMBER {
            return Err(StatusWord::FUNCTION);
        }
        let wanted = length_to_read(command)?;
        let file = self.target(command.p2 >> 3)?;
        let Body::Records(records) = &file.body else {
            return Err(StatusWord::WRONG_FILE_KIND);
        };
        self.allow(file.access)?;
        let index = usize::from(command.p1).checked_sub(1).ok_or(StatusWord::NO_RECORD)?;
        let record = records.get(index).ok_or(StatusWord::NO_RECORD)?;
        if record.len() > wanted { Err(StatusWord::WRONG_LENGTH) } else { Ok(record.clone()) }
    }
}

fn length_to_read(command: &Command<'_>) -> Result<usize, StatusWord> {
    command.le.filter(|_| command.data.is_empty()).ok_or(StatusWord::WRONG_LENGTH)
}
