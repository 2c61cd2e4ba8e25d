//! The verifier: every check in its order, from the cheapest to the one that may ask somebody else.

use jiff::Timestamp;
use jpki_protocol::token::signed_value;
use jpki_protocol::{Challenge, Origin};
use x509_parser::oid_registry::OID_X509_EXT_CRL_DISTRIBUTION_POINTS;

use crate::attributes::{Asked, Claim};
use crate::certificate::{Leaf, extension};
use crate::revocation::Subject;
use crate::token::Parts;
use crate::{
    CertificateFacts, ChallengeStore, Clock, Kind, Refusal, RevocationChecker, Root, SystemClock, TrustStore,
    VerifiedAttributes, VerifiedToken,
};

/// Verifies tokens and attributes for one site.
///
/// The site's origin, the roots and how revocation is checked are said once, and none has a default: whoever wants
/// no revocation check writes [`NotChecked`](crate::NotChecked), and every result repeats it.
pub struct Verifier {
    origin: Origin,
    roots: TrustStore,
    revocation: Box<dyn RevocationChecker>,
    kind: Kind,
    clock: Box<dyn Clock>,
}

impl Verifier {
    /// A verifier of authentication certificates by this machine's clock.
    pub fn new(origin: Origin, roots: TrustStore, revocation: impl RevocationChecker + 'static) -> Self {
        Self { origin, roots, revocation: Box::new(revocation), kind: Kind::Auth, clock: Box::new(SystemClock) }
    }

    /// Takes tokens of the other kind of certificate. Attributes say themselves which kind they need.
    #[must_use]
    pub fn with_kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// Judges by another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Takes the session's challenge out of the store, then verifies the token with it. This is what a server calls:
    /// the challenge is gone before the first byte of the token is read, so no token is ever accepted twice.
    ///
    /// # Errors
    /// A [`Refusal`] for whatever is not in order.
    pub fn verify_in_session(
        &self,
        token: &str,
        store: &dyn ChallengeStore,
        session: &str,
    ) -> Result<VerifiedToken, Refusal> {
        let challenge = store.redeem(session, self.clock.now())?;
        self.verify(token, &challenge)
    }

    /// Verifies a token, in JSON as the page sent it. The challenge must be the caller's own, and must have been used
    /// up *before* this call, or a token can be replayed.
    ///
    /// # Errors
    /// A [`Refusal`] for whatever is not in order.
    pub fn verify(&self, token: &str, challenge: &Challenge) -> Result<VerifiedToken, Refusal> {
        let now = self.clock.now();
        let parts = Parts::read(token)?;
        let leaf = Leaf::read(&parts.certificate)?;
        let root = self.prove(&leaf, &parts, self.kind, &signed_value(&self.origin, challenge), now)?;
        self.accept(&leaf, root, &parts, now)
    }

    /// As [`verify_in_session`](Self::verify_in_session), for attributes.
    ///
    /// # Errors
    /// A [`Refusal`] for whatever is not in order.
    pub fn verify_attributes_in_session(
        &self,
        result: &str,
        asked: Asked<'_>,
        store: &dyn ChallengeStore,
        session: &str,
    ) -> Result<VerifiedAttributes, Refusal> {
        let challenge = store.redeem(session, self.clock.now())?;
        self.verify_attributes(result, asked, &challenge)
    }

    /// Verifies what `readAttributes` gave the page: its result, in JSON as the page sent it. The result says by its
    /// [`Assurance`](crate::Assurance) what the attributes are good for; look at it.
    ///
    /// All four attributes of the signature certificate need roots of signature certificates, all else roots of
    /// authentication certificates. The challenge must have been used up before this call, as for
    /// [`verify`](Self::verify).
    ///
    /// # Errors
    /// A [`Refusal`] for whatever is not in order.
    pub fn verify_attributes(
        &self,
        result: &str,
        asked: Asked<'_>,
        challenge: &Challenge,
    ) -> Result<VerifiedAttributes, Refusal> {
        let now = self.clock.now();
        let claim = Claim::read(result, asked)?;
        let leaf = Leaf::read(&claim.parts.certificate)?;
        let signed = claim.signed_value(&self.origin, challenge);
        let root = self.prove(&leaf, &claim.parts, claim.kind(), &signed, now)?;
        claim.is_that_of_its_certificate()?;
        let token = self.accept(&leaf, root, &claim.parts, now)?;
        Ok(claim.accepted(token))
    }

    /// The certificate is in order, and its key made the token's signature. Gives the certificate's root.
    fn prove(
        &self,
        leaf: &Leaf<'_>,
        parts: &Parts,
        kind: Kind,
        signed: &[u8; 64],
        now: Timestamp,
    ) -> Result<&Root, Refusal> {
        let root = leaf.check_under(&self.roots, kind, now)?;
        // Origin and challenge come from this side alone: a token made for another site or session fails here.
        if !leaf.key.verifies(signed, &parts.signature) {
            return Err(Refusal::SignatureInvalid);
        }
        Ok(root)
    }

    /// The last step, which may ask somebody else.
    fn accept(&self, leaf: &Leaf<'_>, root: &Root, parts: &Parts, now: Timestamp) -> Result<VerifiedToken, Refusal> {
        let certificate = CertificateFacts::of(&leaf.x509, &parts.certificate, root)?;
        let points = extension(&leaf.x509, &OID_X509_EXT_CRL_DISTRIBUTION_POINTS).map(|points| points.value);
        let revocation = self.revocation.check(&Subject::new(root, leaf.x509.raw_serial(), points), now)?;
        Ok(VerifiedToken {
            origin: self.origin.clone(),
            verified_at: now,
            certificate,
            revocation,
            format: parts.format.clone(),
            app_version: parts.app_version.clone(),
        })
    }
}
