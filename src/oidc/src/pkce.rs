//! Proof Key for Code Exchange (RFC 7636), with S256 alone: `plain` proves nothing to somebody who saw the request.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};

/// The challenge that belongs to a verifier (RFC 7636, 4.2).
pub fn challenge_of(verifier: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

/// Whether a text has the form of a challenge: 32 bytes in base64url.
pub fn is_challenge(text: &str) -> bool {
    text.len() == 43 && BASE64_URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == 32)
}

/// Whether a text has the form of a verifier: 43 to 128 unreserved characters (RFC 7636, 4.1).
pub fn is_verifier(text: &str) -> bool {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&text.len()) && text.bytes().all(unreserved)
}

/// Whether a verifier belongs to a challenge (RFC 7636, 4.6).
pub fn proves(verifier: &str, challenge: &str) -> bool {
    is_verifier(verifier) && challenge_of(verifier) == challenge
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_rfc_holds() {
        // RFC 7636, appendix B.
        let (verifier, challenge) =
            ("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert!(proves(verifier, challenge) && is_challenge(challenge));
        assert!(!proves(&verifier.replace('d', "e"), challenge));
        assert!(!proves(challenge, challenge));
    }

    #[test]
    fn only_the_right_form_is_a_verifier() {
        let long = "a".repeat(129);
        for wrong in ["", "short", &"a".repeat(42), &long, &"ä".repeat(43), &" ".repeat(43)] {
            assert!(!is_verifier(wrong), "{wrong}");
        }
        assert!(is_verifier(&"~".repeat(128)));
        for wrong in
            ["", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c=", "+"]
        {
            assert!(!is_challenge(wrong), "{wrong}");
        }
    }
}
