//! The name of an account.

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::secrets::fresh_id;

/// An account's name: random, 22 characters of base64url, shown to its person as 受付番号 and to nobody else.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct AccountId(String);

impl AccountId {
    pub(super) fn fresh() -> Result<Self> {
        fresh_id().map(Self)
    }

    /// One that was stored or signed here before.
    pub(crate) fn stored(text: String) -> Self {
        Self(text)
    }

    /// As it is stored.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}
