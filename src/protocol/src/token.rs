//! The authentication token, Web eID's format 1.0, and the value that is signed for it.
//!
//! Source: Web eID system architecture document, "Web eID authentication token specification".

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::challenge::Challenge;
use crate::origin::Origin;

/// The only format this project makes and takes.
pub const FORMAT: &str = "web-eid:1.0";

/// The only algorithm a My Number Card of today signs with (RFC 7518, section 3.3).
pub const ALGORITHM: &str = "RS256";

/// What a page hands to its server. It holds neither origin nor challenge: a verifier rebuilds both
/// from its own store, so a token made for another site or session verifies nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuthToken {
    /// The card's authentication certificate, DER in padded base64; not judged by the agent.
    pub unverified_certificate: String,
    /// `RS256`.
    pub algorithm: String,
    /// The signature over [`signed_value`], in padded base64.
    pub signature: String,
    /// `web-eid:1.0`.
    pub format: String,
    /// Which program made the token, as a URL with its version.
    pub app_version: String,
}

/// The bytes the card signs: `SHA-256(origin) ‖ SHA-256(challenge)`, both as ASCII text.
pub fn signed_value(origin: &Origin, challenge: &Challenge) -> [u8; 64] {
    signed_value_of(origin.as_str(), challenge.as_str())
}

/// [`signed_value`] of texts, for a challenge text that was extended (see the protocol, section 3).
pub fn signed_value_of(origin: &str, challenge: &str) -> [u8; 64] {
    let mut value = [0; 64];
    value[..32].copy_from_slice(digest(&SHA256, origin.as_bytes()).as_ref());
    value[32..].copy_from_slice(digest(&SHA256, challenge.as_bytes()).as_ref());
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::origin::OriginPolicy;

    #[test]
    fn the_signed_value_is_two_hashes_side_by_side() {
        let origin = Origin::parse("https://rp.example", OriginPolicy::Secure).unwrap();
        let challenge = Challenge::parse(&"A".repeat(44)).unwrap();
        let value = signed_value(&origin, &challenge);
        // printf 'https://rp.example' | sha256sum
        assert_eq!(hex(&value[..4]), "6c0732bb");
        // printf 'A%.0s' {1..44} | sha256sum
        assert_eq!(hex(&value[32..36]), "b06b3f20");
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|b| format!("{b:02x}")).collect()
    }

    #[test]
    fn the_members_are_spelled_as_web_eid_spells_them() {
        let token = AuthToken {
            unverified_certificate: "a".into(),
            algorithm: ALGORITHM.into(),
            signature: "b".into(),
            format: FORMAT.into(),
            app_version: "c".into(),
        };
        let json = serde_json::to_string(&token).unwrap();
        assert_eq!(
            json,
            r#"{"unverifiedCertificate":"a","algorithm":"RS256","signature":"b","format":"web-eid:1.0","appVersion":"c"}"#
        );
    }
}
