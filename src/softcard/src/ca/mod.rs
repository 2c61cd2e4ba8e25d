//! The test CA: authorities, certificates, revocation lists and OCSP answers of the real profile under `O=JPKI-TEST`.
//! Software cards get their certificates here, and makers of test vectors alter a [`CertificateSpec`] before it is
//! issued to get each kind of wrong one. Its keys are test keys of one user: no verifier may trust them unasked.

mod attributes;
mod authority;
mod crl;
mod names;
mod ocsp;
mod profile;
mod spec;

use std::sync::OnceLock;

pub use attributes::AttributeForm;
pub use authority::Authority;
pub use crl::{CrlSpec, Revoked};
pub use names::{Attribute, distinguished_name};
pub use ocsp::{OcspSpec, OcspStatus};
pub(crate) use profile::today_in_tokyo;
pub use profile::{POLICY_AUTH_TEST, POLICY_SIGN_TEST};
pub use spec::{CertificateSpec, Marked, SignatureAlgorithm, random_serial};

use crate::{Error, KeyStore};

/// What an authority certifies; the two families share nothing but their shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// 利用者証明用: for user authentication.
    Auth,
    /// 署名用: for digital signature.
    Sign,
}

/// Which of the family's keys. All three have one name and live at the same time, so a verifier that looks an issuer
/// up by name alone picks the wrong one two times out of three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Generation {
    /// 2015-10-20 to 2025-10-19.
    First,
    /// 2019-09-14 to 2029-09-14.
    Second,
    /// 2023-07-16 to 2033-07-15; the one that issues new cards.
    Third,
}

impl Family {
    /// Both families.
    pub const ALL: [Self; 2] = [Self::Auth, Self::Sign];
}

impl Generation {
    /// All generations, oldest first.
    pub const ALL: [Self; 3] = [Self::First, Self::Second, Self::Third];
    /// The one that issues today.
    pub const CURRENT: Self = Self::Third;
}

/// Two families of three self-signed authorities each; an authority is made when first asked for.
#[derive(Debug)]
pub struct TestCa {
    keys: KeyStore,
    authorities: [OnceLock<Authority>; 6],
}

impl TestCa {
    /// A CA whose keys come from `keys`: the same store always gives the same CA, to the byte.
    pub fn new(keys: KeyStore) -> Self {
        Self { keys, authorities: Default::default() }
    }

    /// This user's CA, the same in every process. What tests should take: its keys are made once.
    ///
    /// # Errors
    /// [`Error::NoCacheFolder`] for a user without one.
    pub fn shared() -> Result<Self, Error> {
        Ok(Self::new(KeyStore::shared()?))
    }

    /// Where this CA's keys come from; also good for the keys of test certificates.
    pub fn keys(&self) -> &KeyStore {
        &self.keys
    }

    /// One authority.
    ///
    /// # Errors
    /// Those of [`KeyStore::key`] when its key has to be made.
    pub fn authority(&self, family: Family, generation: Generation) -> Result<&Authority, Error> {
        let cell = &self.authorities[family as usize * Generation::ALL.len() + generation as usize];
        if let Some(authority) = cell.get() {
            return Ok(authority);
        }
        let key = self.keys.key(profile::authority_key_name(family, generation))?;
        let spec = CertificateSpec::ca(family, generation, &key.to_public_key())?;
        let made = Authority::self_signed(&spec, key)?;
        Ok(cell.get_or_init(|| made))
    }

    /// All six authorities: auth 01 to 03, then sign 01 to 03.
    ///
    /// # Errors
    /// Those of [`TestCa::authority`].
    pub fn all(&self) -> Result<Vec<&Authority>, Error> {
        let pairs = Family::ALL.into_iter().flat_map(|f| Generation::ALL.map(|g| (f, g)));
        pairs.map(|(family, generation)| self.authority(family, generation)).collect()
    }
}

#[cfg(test)]
mod tests;
