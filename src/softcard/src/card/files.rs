//! The applications of the card and their files, as tables: what exists, what kind it is, what opens it.

use serde::{Deserialize, Serialize};

/// An application (AP), or what is current when none is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Df {
    /// The master file with GlobalPlatform's issuer security domain, current after power-up.
    Mf,
    /// 公的個人認証AP
    Jpki,
    /// 券面入力補助AP
    Text,
    /// 共通カードAP
    Common,
}

/// A PIN or number that opens something. The names are those of the card's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum PinId {
    /// 利用者証明用電子証明書の暗証番号: JPKI AP 0018.
    Auth,
    /// 署名用電子証明書の暗証番号: JPKI AP 001B.
    Sign,
    /// 券面事項入力補助用の暗証番号: text AP 0011.
    Text,
    /// Text AP 0012, issued blocked; its purpose isn't public.
    TextBlocked,
    /// 照合番号A: text AP 0014.
    NumberA,
    /// 照合番号B: text AP 0015.
    NumberB,
    /// Common AP 001C.
    Common,
}

impl PinId {
    pub(super) const ALL: [Self; 7] =
        [Self::Auth, Self::Sign, Self::Text, Self::TextBlocked, Self::NumberA, Self::NumberB, Self::Common];
}

/// A private key on the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyId {
    /// JPKI AP 0017.
    Auth,
    /// JPKI AP 001A.
    Sign,
    /// Text AP 0013.
    Text,
    /// Common AP 0019.
    Common,
}

/// What must have been verified before a file is read or a key used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Nothing.
    Free,
    /// One of these.
    AnyOf(&'static [PinId]),
    /// Nothing that is publicly known opens it.
    Never,
}

/// What a file is.
#[derive(Clone, Debug)]
pub(super) enum Body {
    /// Bytes, by READ BINARY.
    Transparent(Vec<u8>),
    /// Records, by READ RECORD; each with its simple-TLV header.
    Records(Vec<Vec<u8>>),
    /// By VERIFY.
    Pin(PinId),
    /// By COMPUTE SIGNATURE or INTERNAL AUTHENTICATE.
    Key(KeyId),
    /// Exists and can be selected; nothing else is known of it.
    Internal,
}

/// An elementary file.
#[derive(Clone, Debug)]
pub(super) struct Ef {
    pub(super) id: u16,
    pub(super) body: Body,
    pub(super) access: Access,
}

impl Ef {
    pub(super) fn transparent(id: u16, bytes: impl Into<Vec<u8>>, access: Access) -> Self {
        Self { id, body: Body::Transparent(bytes.into()), access }
    }

    pub(super) fn record(id: u16, tag: u8, value: &[u8]) -> Self {
        // Simple TLV with a length of one byte; every record of this card is shorter than 255 bytes.
        let record = [&[tag, value.len().min(254) as u8], value].concat();
        Self { id, body: Body::Records(vec![record]), access: Access::Free }
    }

    pub(super) fn pin(id: u16, pin: PinId) -> Self {
        Self { id, body: Body::Pin(pin), access: Access::Never }
    }

    pub(super) fn key(id: u16, key: KeyId, access: Access) -> Self {
        Self { id, body: Body::Key(key), access }
    }

    pub(super) fn internal(id: u16) -> Self {
        Self { id, body: Body::Internal, access: Access::Never }
    }
}

/// An application with its files.
#[derive(Clone, Debug)]
pub(super) struct Application {
    pub(super) df: Df,
    pub(super) aid: &'static [u8],
    pub(super) files: Vec<Ef>,
}

impl Application {
    /// JICSAP 4.2: a leading part selects too; GlobalPlatform's domain wants its whole name.
    pub(super) fn is_named(&self, aid: &[u8]) -> bool {
        const REGISTERED_PART: usize = 5;
        let prefix = self.df != Df::Mf && aid.len() >= REGISTERED_PART && self.aid.starts_with(aid);
        prefix || self.aid == aid
    }

    pub(super) fn file(&self, id: u16) -> Option<&Ef> {
        self.files.iter().find(|file| file.id == id)
    }
}
