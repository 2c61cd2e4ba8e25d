//! People who sign documents: keys and certificates of the software card's test CA, as of the spring of 2026.

use std::io::Write as _;

use jiff::Timestamp;
use jpki_signing::cms::CmsDraft;
use jpki_signing::pdf::{PdfDraft, PdfOptions};
use jpki_signing::xml::XmlDraft;
use jpki_signing::{Draft, Signer};
use jpki_softcard::ca::{Authority, CertificateSpec, CrlSpec, Family, Generation, TestCa};
use jpki_softcard::rsa::sha2::Sha256;
use jpki_softcard::rsa::{Pkcs1v15Sign, RsaPrivateKey};
use jpki_softcard::{Holder, KeyStore};

/// When documents are judged.
pub(crate) const NOW: &str = "2026-04-01T12:00:00Z";
/// When signers claim to have signed.
pub(crate) const CLAIMED: &str = "2026-03-31T09:30:15Z";

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn ca() -> TestCa {
    TestCa::new(KeyStore::shared().unwrap())
}

/// The pinned root of a family, PEM.
pub(crate) fn root_pem(family: Family) -> String {
    ca().authority(family, Generation::Third).unwrap().certificate_pem()
}

/// A revocation list of the root of signature certificates.
pub(crate) fn revocation_list(serials: &[&[u8]]) -> Vec<u8> {
    let (made, next) = (time("2026-04-01T00:00:00Z"), time("2026-04-02T06:00:00Z"));
    let list = CrlSpec::new(serials.iter().copied(), made.into(), next.into());
    ca().authority(Family::Sign, Generation::Third).unwrap().crl(&list).unwrap()
}

/// A PDF of one empty page (ISO 32000-1, section 7.5).
pub(crate) fn plain_pdf() -> Vec<u8> {
    let objects = [
        "<</Type /Catalog /Pages 2 0 R>>",
        "<</Type /Pages /Kids [3 0 R] /Count 1>>",
        "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842]>>",
    ];
    let mut file = "%PDF-1.7\n".to_owned();
    let mut table = "xref\n0 4\n0000000000 65535 f \n".to_owned();
    for (number, object) in (1..).zip(objects) {
        table += &format!("{:010} 00000 n \n", file.len());
        file += &format!("{number} 0 obj\n{object}\nendobj\n");
    }
    let start = file.len();
    (file + &table + &format!("trailer\n<</Size 4 /Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n")).into_bytes()
}

/// Somebody with a card.
pub(crate) struct Person {
    pub(crate) key: RsaPrivateKey,
    pub(crate) certificate: Vec<u8>,
    pub(crate) serial: Vec<u8>,
    /// What they say of the time.
    pub(crate) claims: Timestamp,
}

impl Person {
    /// 見本　花子 with a signature certificate that is in order.
    pub(crate) fn good() -> Self {
        Self::with(|_| ())
    }

    /// The same, with a certificate altered before it was issued.
    pub(crate) fn with(alter: impl FnOnce(&mut CertificateSpec)) -> Self {
        let ca = ca();
        Self::issued(Family::Sign, &ca, ca.authority(Family::Sign, Generation::Third).unwrap(), alter)
    }

    /// With an authentication certificate, which no card would sign a document with.
    pub(crate) fn with_authentication_certificate() -> Self {
        let ca = ca();
        Self::issued(Family::Auth, &ca, ca.authority(Family::Auth, Generation::Third).unwrap(), |_| ())
    }

    /// With a certificate of somebody who gave their own root the name of the real one.
    pub(crate) fn with_foreign_certificate() -> Self {
        let ca = ca();
        let key = ca.keys().key("foreign-root").unwrap();
        let spec = CertificateSpec::ca(Family::Sign, Generation::Third, &key.to_public_key()).unwrap();
        Self::issued(Family::Sign, &ca, &Authority::self_signed(&spec, key).unwrap(), |_| ())
    }

    fn issued(family: Family, ca: &TestCa, issuer: &Authority, alter: impl FnOnce(&mut CertificateSpec)) -> Self {
        let key = ca.keys().key("card-sign").unwrap();
        let make = if family == Family::Sign { CertificateSpec::sign } else { CertificateSpec::auth };
        let mut spec = make(&Holder::default(), issuer, &key.to_public_key()).unwrap();
        spec.not_before = time("2025-04-01T03:00:00Z").into();
        spec.not_after = time("2030-04-01T14:59:59Z").into();
        alter(&mut spec);
        Self { certificate: issuer.issue(&spec).unwrap(), serial: spec.serial.clone(), claims: time(CLAIMED), key }
    }

    /// The whole way of a draft.
    pub(crate) fn sign(&self, draft: &mut dyn Draft) -> Vec<u8> {
        let signer = Signer { certificate: self.certificate.clone(), time: self.claims };
        let digest = draft.digest(&signer).unwrap();
        let signature = self.key.sign(Pkcs1v15Sign::new::<Sha256>(), &digest).unwrap();
        let mut file = Vec::new();
        draft.finish(&signature, &mut file).unwrap();
        file
    }

    /// A CMS signature apart from its document.
    pub(crate) fn cms(&self, content: &[u8]) -> Vec<u8> {
        self.sign(&mut CmsDraft::new(jpki_signing::sha256(&mut &content[..]).unwrap()))
    }

    /// An XML document with the signature in it.
    pub(crate) fn xml(&self, document: &[u8]) -> Vec<u8> {
        self.sign(&mut XmlDraft::enveloped(document.to_vec()).unwrap())
    }

    /// A PDF with one more signature in it.
    pub(crate) fn pdf(&self, document: &[u8]) -> Vec<u8> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(document).unwrap();
        self.sign(&mut PdfDraft::open(file.path(), &PdfOptions::default()).unwrap())
    }

    /// An XML signature apart from its document.
    pub(crate) fn xml_apart(&self, content: &[u8]) -> Vec<u8> {
        self.sign(&mut XmlDraft::detached("promise.txt", &mut &content[..]).unwrap())
    }
}
