//! The token's outer form, before any certificate is looked at.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jpki_protocol::{AuthToken, token};

use crate::Refusal;

/// The longest token, in characters: that of the published Web eID validators. Ours have about 2800.
const MAX_LENGTH: usize = 10_000;

/// A token whose form is right; nothing in it is believed yet.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) certificate: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    pub(crate) format: String,
    pub(crate) app_version: String,
}

impl Parts {
    pub(crate) fn read(json: &str) -> Result<Self, Refusal> {
        if json.len() > MAX_LENGTH {
            return Err(Refusal::TokenTooLarge);
        }
        Self::of(serde_json::from_str(json).map_err(|_| Refusal::TokenMalformed)?)
    }

    pub(crate) fn of(token: AuthToken) -> Result<Self, Refusal> {
        if !is_supported_format(&token.format) {
            return Err(Refusal::FormatUnsupported);
        }
        if token.algorithm != token::ALGORITHM {
            return Err(Refusal::AlgorithmUnsupported);
        }
        // This decoder takes the canonical alphabet, full padding and zero trailing bits only.
        let decode = |text: &str| BASE64_STANDARD.decode(text).map_err(|_| Refusal::Base64Invalid);
        Ok(Self {
            certificate: decode(&token.unverified_certificate)?,
            signature: decode(&token.signature)?,
            format: token.format,
            app_version: token.app_version,
        })
    }
}

/// `web-eid:1` with any minor version: by the token's specification minor versions only add members. Published
/// validators compare the prefix alone and would take `web-eid:10` for version 1; this doesn't.
fn is_supported_format(format: &str) -> bool {
    let Some(rest) = format.strip_prefix("web-eid:1") else { return false };
    let minor = rest.strip_prefix('.').map(str::as_bytes);
    rest.is_empty() || minor.is_some_and(|minor| (1..=3).contains(&minor.len()) && minor.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_minor_version_of_version_1_is_taken_and_no_other() {
        for (format, supported) in [
            ("web-eid:1", true),
            ("web-eid:1.0", true),
            ("web-eid:1.1", true),
            ("web-eid:10", false),
            ("web-eid:1.", false),
            ("web-eid:1.x", false),
            ("web-eid:2.0", false),
            ("WEB-EID:1.0", false),
            ("web-eid:1.0 ", false),
            ("", false),
        ] {
            assert_eq!(is_supported_format(format), supported, "{format:?}");
        }
    }
}
