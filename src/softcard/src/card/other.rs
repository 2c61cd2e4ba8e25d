//! GET CHALLENGE, GET DATA, and what the card knows well enough to refuse.

use rsa::rand_core::{OsRng, RngCore as _};

use super::{
    Command, SoftCard, content,
    files::Df,
    status::{Reply, StatusWord},
};

impl SoftCard {
    pub(super) fn get_challenge(&mut self, command: &Command<'_>) -> Reply {
        if (command.p1, command.p2) != (0, 0) {
            return Err(StatusWord::WRONG_P1P2);
        }
        if command.extended {
            return Err(StatusWord::CONDITIONS_OF_USE);
        }
        let length = command.le.filter(|_| command.data.is_empty()).ok_or(StatusWord::WRONG_LENGTH)?;
        let mut challenge = vec![0; length];
        OsRng.fill_bytes(&mut challenge);
        Ok(challenge)
    }

    pub(super) fn get_data(&mut self, command: &Command<'_>) -> Reply {
        if self.session()?.df != Df::Mf {
            return Err(StatusWord::NO_DATA);
        }
        let tag = u16::from_be_bytes([command.p1, command.p2]);
        let object = content::data_object(&self.card, tag).ok_or(StatusWord::NO_DATA)?;
        let room = command.le.filter(|_| command.data.is_empty()).ok_or(StatusWord::WRONG_LENGTH)?;
        if object.len() > room { Err(StatusWord::WRONG_LENGTH) } else { Ok(object) }
    }

    pub(super) fn refuse(&mut self, command: &Command<'_>) -> Reply {
        Err(match (command.cla, command.ins) {
            // Loading a terminal's certificate: the right P1-P2 aren't public, all tried ones gave this.
            (0x80, 0xA2) => StatusWord::WRONG_P1P2,
            // SET SESSION KEY: secure messaging exists in the text AP alone and isn't part of this card.
            (0x80, 0xAE) => match self.session()?.df {
                Df::Jpki => StatusWord::SECURITY_STATUS,
                Df::Text => StatusWord::FUNCTION,
                Df::Common => StatusWord::NO_KEY_DELIVERY,
                Df::Mf => StatusWord::NO_INSTRUCTION,
            },
            // The issuer's: UNLOCK KEY, LOCK DF, UNLOCK DF, MANAGE ATTRIBUTES, ERASE.
            (0x80, 0x54 | 0x50 | 0x52 | 0x8A | 0x06) => StatusWord::SECURITY_STATUS,
            // A question to phones about their last command; measured on a card.
            (0x80, 0xFC) => StatusWord::WRONG_LENGTH,
            _ => StatusWord::NO_INSTRUCTION,
        })
    }
}
