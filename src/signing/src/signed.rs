//! What a reader says of one signature, whatever the format: who, when, over what; and each way to refuse one.

use jiff::Timestamp;

/// One signature whose every integrity rule held. Whether its certificate is to be trusted is not said here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentSignature {
    /// How document and signature are tied together.
    pub format: Format,
    /// The certificate whose key made the signature, DER as found.
    pub certificate: Vec<u8>,
    /// The other certificates that travel with the signature, DER as found; nothing vouches for them.
    pub others: Vec<Vec<u8>>,
    /// The signing time the signer claims, if any; nobody else vouches for it.
    pub time: Option<Timestamp>,
    /// How much of the document is signed.
    pub covers: Coverage,
    /// The hash over the document.
    pub digest: DigestAlgorithm,
    /// Whether the signature itself names its certificate (signing-certificate-v2, RFC 5035; `SigningCertificateV2`
    /// in XAdES), so that another certificate for the same key can't be put in its place.
    pub names_certificate: bool,
}

/// How document and signature are tied together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// A CMS `SignedData`, with the document in it or beside it (ETSI EN 319 122-1).
    Cades,
    /// A signature inside a PDF (ETSI EN 319 142-1).
    Pades,
    /// An XML signature (ETSI EN 319 132-1).
    Xades,
}

impl Format {
    /// The stable word, as on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Cades => "cades",
            Self::Pades => "pades",
            Self::Xades => "xades",
        }
    }
}

/// How much of the document a signature covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Coverage {
    /// All of it.
    Whole,
    /// The first `bytes` of `of` bytes. What follows adds further signatures and nothing else, and the last of them
    /// covers everything.
    Revision {
        /// Length of the signed revision in bytes, from the first byte of the file.
        bytes: u64,
        /// Length of the file in bytes.
        of: u64,
    },
}

impl Coverage {
    /// Whether nothing was added to the document after this signature.
    pub fn is_whole(self) -> bool {
        self == Self::Whole
    }
}

/// The hash functions a signature may use. SHA-1 is not one of them: [`Fault::DigestWeak`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DigestAlgorithm {
    /// SHA-256, the one this project signs with.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl DigestAlgorithm {
    /// The name as FIPS 180-4 writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }
}

/// Writes the list of faults once, so that word, sentence and remedy can't drift apart.
macro_rules! faults {
    ($($variant:ident, $word:literal, $remedy:ident, $message:literal;)*) => {
        /// Why a signature is refused. One fault anywhere in a document refuses the document.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
        #[non_exhaustive]
        pub enum Fault {
            $(#[doc = $message] #[error($message)] $variant,)*
        }

        impl Fault {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stable word for logs, programs and test vectors.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// What to do about it.
            pub fn remedy(self) -> Remedy {
                match self { $(Self::$variant => Remedy::$remedy,)* }
            }
        }
    };
}

faults! {
    Unsigned, "unsigned", AskSigner,
        "the document holds no signature";
    SignatureMalformed, "signature_malformed", AskSigner,
        "the signature can't be read, or is not encoded the one way its format prescribes";
    TooManySignatures, "too_many_signatures", AskSigner,
        "the document holds more signatures, or the signature more certificates, than are read";
    ContentMissing, "content_missing", GiveContent,
        "the signature travels apart from its document, and the document was not given";
    ContentTwice, "content_twice", LeaveContent,
        "the signature carries its document in itself, and another one was given beside it";
    ContentType, "content_type", DoNotAccept,
        "the signature is over another type of content than it says";
    AttributeMissing, "attribute_missing", DoNotAccept,
        "the signature lacks an attribute that its format demands";
    AttributeTwice, "attribute_twice", DoNotAccept,
        "the signature states an attribute twice, or with more or fewer values than one";
    AttributesNotCanonical, "attributes_not_canonical", DoNotAccept,
        "the signed attributes are not encoded in DER";
    DigestWeak, "digest_weak", AskSigner,
        "the signature uses SHA-1, which no longer binds a signature to one document";
    AlgorithmUnknown, "algorithm_unknown", AskSigner,
        "the signature is made with an algorithm other than RSA PKCS#1 v1.5 with SHA-256, SHA-384 or SHA-512";
    DigestWrong, "digest_wrong", DoNotAccept,
        "the document is not the one that was signed: it was changed, or belongs to another signature";
    SignatureWrong, "signature_wrong", DoNotAccept,
        "the signature is not that of its certificate's key";
    SignerMissing, "signer_missing", AskSigner,
        "the signer's certificate does not travel with the signature";
    SignerAmbiguous, "signer_ambiguous", DoNotAccept,
        "several certificates answer to what the signature says of its signer";
    SignerKey, "signer_key", DoNotAccept,
        "the signer's certificate can't be read, or its key is not an RSA key of 2048 to 4096 bits";
    SigningCertificateWrong, "signing_certificate_wrong", DoNotAccept,
        "the certificate is another one than the signature names";
    TimeMalformed, "time_malformed", DoNotAccept,
        "the signing time can't be read";
    ByteRange, "byte_range", DoNotAccept,
        "the signature does not cover its revision of the PDF from the first byte to the last but for its own value";
    SubFilter, "sub_filter", AskSigner,
        "the PDF's signature is of a type other than ETSI.CAdES.detached and adbe.pkcs7.detached";
    ChangedAfterSigning, "changed_after_signing", DoNotAccept,
        "something other than a further signature was added to the PDF after it was signed";
    PropertiesMissing, "properties_missing", AskSigner,
        "the XML signature has no XAdES properties, so it doesn't say itself which certificate made it";
    ReferenceUnknown, "reference_unknown", AskSigner,
        "the XML signature is over something other than this document as a whole, or over a changed view of it";
    IdTwice, "id_twice", DoNotAccept,
        "an Id by which the XML signature refers to its own parts is not there exactly once";
    NotCovered, "not_covered", DoNotAccept,
        "the document or its signature holds something that is not signed: a comment, a namespace or an extra element";
    SignaturePlace, "signature_place", DoNotAccept,
        "the XML signature stands somewhere else than directly in the root of its document";
}

/// What can be done after a [`Fault`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Remedy {
    /// Nothing helps: what was signed is not what is here.
    DoNotAccept,
    /// The signer can make another one.
    AskSigner,
    /// The document is needed too.
    GiveContent,
    /// The document must not be given.
    LeaveContent,
}

impl Remedy {
    /// The remedy as an English sentence.
    pub fn english(self) -> &'static str {
        match self {
            Self::DoNotAccept => "Do not accept it; ask the signer for the document as it was signed.",
            Self::AskSigner => "Ask the signer to sign the document again with a program that makes this signature.",
            Self::GiveContent => "Give the document that was signed as well.",
            Self::LeaveContent => "Give the signature alone.",
        }
    }

    /// The remedy as a Japanese sentence.
    pub fn japanese(self) -> &'static str {
        match self {
            Self::DoNotAccept => "受け付けないでください。署名した時点の文書を、署名した人に求めてください。",
            Self::AskSigner => "対応するソフトウェアで署名し直すよう、署名した人に求めてください。",
            Self::GiveContent => "署名の対象となった文書も指定してください。",
            Self::LeaveContent => "署名ファイルだけを指定してください。",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_has_a_word_of_its_own() {
        let mut words: Vec<_> = Fault::ALL.iter().map(|fault| fault.word()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Fault::ALL.len());
        assert!(words.iter().all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')));
    }

    #[test]
    fn only_a_signature_over_everything_is_whole() {
        assert!(Coverage::Whole.is_whole());
        assert!(!Coverage::Revision { bytes: 1, of: 1 }.is_whole());
    }
}
