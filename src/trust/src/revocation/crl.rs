//! Certificate revocation lists (RFC 5280, section 5), which J-LIS makes daily and which work without a network.

use std::collections::HashSet;

use jiff::Timestamp;
use x509_parser::oid_registry::{
    OID_X509_EXT_AUTHORITY_KEY_IDENTIFIER, OID_X509_EXT_CRL_NUMBER, OID_X509_EXT_REASON_CODE,
};
use x509_parser::oid_registry::{OID_X509_EXT_INVALIDITY_DATE, OID_X509_EXT_ISSUER_DISTRIBUTION_POINT};
use x509_parser::pem::Pem;
use x509_parser::prelude::FromDer as _;
use x509_parser::revocation_list::CertificateRevocationList;

use super::scope::Scope;
use super::{Revocation, RevocationChecker, RevocationSource, SKEW, Subject};
use crate::certificate::{authority_key_identifier, is_sha256_with_rsa, moment};
use crate::der::Signed;
use crate::{Refusal, Root, TrustStore};

/// Revocation lists that were read, and whose signatures were checked against pinned roots.
#[derive(Debug, Clone, Default)]
pub struct CrlFiles {
    lists: Vec<List>,
}

#[derive(Debug, Clone)]
struct List {
    root: [u8; 32],
    scope: Scope,
    this_update: Timestamp,
    /// A list that doesn't say when the next one comes is never fresh.
    next_update: Option<Timestamp>,
    serials: HashSet<Vec<u8>>,
}

impl CrlFiles {
    /// No lists yet: every check answers [`Refusal::CrlMissing`].
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the contents of a file: one list in DER, or any number in PEM (`X509 CRL`).
    ///
    /// # Errors
    /// [`Refusal::CrlMalformed`], [`Refusal::CrlIssuerUnknown`] or [`Refusal::CrlSignature`]; nothing was added then.
    pub fn add(&mut self, file: &[u8], roots: &TrustStore) -> Result<(), Refusal> {
        let ders = if file.first() == Some(&0x30) {
            vec![file.to_vec()]
        } else {
            let blocks = Pem::iter_from_buffer(file).collect::<Result<Vec<_>, _>>();
            let blocks = blocks.map_err(|_| Refusal::CrlMalformed)?;
            if blocks.is_empty() || blocks.iter().any(|block| block.label != "X509 CRL") {
                return Err(Refusal::CrlMalformed);
            }
            blocks.into_iter().map(|block| block.contents).collect()
        };
        let lists = ders.iter().map(|der| List::read(der, roots)).collect::<Result<Vec<_>, _>>()?;
        self.lists.extend(lists);
        Ok(())
    }

    /// When the first list is due to be replaced, of those that no newer one has replaced. None without any list, and if one of them
    /// doesn't say.
    pub fn fresh_until(&self) -> Option<Timestamp> {
        let replaces = |new: &List, old: &List| {
            new.root == old.root && new.scope == old.scope && old.this_update < new.this_update
        };
        let current = self.lists.iter().filter(|old| !self.lists.iter().any(|new| replaces(new, old)));
        current.map(|list| list.next_update).min().flatten()
    }
}

impl RevocationChecker for CrlFiles {
    fn check(&self, subject: &Subject<'_>, now: Timestamp) -> Result<Revocation, Refusal> {
        let is_about =
            |list: &&List| list.root == *subject.root.fingerprint() && list.scope.covers(subject.distribution_points);
        // The newest one decides: a certificate may have been on hold and released since.
        let list = self.lists.iter().filter(is_about).max_by_key(|list| list.this_update).ok_or(Refusal::CrlMissing)?;
        let fresh = list.this_update <= now.saturating_add(SKEW).map_err(|_| Refusal::CrlStale)?
            && list.next_update.is_some_and(|next| now <= next);
        if !fresh {
            return Err(Refusal::CrlStale);
        }
        if list.serials.contains(subject.serial) {
            return Err(Refusal::Revoked);
        }
        Ok(Revocation::Checked { by: RevocationSource::Crl, as_of: list.this_update })
    }
}

impl List {
    fn read(der: &[u8], roots: &TrustStore) -> Result<Self, Refusal> {
        let signed = Signed::read(der).map_err(|_| Refusal::CrlMalformed)?;
        let Ok(([], crl)) = CertificateRevocationList::from_der(der) else { return Err(Refusal::CrlMalformed) };
        let root = signer(&crl, &signed, roots)?;
        let mut scope = Scope::Everything;
        for extension in crl.extensions() {
            if extension.oid == OID_X509_EXT_ISSUER_DISTRIBUTION_POINT {
                scope = Scope::read(extension.value).map_err(|_| Refusal::CrlMalformed)?;
            }
            let is_known = extension.oid == OID_X509_EXT_ISSUER_DISTRIBUTION_POINT
                || extension.oid == OID_X509_EXT_AUTHORITY_KEY_IDENTIFIER
                || extension.oid == OID_X509_EXT_CRL_NUMBER;
            if extension.critical && !is_known {
                return Err(Refusal::CrlMalformed);
            }
        }
        let time = |time| moment(time).map_err(|_| Refusal::CrlMalformed);
        Ok(Self {
            root: *root.fingerprint(),
            scope,
            this_update: time(crl.last_update())?,
            next_update: crl.next_update().map(time).transpose()?,
            serials: serials(&crl)?,
        })
    }
}

/// The root that signed a list. A list without a key identifier is tried on every generation of its issuer.
fn signer<'s>(
    crl: &CertificateRevocationList<'_>,
    signed: &Signed<'_>,
    roots: &'s TrustStore,
) -> Result<&'s Root, Refusal> {
    let key = authority_key_identifier(crl.extensions());
    let is_candidate = |root: &&Root| key.is_none_or(|key| key == root.key_identifier());
    let candidates: Vec<_> = roots.named(crl.issuer().as_raw()).filter(is_candidate).collect();
    if candidates.is_empty() {
        return Err(Refusal::CrlIssuerUnknown);
    }
    let inside = is_sha256_with_rsa(&crl.tbs_cert_list.signature);
    candidates.into_iter().find(|root| inside && root.key().signed(signed)).ok_or(Refusal::CrlSignature)
}

fn serials(crl: &CertificateRevocationList<'_>) -> Result<HashSet<Vec<u8>>, Refusal> {
    crl.iter_revoked_certificates()
        .map(|entry| {
            let known = entry.extensions().iter().all(|extension| {
                let harmless =
                    extension.oid == OID_X509_EXT_REASON_CODE || extension.oid == OID_X509_EXT_INVALIDITY_DATE;
                // A critical certificateIssuer would make this somebody else's certificate.
                harmless || !extension.critical
            });
            if known { Ok(entry.raw_serial().to_vec()) } else { Err(Refusal::CrlMalformed) }
        })
        .collect()
}
