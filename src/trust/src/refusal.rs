//! Each way to say no: one word that stays the same, one sentence, one remedy.

use jpki_protocol::Language;
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

/// Writes the list of refusals once, so that word, sentence and remedy can't drift apart.
macro_rules! refusals {
    ($($variant:ident, $reason:literal, $remedy:ident, $message:literal;)*) => {
        /// Why a token, attributes or a certificate are not accepted.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
        #[non_exhaustive]
        pub enum Refusal {
            $(#[doc = $message] #[error($message)] $variant,)*
        }

        impl Refusal {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stable word for logs, programs and test vectors.
            pub fn reason(self) -> &'static str {
                match self { $(Self::$variant => $reason,)* }
            }

            /// What to do about it.
            pub fn remedy(self) -> Remedy {
                match self { $(Self::$variant => Remedy::$remedy,)* }
            }
        }
    };
}

refusals! {
    ChallengeUnknown, "challenge_unknown", StartAgain,
        "this session has no open challenge: none was set, or it was used already";
    ChallengeExpired, "challenge_expired", StartAgain,
        "the challenge was set more than five minutes ago";

    TokenTooLarge, "token_too_large", MendPage,
        "the token is longer than 10000 characters";
    TokenMalformed, "token_malformed", MendPage,
        "the token is not a JSON object with the members of a Web eID token, each once";
    FormatUnsupported, "format_unsupported", MendPage,
        "the token's format is not web-eid version 1";
    AlgorithmUnsupported, "algorithm_unsupported", MendPage,
        "the token's algorithm is not RS256, the one My Number Cards sign with";
    Base64Invalid, "base64_invalid", MendPage,
        "the token's certificate or signature is not padded base64 in its one canonical form";

    ResultTooLarge, "result_too_large", MendPage,
        "the result of readAttributes is longer than 65536 bytes";
    ResultMalformed, "result_malformed", MendPage,
        "the result of readAttributes is not a JSON object with attributes, source and token, each once and as the agent writes it";
    SourceNotAsAsked, "source_not_as_asked", AskAlike,
        "the attributes were read from another source than was asked for";
    AttributesNotAsAsked, "attributes_not_as_asked", AskAlike,
        "the attributes are more, fewer or others than were asked for";
    AttributesMalformed, "attributes_malformed", DoNotAccept,
        "an attribute is too long, holds invisible characters, is no date, or can't come from the source that is named";

    CertificateMalformed, "certificate_malformed", DoNotAccept,
        "the certificate can't be read as X.509, is too large, or has bytes after its end";
    CertificateNotCanonical, "certificate_not_canonical", DoNotAccept,
        "the certificate is not encoded in DER but in a looser form";
    CertificateVersion, "certificate_version", DoNotAccept,
        "the certificate is not of X.509 version 3";
    CertificateSerial, "certificate_serial", DoNotAccept,
        "the certificate's serial number is not positive or has more than 20 bytes";
    CertificateAlgorithm, "certificate_algorithm", DoNotAccept,
        "the certificate is not signed with sha256WithRSAEncryption, named alike inside and outside";
    KeyType, "key_type", DoNotAccept,
        "the certified key is not an RSA key";
    KeySize, "key_size", DoNotAccept,
        "the certified RSA key has fewer than 2048 or more than 4096 bits";
    KeyExponent, "key_exponent", DoNotAccept,
        "the certified RSA key's public exponent is even or smaller than 65537";
    ExtensionDuplicate, "extension_duplicate", DoNotAccept,
        "the certificate has the same extension twice";
    ExtensionMalformed, "extension_malformed", DoNotAccept,
        "an extension of the certificate can't be read";
    ExtensionUnknownCritical, "extension_unknown_critical", DoNotAccept,
        "the certificate has a critical extension that this verifier doesn't know";
    OtherNameDuplicate, "other_name_duplicate", DoNotAccept,
        "the certificate states the same attribute of its holder twice";
    CertificateIsCa, "certificate_is_ca", DoNotAccept,
        "the certificate belongs to a certification authority, not to a person";
    CertificateSelfSigned, "certificate_self_signed", DoNotAccept,
        "the certificate names itself as its issuer";

    IssuerUnknown, "issuer_unknown", CheckRoots,
        "the certificate's issuer is none of the pinned roots";
    IssuerKeyMissing, "issuer_key_missing", DoNotAccept,
        "the certificate doesn't say by which of its issuer's keys it was signed";
    IssuerKeyUnknown, "issuer_key_unknown", CheckRoots,
        "the issuer is known, but not the generation of its key that the certificate names";
    WrongKind, "wrong_kind", OtherCertificate,
        "the certificate is of the other kind: signature where authentication is asked, or the reverse";
    IssuerNotValid, "issuer_not_valid", RenewCertificate,
        "the issuing root is outside its own validity";
    CertificateSignature, "certificate_signature", DoNotAccept,
        "the issuer's signature on the certificate is wrong";
    CertificateNotYetValid, "certificate_not_yet_valid", CheckClock,
        "the certificate is not valid yet";
    CertificateExpired, "certificate_expired", RenewCertificate,
        "the certificate has expired";
    KeyUsage, "key_usage", DoNotAccept,
        "the certificate's key usage is missing, not critical, or not exactly that of its kind";
    ExtendedKeyUsage, "extended_key_usage", DoNotAccept,
        "the certificate's extended key usage is not that of its kind";
    Policy, "policy", DoNotAccept,
        "the certificate's policy is missing, not critical, or not that of its kind and root";
    TestCertificate, "test_certificate", DoNotAccept,
        "a production root issued a certificate with a test policy";

    SignatureInvalid, "signature_invalid", DoNotAccept,
        "the token's signature is not that of the certified key over this origin and challenge, and the attributes if there are some";
    HolderMalformed, "holder_malformed", DoNotAccept,
        "the signature certificate doesn't say who its holder is, or not in the prescribed form";
    SigningTime, "signing_time", AskSigner,
        "the signer claims a signing time outside of the certificate's validity";
    AttributesMismatch, "attributes_mismatch", DoNotAccept,
        "the attributes are not those in the signature certificate";

    Revoked, "revoked", RenewCertificate,
        "the certificate was revoked";
    RevocationUnknown, "revocation_unknown", DoNotAccept,
        "the OCSP responder doesn't know the certificate";
    CrlMalformed, "crl_malformed", TryLater,
        "a revocation list can't be read or asks for rules this verifier doesn't know, so revocation could not be checked";
    CrlIssuerUnknown, "crl_issuer_unknown", TryLater,
        "a revocation list was issued by none of the pinned roots, so revocation could not be checked";
    CrlSignature, "crl_signature", TryLater,
        "a revocation list's signature is wrong, so revocation could not be checked";
    CrlMissing, "crl_missing", TryLater,
        "there is no revocation list for this certificate, so revocation could not be checked";
    CrlStale, "crl_stale", TryLater,
        "the revocation list is out of date or not yet in force, so revocation could not be checked";
    OcspUnreachable, "ocsp_unreachable", TryLater,
        "the OCSP responder could not be reached, so revocation could not be checked";
    OcspMalformed, "ocsp_malformed", TryLater,
        "the OCSP response can't be read, so revocation could not be checked";
    OcspFailed, "ocsp_failed", TryLater,
        "the OCSP responder answered with an error, so revocation could not be checked";
    OcspResponder, "ocsp_responder", TryLater,
        "the OCSP response's signer may not answer for this issuer, so revocation could not be checked";
    OcspSignature, "ocsp_signature", TryLater,
        "the OCSP response's signature is wrong, so revocation could not be checked";
    OcspNonce, "ocsp_nonce", TryLater,
        "the OCSP response answers another request, so revocation could not be checked";
    OcspWrongCertificate, "ocsp_wrong_certificate", TryLater,
        "the OCSP response is about another certificate, so revocation could not be checked";
    OcspStale, "ocsp_stale", TryLater,
        "the OCSP response is out of date or not yet in force, so revocation could not be checked";
}

impl Refusal {
    /// Whether revocation could not be *checked*: says nothing against the certificate, and may pass by itself.
    pub fn is_temporary(self) -> bool {
        self.remedy() == Remedy::TryLater
    }
}

/// As an object with `reason`, `message`, `remedy` (in English) and `temporary`.
impl Serialize for Refusal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_struct("Refusal", 4)?;
        members.serialize_field("reason", self.reason())?;
        members.serialize_field("message", &self.to_string())?;
        members.serialize_field("remedy", self.remedy().english())?;
        members.serialize_field("temporary", &self.is_temporary())?;
        members.end()
    }
}

/// What can be done after a [`Refusal`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Remedy {
    /// A new challenge helps.
    StartAgain,
    /// The site's page or the program that made the answer is wrong.
    MendPage,
    /// The page asks its agent for something else than its server expects.
    AskAlike,
    /// Nothing helps: this is no token of a My Number Card.
    DoNotAccept,
    /// The site's operator may have forgotten a root.
    CheckRoots,
    /// The person took the wrong certificate.
    OtherCertificate,
    /// Whoever signed the document has to sign it again.
    AskSigner,
    /// The person needs a new certificate.
    RenewCertificate,
    /// The server's clock may be wrong.
    CheckClock,
    /// An outage: not the certificate's fault.
    TryLater,
}

impl Remedy {
    /// The remedy as a sentence.
    pub fn text(self, language: Language) -> &'static str {
        match language {
            Language::Ja => self.japanese(),
            Language::En => self.english(),
        }
    }

    fn english(self) -> &'static str {
        match self {
            Self::StartAgain => "Start again from the site's page: each attempt needs a fresh challenge.",
            Self::MendPage => "Hand the agent's answer to the server unchanged.",
            Self::AskAlike => "Let the page ask for the attributes and the source that its server expects.",
            Self::DoNotAccept => "Do not accept it; keep the reason for your records.",
            Self::CheckRoots => {
                "If certificates of this issuer are to be accepted, add its root certificate of every generation."
            }
            Self::OtherCertificate => "Use the certificate that the operation asks for.",
            Self::AskSigner => "Ask the signer to set their clock and to sign the document again.",
            Self::RenewCertificate => {
                "The certificate has to be renewed or reissued at the municipal office, or with the official app."
            }
            Self::CheckClock => "Check the server's clock, then try again.",
            Self::TryLater => "Nothing is said against the certificate: try again later.",
        }
    }

    fn japanese(self) -> &'static str {
        match self {
            Self::StartAgain => "サイトの画面から、もう一度はじめからやり直してください。",
            Self::MendPage => "エージェントが返した結果を、そのままサーバーに渡してください。",
            Self::AskAlike => "サーバーが期待する属性と取得元を、サイトの画面から要求してください。",
            Self::DoNotAccept => "受け付けないでください。理由は記録に残してください。",
            Self::CheckRoots => "この発行者の証明書を受け付ける場合は、すべての世代のルート証明書を登録してください。",
            Self::OtherCertificate => "操作が求める種類の電子証明書を使ってください。",
            Self::AskSigner => "署名した人に、時計を合わせて署名し直すよう求めてください。",
            Self::RenewCertificate => "市区町村の窓口または公式アプリで、電子証明書の更新または再発行をしてください。",
            Self::CheckClock => "サーバーの時計を確かめてから、もう一度お試しください。",
            Self::TryLater => "電子証明書に問題があるとは限りません。しばらくしてからもう一度お試しください。",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_has_a_word_of_its_own() {
        let mut words: Vec<_> = Refusal::ALL.iter().map(|refusal| refusal.reason()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Refusal::ALL.len());
        assert!(
            words.iter().all(|word| word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'))
        );
    }

    #[test]
    fn could_not_check_is_never_mistaken_for_revoked() {
        for &refusal in Refusal::ALL {
            let says_so = refusal.to_string().ends_with("so revocation could not be checked");
            assert_eq!(refusal.is_temporary(), says_so, "{}", refusal.reason());
        }
        assert!(!Refusal::Revoked.is_temporary());
    }
}
