//! Signed documents: whether the certificates of their signatures are to be believed, and who signed.
//! Servers and the command `jpki-verify` come in with a file through [`read()`], which checks every signature and its
//! document, and with what it found through [`DocumentVerifier`], which judges the certificates.
//! No file is ever written, no time the signer claims is taken for true, and no certificate beside the signer's read.
//!
//! ```no_run
//! use jpki_trust::document::{self, DocumentVerifier};
//! use jpki_trust::{NotChecked, TrustStore};
//!
//! # fn run(roots: TrustStore) -> Result<(), Box<dyn std::error::Error>> {
//! let signatures = document::read("contract.pdf".as_ref(), None)?;
//! let judged = DocumentVerifier::new(roots, NotChecked).judge(&signatures);
//! if judged.is_accepted() {
//!     // every signature holds, and every certificate is in order
//! }
//! # Ok(()) }
//! ```

mod file;
mod judged;

use jiff::Timestamp;
use jpki_signing::{DocumentSignature, holder};
use x509_parser::oid_registry::OID_X509_EXT_CRL_DISTRIBUTION_POINTS;

use crate::certificate::{Leaf, extension, moment};
use crate::revocation::Subject;
use crate::{CertificateFacts, Clock, Kind, Refusal, Revocation, RevocationChecker, Root, SystemClock, TrustStore};

pub use file::read;
pub use judged::{JudgedDocument, JudgedSignature, SignedBy, Verdict};

/// Judges who signed documents: signature certificates under pinned roots.
///
/// Roots and the way of checking revocation are said once, and neither has a default, as with
/// [`Verifier`](crate::Verifier).
pub struct DocumentVerifier {
    roots: TrustStore,
    revocation: Box<dyn RevocationChecker>,
    clock: Box<dyn Clock>,
}

impl DocumentVerifier {
    /// A verifier by this machine's clock.
    pub fn new(roots: TrustStore, revocation: impl RevocationChecker + 'static) -> Self {
        Self { roots, revocation: Box::new(revocation), clock: Box::new(SystemClock) }
    }

    /// Judges by another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Judges the certificate of each signature, as of now.
    ///
    /// The signing time counts against a signature only: one outside of the certificate's validity is refused, but an
    /// expired certificate is refused whatever the signer says of the time, for who has the key can claim any.
    pub fn judge(&self, signatures: &[DocumentSignature]) -> JudgedDocument {
        let now = self.clock.now();
        let judge = |(number, signature)| self.judge_one(number, signature, now);
        JudgedDocument { verified_at: now, signatures: (1..).zip(signatures).map(judge).collect() }
    }

    fn judge_one(&self, number: usize, signature: &DocumentSignature, now: Timestamp) -> JudgedSignature {
        let mut judged = JudgedSignature::of(number, signature);
        match Leaf::read(&signature.certificate) {
            Ok(leaf) => {
                judged.signed_by = self.signed_by(&leaf, signature, now).ok();
                judged.verdict = self.verdict(&leaf, signature, now).into();
            }
            Err(refusal) => judged.verdict = Verdict::Refused(refusal),
        }
        judged
    }

    fn verdict(&self, leaf: &Leaf<'_>, signature: &DocumentSignature, now: Timestamp) -> Result<Revocation, Refusal> {
        let root = leaf.check_under(&self.roots, Kind::Sign, now)?;
        if let Some(claimed) = signature.time
            && !is_valid_at(leaf, claimed)?
        {
            return Err(Refusal::SigningTime);
        }
        holder::read(&signature.certificate).map_err(|_| Refusal::HolderMalformed)?;
        let points = extension(&leaf.x509, &OID_X509_EXT_CRL_DISTRIBUTION_POINTS).map(|points| points.value);
        self.revocation.check(&Subject::new(root, leaf.x509.raw_serial(), points), now)
    }

    /// Who signed, if a pinned root ever vouched for it: what a certificate of strangers says is nobody's word.
    fn signed_by(&self, leaf: &Leaf<'_>, signature: &DocumentSignature, now: Timestamp) -> Result<SignedBy, Refusal> {
        let root = self.issuer(leaf, now)?;
        let holder = holder::read(&signature.certificate).map_err(|_| Refusal::HolderMalformed)?;
        Ok(SignedBy {
            holder,
            certificate: CertificateFacts::of(&leaf.x509, &signature.certificate, root)?,
            valid_now: is_valid_at(leaf, now)?,
            valid_when_claimed: signature.time.map(|claimed| is_valid_at(leaf, claimed)).transpose()?,
        })
    }

    /// The root under which the certificate is, or was on its first day, in order but for revocation.
    fn issuer(&self, leaf: &Leaf<'_>, now: Timestamp) -> Result<&Root, Refusal> {
        let issued = moment(leaf.x509.validity().not_before)?;
        let at = |time| leaf.check_under(&self.roots, Kind::Sign, time);
        at(now).or_else(|_| at(issued))
    }
}

/// Both ends belong to the validity (RFC 5280, section 4.1.2.5).
fn is_valid_at(leaf: &Leaf<'_>, time: Timestamp) -> Result<bool, Refusal> {
    let validity = leaf.x509.validity();
    Ok((moment(validity.not_before)?..=moment(validity.not_after)?).contains(&time))
}
