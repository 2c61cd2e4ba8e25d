//! The roots that J-LIS publishes, and those of its test cards, are read as what they are.

use jpki_trust::{Environment, Kind, Root, TrustStore};
use myna_card::certificate::roots::{Hierarchy, KNOWN, Purpose};

#[test]
fn every_published_root_is_recognised_by_its_name() {
    assert!(KNOWN.len() >= 10, "three generations of two kinds, and four of test cards");
    for known in KNOWN {
        let root = Root::from_der(known.der).unwrap();
        let kind = match known.purpose {
            Purpose::UserAuthentication => Kind::Auth,
            Purpose::DigitalSignature => Kind::Sign,
        };
        let environment = match known.hierarchy {
            Hierarchy::Production => Environment::Production,
            Hierarchy::Test => Environment::Test,
        };
        assert_eq!((root.kind(), root.environment()), (kind, environment), "{known:?}");
    }
}

#[test]
fn generations_share_a_name_and_differ_in_their_key() {
    let mut store = TrustStore::new();
    KNOWN.iter().for_each(|known| store.add(Root::from_der(known.der).unwrap()));
    let auth = |root: &&Root| root.kind() == Kind::Auth && root.environment() == Environment::Production;
    let generations: Vec<_> = store.roots().filter(auth).collect();
    assert_eq!(generations.len(), 3);
    assert!(generations.iter().all(|root| root.name() == generations[0].name()));
    assert_ne!(generations[0].key_identifier(), generations[1].key_identifier());
    assert_ne!(generations[1].key_identifier(), generations[2].key_identifier());
}
