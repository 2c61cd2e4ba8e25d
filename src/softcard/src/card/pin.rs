//! VERIFY and the commands that change a PIN.

use super::{
    Command, SoftCard,
    files::{Body, Df, PinId},
    status::{Reply, StatusWord},
};

/// JICSAP 6.4.9: a key for verification has one to sixteen bytes.
const LONGEST_PIN: usize = 16;
/// P2 of the commands that change a PIN. A form by short identifier was never measured; who uses it here shall notice.
const CURRENT_FILE: u8 = 0x80;

impl SoftCard {
    pub(super) fn verify(&mut self, command: &Command<'_>) -> Reply {
        if command.p1 != 0 || command.p2 & 0xE0 != 0x80 {
            return Err(StatusWord::WRONG_P1P2);
        }
        let pin = self.pin_file(command.p2)?;
        if command.is_bare() {
            // Stays 63Cx also when the PIN is verified or blocked; OpenSC depends on it.
            return Err(StatusWord::tries_left(self.left(pin)?));
        }
        // What a card makes of a wrong length isn't published; here it costs no attempt.
        if command.data.is_empty() || command.data.len() > LONGEST_PIN || command.le.is_some() {
            return Err(StatusWord::WRONG_LENGTH);
        }
        self.tally.verifications = self.tally.verifications.saturating_add(1);
        let left = self.left(pin)?.checked_sub(1).ok_or(StatusWord::BLOCKED)?;
        // The attempt is on the disk before its outcome is known: who kills the process now has lost it all the same.
        self.set_left(pin, left)?;
        self.session()?.verified.remove(&pin);
        let entry = self.card.pins.get(&pin).ok_or(StatusWord::NO_DATA)?;
        if entry.value.as_bytes() != command.data {
            return Err(StatusWord::tries_left(left));
        }
        self.set_left(pin, entry.limit)?;
        self.session()?.verified.insert(pin);
        Ok(Vec::new())
    }

    pub(super) fn change_reference_data(&mut self, command: &Command<'_>) -> Reply {
        if (command.p1, command.p2) != (0x01, CURRENT_FILE) {
            return Err(StatusWord::WRONG_P1P2);
        }
        if !matches!(self.session()?.df, Df::Jpki | Df::Text) {
            return Err(StatusWord::NO_INSTRUCTION);
        }
        self.change_pin(command)
    }

    /// The other applications' form of the same.
    pub(super) fn change_key(&mut self, command: &Command<'_>) -> Reply {
        if (command.p1, command.p2) != (0x00, CURRENT_FILE) {
            return Err(StatusWord::WRONG_P1P2);
        }
        if self.session()?.df != Df::Common {
            return Err(StatusWord::NO_INSTRUCTION);
        }
        self.change_pin(command)
    }

    fn change_pin(&mut self, command: &Command<'_>) -> Reply {
        let pin = self.pin_file(command.p2)?;
        if !self.session()?.verified.contains(&pin) {
            return Err(StatusWord::SECURITY_STATUS);
        }
        if command.data.is_empty() || command.data.len() > LONGEST_PIN {
            return Err(StatusWord::WRONG_LENGTH);
        }
        // A card compares bytes; the file holds text. No PIN has other characters.
        let value = str::from_utf8(command.data).map_err(|_| StatusWord(0x6A80))?.to_owned();
        let entry = self.card.pins.get_mut(&pin).ok_or(StatusWord::NO_DATA)?;
        let old = std::mem::replace(&mut entry.value, value);
        if self.persist().is_err() {
            if let Some(entry) = self.card.pins.get_mut(&pin) {
                entry.value = old;
            }
            return Err(StatusWord::MEMORY_FAILURE);
        }
        Ok(Vec::new())
    }

    fn pin_file(&mut self, p2: u8) -> Result<PinId, StatusWord> {
        match self.target(p2)?.body {
            Body::Pin(pin) => Ok(pin),
            _ => Err(StatusWord::WRONG_FILE_KIND),
        }
    }

    fn left(&self, pin: PinId) -> Result<u8, StatusWord> {
        self.card.pins.get(&pin).map(|entry| entry.left).ok_or(StatusWord::NO_DATA)
    }

    fn set_left(&mut self, pin: PinId, left: u8) -> Result<(), StatusWord> {
        let entry = self.card.pins.get_mut(&pin).ok_or(StatusWord::NO_DATA)?;
        entry.left = left;
        self.persist()
    }

    fn persist(&mut self) -> Result<(), StatusWord> {
        match &mut self.store {
            Some(store) => store.save(&self.card).map_err(|_| StatusWord::MEMORY_FAILURE),
            None => Ok(()),
        }
    }
}
