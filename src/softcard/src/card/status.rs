//! Status words (JICSAP table 25).

/// SW1 and SW2 as one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StatusWord(pub(super) u16);

impl StatusWord {
    pub(super) const SUCCESS: Self = Self(0x9000);
    pub(super) const MEMORY_FAILURE: Self = Self(0x6581);
    pub(super) const WRONG_LENGTH: Self = Self(0x6700);
    pub(super) const NO_LOGICAL_CHANNEL: Self = Self(0x6881);
    pub(super) const NO_SECURE_MESSAGING: Self = Self(0x6882);
    /// The command doesn't fit the kind of the file.
    pub(super) const WRONG_FILE_KIND: Self = Self(0x6981);
    pub(super) const SECURITY_STATUS: Self = Self(0x6982);
    /// The key or PIN has no tries left.
    pub(super) const BLOCKED: Self = Self(0x6984);
    pub(super) const CONDITIONS_OF_USE: Self = Self(0x6985);
    pub(super) const NO_CURRENT_FILE: Self = Self(0x6986);
    pub(super) const FUNCTION: Self = Self(0x6A81);
    pub(super) const NO_FILE: Self = Self(0x6A82);
    pub(super) const NO_RECORD: Self = Self(0x6A83);
    pub(super) const WRONG_P1P2: Self = Self(0x6A86);
    pub(super) const NO_DATA: Self = Self(0x6A88);
    /// No key delivery: secure messaging keys in an application that has none.
    pub(super) const NO_KEY_DELIVERY: Self = Self(0x66F1);
    pub(super) const OFFSET: Self = Self(0x6B00);
    pub(super) const NO_INSTRUCTION: Self = Self(0x6D00);
    pub(super) const NO_CLASS: Self = Self(0x6E00);
    pub(super) const SELF_DIAGNOSIS: Self = Self(0x6F00);

    /// `63Cx`: `left` tries remain.
    pub(super) fn tries_left(left: u8) -> Self {
        Self(0x63C0 | u16::from(left.min(0x0F)))
    }
}

/// What a command comes to: data followed by 9000, or a status word alone.
pub(super) type Reply = Result<Vec<u8>, StatusWord>;
