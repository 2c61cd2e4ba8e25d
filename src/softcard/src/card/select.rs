//! SELECT FILE: applications by name, elementary files by identifier.

use super::{
    Command, Df, SoftCard,
    status::{Reply, StatusWord},
};

impl SoftCard {
    pub(super) fn select(&mut self, command: &Command<'_>) -> Reply {
        match (command.p1, command.p2) {
            (0x00, 0x00) => self.select_master(command),
            (0x02, 0x0C) => self.select_file(command),
            (0x04, 0x00 | 0x0C) => self.select_application(command),
            _ => Err(StatusWord::WRONG_P1P2),
        }
    }

    /// Measured: without effect, and refused while nothing was ever selected.
    fn select_master(&mut self, command: &Command<'_>) -> Reply {
        if !command.data.is_empty() {
            return Err(StatusWord::NO_FILE);
        }
        if self.session()?.df_was_selected { Ok(Vec::new()) } else { Err(StatusWord::WRONG_P1P2) }
    }

    fn select_file(&mut self, command: &Command<'_>) -> Reply {
        let [high, low] = *command.data else {
            return Err(StatusWord::WRONG_LENGTH);
        };
        let id = u16::from_be_bytes([high, low]);
        self.application()?.file(id).ok_or(StatusWord::NO_FILE)?;
        self.make_current(id)?;
        Ok(Vec::new())
    }

    fn select_application(&mut self, command: &Command<'_>) -> Reply {
        if command.data.is_empty() || command.data.len() > 16 {
            return Err(StatusWord::WRONG_LENGTH);
        }
        let named = self.applications.iter().find(|application| application.is_named(command.data));
        let (df, aid) = named.map(|a| (a.df, a.aid)).ok_or(StatusWord::NO_FILE)?;
        let forget = self.quirks.reselect_clears;
        let session = self.session()?;
        // What was verified belongs to one application and ends when another is selected (JICSAP 5.1.3).
        if forget || df == Df::Mf || df != session.verified_in {
            session.verified.clear();
        }
        session.verified_in = df;
        session.df = df;
        session.df_was_selected = true;
        session.ef = None;
        if command.p2 == 0x0C || command.le.is_none() {
            return Ok(Vec::new());
        }
        // File control information with the name alone; what real cards put there isn't published.
        let length = aid.len() as u8;
        Ok([&[0x6F, length + 2, 0x84, length], aid].concat())
    }
}
