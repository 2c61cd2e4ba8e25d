//! What a certificate of each kind must look like: the profile as a table.
//!
//! Source: the JPKI certificate profile specification of J-LIS, confirmed on published test certificates.

use serde::Serialize;

/// The two kinds of certificate on a card; each has roots of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// 利用者証明用電子証明書: proves who is there, has no personal data.
    Auth,
    /// 署名用電子証明書: signs documents, carries name, address, birth date and sex.
    Sign,
}

/// Where a root belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// Roots under which real people are certified.
    Production,
    /// Roots of test cards (`O=JPKI-TEST`), whose keys prove nothing about anybody.
    Test,
}

/// The demands on a leaf of one kind under one environment's roots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Profile {
    pub(crate) kind: Kind,
    pub(crate) environment: Environment,
    /// The one certificate policy, dotted.
    pub(crate) policy: &'static str,
    /// All key usage bits, bit 0 being digitalSignature (RFC 5280, section 4.2.1.3).
    pub(crate) key_usage: u16,
    /// Whether extended key usage must name clientAuth; otherwise the extension must be absent.
    pub(crate) client_auth: bool,
}

const DIGITAL_SIGNATURE: u16 = 1;
const NON_REPUDIATION: u16 = 1 << 1;

/// Card certificates only: the policies of certificates on phones are not published.
const PROFILES: [Profile; 4] = [
    Profile {
        kind: Kind::Auth,
        environment: Environment::Production,
        policy: "1.2.392.200149.8.5.1.3.30",
        key_usage: DIGITAL_SIGNATURE,
        client_auth: true,
    },
    Profile {
        kind: Kind::Auth,
        environment: Environment::Test,
        policy: "1.2.392.200149.8.5.1.0.30",
        key_usage: DIGITAL_SIGNATURE,
        client_auth: true,
    },
    Profile {
        kind: Kind::Sign,
        environment: Environment::Production,
        policy: "1.2.392.200149.8.5.1.1.20",
        key_usage: DIGITAL_SIGNATURE | NON_REPUDIATION,
        client_auth: false,
    },
    Profile {
        kind: Kind::Sign,
        environment: Environment::Test,
        policy: "1.2.392.200149.8.5.1.0.20",
        key_usage: DIGITAL_SIGNATURE | NON_REPUDIATION,
        client_auth: false,
    },
];

impl Profile {
    /// The row for a kind and an environment.
    pub(crate) fn of(kind: Kind, environment: Environment) -> &'static Self {
        let is_it = |row: &&Self| row.kind == kind && row.environment == environment;
        // Every pair has its row, as a test below says; the fallback is the strictest row.
        PROFILES.iter().find(is_it).unwrap_or(&PROFILES[0])
    }

    /// Whether a policy marks test certificates, of either kind.
    pub(crate) fn is_test_policy(policy: &str) -> bool {
        PROFILES.iter().any(|row| row.environment == Environment::Test && row.policy == policy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_and_environment_has_its_own_row_and_policy() {
        let mut policies = Vec::new();
        for kind in [Kind::Auth, Kind::Sign] {
            for environment in [Environment::Production, Environment::Test] {
                let row = Profile::of(kind, environment);
                assert_eq!((row.kind, row.environment), (kind, environment));
                assert_eq!(Profile::is_test_policy(row.policy), environment == Environment::Test);
                policies.push(row.policy);
            }
        }
        policies.sort_unstable();
        policies.dedup();
        assert_eq!(policies.len(), 4);
    }
}
