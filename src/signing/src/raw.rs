//! The bare signature: no format at all, for who brings their own.

use std::io::Write;

use crate::{Draft, Error, Signer};

/// A digest that is signed as it is; what comes out is the signature value alone, as long as the key's modulus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawDraft {
    digest: [u8; 32],
}

impl RawDraft {
    /// `digest` is the SHA-256 of the document.
    pub fn new(digest: [u8; 32]) -> Self {
        Self { digest }
    }
}

impl Draft for RawDraft {
    fn digest(&mut self, _signer: &Signer) -> Result<[u8; 32], Error> {
        Ok(self.digest)
    }

    fn finish(&self, signature: &[u8], out: &mut dyn Write) -> Result<(), Error> {
        Ok(out.write_all(signature)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn the_digest_goes_in_and_the_signature_comes_out() {
        let signer = testing::signer();
        let mut draft = RawDraft::new([3; 32]);
        assert_eq!(draft.digest(&signer).unwrap(), [3; 32]);
        let mut out = Vec::new();
        draft.finish(&[9; 256], &mut out).unwrap();
        assert_eq!(out, [9; 256]);
    }
}
