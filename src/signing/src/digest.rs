//! Hashing of documents of any size in constant memory.

use std::io::{self, Read};

use ring::digest::{Algorithm, Context, SHA256, SHA384, SHA512};
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RsaParameters,
};

use crate::DigestAlgorithm;

/// How much of a document is in memory while it is hashed or copied, in bytes.
pub(crate) const CHUNK: usize = 64 * 1024;

impl DigestAlgorithm {
    pub(crate) fn hash(self) -> &'static Algorithm {
        match self {
            Self::Sha256 => &SHA256,
            Self::Sha384 => &SHA384,
            Self::Sha512 => &SHA512,
        }
    }

    /// RSASSA-PKCS1-v1_5 (RFC 8017, section 8.2) with this hash.
    pub(crate) fn rsa(self) -> &'static RsaParameters {
        match self {
            Self::Sha256 => &RSA_PKCS1_2048_8192_SHA256,
            Self::Sha384 => &RSA_PKCS1_2048_8192_SHA384,
            Self::Sha512 => &RSA_PKCS1_2048_8192_SHA512,
        }
    }
}

/// Hands everything `source` gives to `each`, a chunk at a time.
pub(crate) fn for_each_chunk(source: &mut dyn Read, mut each: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK];
    loop {
        match source.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(length) => each(chunk.get(..length).unwrap_or_default())?,
            Err(fault) if fault.kind() == io::ErrorKind::Interrupted => {}
            Err(fault) => return Err(fault),
        }
    }
}

/// SHA-256 of everything `source` gives: what a draft signs. Takes constant memory.
///
/// # Errors
/// Those of `source`.
pub fn sha256(source: &mut dyn Read) -> io::Result<[u8; 32]> {
    let mut context = Context::new(&SHA256);
    for_each_chunk(source, |chunk| {
        context.update(chunk);
        Ok(())
    })?;
    Ok(as_sha256(&context.finish()))
}

/// The bytes of a digest that was made with SHA-256.
pub(crate) fn as_sha256(digest: &ring::digest::Digest) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest.as_ref());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_longer_than_a_chunk_is_hashed_whole() {
        let document = vec![7; CHUNK * 2 + 1];
        let whole = ring::digest::digest(&SHA256, &document);
        assert_eq!(sha256(&mut document.as_slice()).unwrap(), whole.as_ref());
    }
}
