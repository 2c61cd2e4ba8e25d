use std::time::{Duration, SystemTime};

use rsa::{RsaPublicKey, pkcs1v15::Pkcs1v15Sign, pkcs8::DecodePublicKey as _, sha2::Digest as _, sha2::Sha256};
use x509_cert::{
    Certificate, TbsCertificate,
    crl::CertificateList,
    der::{Decode as _, Encode as _, asn1::Utf8StringRef},
    ext::pkix::{
        AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies, CrlReason, ExtendedKeyUsage, KeyUsage,
        SubjectAltName, SubjectKeyIdentifier, name::GeneralName,
    },
};
use x509_ocsp::{BasicOcspResponse, CertStatus, OcspResponse, ResponderId};

use super::*;
use crate::{Gender, Holder};

fn holder() -> Holder {
    Holder::default()
}

fn current(family: Family) -> Authority {
    TestCa::shared().unwrap().authority(family, Generation::CURRENT).unwrap().clone()
}

fn issued(family: Family) -> Certificate {
    let authority = current(family);
    let key = KeyStore::shared().unwrap().key("card-auth").unwrap().to_public_key();
    let spec = match family {
        Family::Auth => CertificateSpec::auth(&holder(), &authority, &key),
        Family::Sign => CertificateSpec::sign(&holder(), &authority, &key),
    };
    Certificate::from_der(&authority.issue(&spec.unwrap()).unwrap()).unwrap()
}

fn verifies(authority: &Authority, body: &impl x509_cert::der::Encode, signature: &[u8]) -> bool {
    let certificate = Certificate::from_der(authority.certificate()).unwrap();
    let key = certificate.tbs_certificate.subject_public_key_info.to_der().unwrap();
    let key = RsaPublicKey::from_public_key_der(&key).unwrap();
    let hash = Sha256::digest(body.to_der().unwrap());
    key.verify(Pkcs1v15Sign::new::<Sha256>(), &hash, signature).is_ok()
}

#[test]
fn three_generations_have_one_name_and_three_keys() {
    let ca = TestCa::shared().unwrap();
    for family in Family::ALL {
        let all = Generation::ALL.map(|g| ca.authority(family, g).unwrap());
        assert!(all.iter().all(|a| a.subject() == all[0].subject()));
        assert_ne!(all[0].key_identifier(), all[1].key_identifier());
        assert_ne!(all[1].key_identifier(), all[2].key_identifier());
        assert_ne!(all[0].key_identifier(), all[2].key_identifier());
        let parsed = Certificate::from_der(all[2].certificate()).unwrap();
        assert!(verifies(all[2], &parsed.tbs_certificate, parsed.signature.raw_bytes()));
        let tbs = parsed.tbs_certificate;
        assert_eq!(tbs.issuer, tbs.subject);
        assert!(tbs.subject.to_string().contains("O=JPKI-TEST"));
        let (critical, constraints) = tbs.get::<BasicConstraints>().unwrap().unwrap();
        assert!(critical && constraints.ca);
        let (critical, usage) = tbs.get::<KeyUsage>().unwrap().unwrap();
        assert!(critical && usage.key_cert_sign() && usage.crl_sign() && !usage.digital_signature());
        assert!(tbs.get::<AuthorityKeyIdentifier>().unwrap().is_none());
    }
    let first = |family| ca.authority(family, Generation::First).unwrap().subject();
    assert_ne!(first(Family::Auth), first(Family::Sign));
}

#[test]
fn the_same_store_gives_the_same_ca_to_the_byte() {
    let of = || TestCa::shared().unwrap().authority(Family::Sign, Generation::Third).unwrap().certificate().to_vec();
    assert_eq!(of(), of());
}

#[test]
fn the_authentication_certificate_has_its_profile_and_nobodys_name() {
    let certificate = issued(Family::Auth);
    let authority = current(Family::Auth);
    assert!(verifies(&authority, &certificate.tbs_certificate, certificate.signature.raw_bytes()));
    let tbs = certificate.tbs_certificate;
    let subject = tbs.subject.to_string();
    assert_eq!(subject.len(), "CN=".len() + 23 + ",C=JP".len(), "{subject}");
    let (critical, usage) = tbs.get::<KeyUsage>().unwrap().unwrap();
    assert!(critical && usage.digital_signature() && !usage.non_repudiation());
    let (critical, purposes) = tbs.get::<ExtendedKeyUsage>().unwrap().unwrap();
    assert!(!critical && purposes.0.len() == 1 && purposes.0[0].to_string() == "1.3.6.1.5.5.7.3.2");
    let (critical, policies) = tbs.get::<CertificatePolicies>().unwrap().unwrap();
    assert!(critical && policies.0[0].policy_identifier.to_string() == POLICY_AUTH_TEST);
    let (_, issuer) = tbs.get::<AuthorityKeyIdentifier>().unwrap().unwrap();
    assert_eq!(issuer.key_identifier.unwrap().as_bytes(), authority.key_identifier());
    assert_eq!(issuer.authority_cert_serial_number.unwrap().as_bytes(), authority.serial());
    assert!(tbs.get::<SubjectKeyIdentifier>().unwrap().is_some());
    assert!(tbs.get::<SubjectAltName>().unwrap().is_none());
}

/// The attributes in the subjectAltName: the last arc of each identifier, and its value.
fn attributes(tbs: &TbsCertificate) -> Vec<(String, String)> {
    let (_, names) = tbs.get::<SubjectAltName>().unwrap().unwrap();
    names
        .0
        .iter()
        .map(|name| {
            let GeneralName::OtherName(other) = name else { panic!("{name:?}") };
            let number = other.type_id.to_string().rsplit_once('.').unwrap().1.to_owned();
            (number, Utf8StringRef::try_from(&other.value).unwrap().as_str().to_owned())
        })
        .collect()
}

#[test]
fn the_signature_certificate_carries_the_holders_attributes_in_the_real_order() {
    let tbs = issued(Family::Sign).tbs_certificate;
    let (critical, usage) = tbs.get::<KeyUsage>().unwrap().unwrap();
    assert!(critical && usage.digital_signature() && usage.non_repudiation());
    assert!(tbs.get::<ExtendedKeyUsage>().unwrap().is_none());
    let (_, policies) = tbs.get::<CertificatePolicies>().unwrap().unwrap();
    assert_eq!(policies.0[0].policy_identifier.to_string(), POLICY_SIGN_TEST);
    let values = attributes(&tbs);
    let expected = [
        ("1", "見本　花子"),
        ("4", "419900401"),
        ("3", "2"),
        ("5", "東京都架空市見本町一丁目２番３号"),
        ("2", "00000"),
        ("6", "0000000000000000"),
    ];
    assert_eq!(values, expected.map(|(number, value)| (number.to_owned(), value.to_owned())));
}

#[test]
fn the_attributes_can_be_written_otherwise() {
    let authority = current(Family::Sign);
    let key = KeyStore::shared().unwrap().key("card-sign").unwrap();
    let form = AttributeForm {
        name_substitutes: Some("01000".to_owned()),
        address_substitutes: Some("2".to_owned()),
        era: Some('7'),
    };
    let holder = Holder { birthdate: "1950-00-00".parse().unwrap(), gender: Gender::Unknown, ..holder() };
    let spec = CertificateSpec::sign_in_form(&holder, &form, &authority, &key.to_public_key()).unwrap();
    let tbs = Certificate::from_der(&authority.issue(&spec).unwrap()).unwrap().tbs_certificate;
    let values = attributes(&tbs);
    for (number, value) in [("4", "719500000"), ("3", "0"), ("2", "01000"), ("6", "2")] {
        assert!(values.contains(&(number.to_owned(), value.to_owned())), "{values:?}");
    }
    let unwritable = AttributeForm { era: Some('x'), ..AttributeForm::default() };
    assert!(matches!(unwritable.check(), Err(Error::Holder { field: "era", .. })));
    let unwritable = AttributeForm { name_substitutes: Some("0a".to_owned()), ..AttributeForm::default() };
    assert!(matches!(unwritable.check(), Err(Error::Holder { field: "substitute characters", .. })));
}

#[test]
fn a_certificate_can_have_ended_and_never_ends_before_it_begins() {
    let authority = current(Family::Auth);
    let key = KeyStore::shared().unwrap().key("card-auth").unwrap();
    let mut spec = CertificateSpec::auth(&holder(), &authority, &key.to_public_key()).unwrap();
    let issued = spec.not_before;
    spec.end_on(jiff::civil::date(2024, 2, 29)).unwrap();
    let at = |text: &str| SystemTime::from(text.parse::<jiff::Timestamp>().unwrap());
    assert_eq!(spec.not_after, at("2024-02-29T14:59:59Z"));
    assert_eq!(spec.not_before, at("2019-02-27T15:00:00Z"));
    let mut spec = CertificateSpec::auth(&holder(), &authority, &key.to_public_key()).unwrap();
    spec.end_on(jiff::civil::date(2099, 12, 31)).unwrap();
    assert!(spec.not_before >= issued);
}

#[test]
fn an_altered_specification_is_issued_as_it_is() {
    let authority = current(Family::Auth);
    let key = KeyStore::shared().unwrap().key("card-auth").unwrap();
    let mut spec = CertificateSpec::auth(&holder(), &authority, &key.to_public_key()).unwrap();
    spec.not_before = SystemTime::UNIX_EPOCH;
    spec.not_after = SystemTime::UNIX_EPOCH + Duration::from_secs(90 * 365 * 86_400);
    spec.signature = SignatureAlgorithm::Sha1WithRsa;
    spec.key_usage = None;
    spec.issuer = Some(distinguished_name(&[(Attribute::CommonName, "somebody else")]).unwrap());
    let parsed = Certificate::from_der(&authority.issue(&spec).unwrap()).unwrap();
    assert_eq!(parsed.signature_algorithm.oid.to_string(), "1.2.840.113549.1.1.5");
    let tbs = parsed.tbs_certificate;
    assert!(tbs.get::<KeyUsage>().unwrap().is_none());
    assert_eq!(tbs.issuer.to_string(), "CN=somebody else");
    assert_eq!(tbs.validity.not_before.to_system_time(), spec.not_before);
    assert_eq!(tbs.validity.not_after.to_system_time(), spec.not_after);
}

#[test]
fn a_subordinate_authority_issues_under_its_own_name() {
    let root = current(Family::Auth);
    let key = KeyStore::shared().unwrap().key("card-sign").unwrap();
    let mut spec = CertificateSpec::ca(Family::Sign, Generation::First, &key.to_public_key()).unwrap();
    spec.subject = distinguished_name(&[(Attribute::CommonName, "between")]).unwrap();
    let between = root.subordinate(&spec, key).unwrap();
    let parsed = Certificate::from_der(between.certificate()).unwrap();
    assert_eq!(parsed.tbs_certificate.issuer, *root.subject());
    assert!(verifies(&root, &parsed.tbs_certificate, parsed.signature.raw_bytes()));
    let leaf = CertificateSpec::auth(&holder(), &between, &between.key().to_public_key()).unwrap();
    let leaf = Certificate::from_der(&between.issue(&leaf).unwrap()).unwrap();
    assert!(verifies(&between, &leaf.tbs_certificate, leaf.signature.raw_bytes()));
    let (_, aki) = leaf.tbs_certificate.get::<AuthorityKeyIdentifier>().unwrap().unwrap();
    assert_eq!(aki.authority_cert_issuer.unwrap(), [GeneralName::DirectoryName(root.subject().clone())]);
}

fn day(number: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(number * 86_400)
}

#[test]
fn a_revocation_list_says_what_its_specification_says() {
    let authority = current(Family::Sign);
    let serials: [&[u8]; 2] = [&[0x01], &[0x7F, 0x01]];
    let mut spec = CrlSpec::new(serials, day(20_000), day(20_001));
    spec.revoked[1].reason = Some(CrlReason::KeyCompromise);
    let list = CertificateList::from_der(&authority.crl(&spec).unwrap()).unwrap();
    assert!(verifies(&authority, &list.tbs_cert_list, list.signature.raw_bytes()));
    let list = list.tbs_cert_list;
    assert_eq!(list.issuer, *authority.subject());
    assert_eq!(list.this_update.to_system_time(), day(20_000));
    assert_eq!(list.next_update.unwrap().to_system_time(), day(20_001));
    let revoked = list.revoked_certificates.unwrap();
    assert_eq!(revoked.iter().map(|entry| entry.serial_number.as_bytes()).collect::<Vec<_>>(), serials);
    assert!(revoked[0].crl_entry_extensions.is_none() && revoked[1].crl_entry_extensions.is_some());
    let empty = CrlSpec::new([], day(1), day(2));
    let list = CertificateList::from_der(&authority.crl(&empty).unwrap()).unwrap();
    assert!(list.tbs_cert_list.revoked_certificates.is_none(), "RFC 5280: absent, not empty");
}

#[test]
fn an_ocsp_answer_is_signed_by_the_authority_or_its_delegate() {
    let authority = current(Family::Auth);
    let key = KeyStore::shared().unwrap().key("ocsp-responder").unwrap();
    let spec = CertificateSpec::ocsp_responder(&authority, &key.to_public_key()).unwrap();
    let delegate = authority.subordinate(&spec, key).unwrap();
    let revoked = OcspStatus::Revoked(day(19_000), Some(CrlReason::Superseded));
    let mut spec = OcspSpec::new(&[0x05], revoked, day(20_000), day(20_001));
    spec.nonce = Some(vec![7; 16]);
    for responder in [None, Some(&delegate)] {
        let der = authority.ocsp_response(&spec, responder).unwrap();
        let bytes = OcspResponse::from_der(&der).unwrap().response_bytes.unwrap();
        let answer = BasicOcspResponse::from_der(bytes.response.as_bytes()).unwrap();
        let signer = responder.unwrap_or(&authority);
        assert!(verifies(signer, &answer.tbs_response_data, answer.signature.raw_bytes()));
        assert_eq!(answer.certs.is_some(), responder.is_some());
        assert_eq!(answer.nonce().unwrap().0.as_bytes(), [7; 16]);
        let ResponderId::ByKey(by) = &answer.tbs_response_data.responder_id else { panic!("by name") };
        assert_eq!(by.as_bytes(), signer.key_identifier());
        let single = &answer.tbs_response_data.responses[0];
        assert_eq!(single.cert_id.serial_number.as_bytes(), [0x05]);
        assert_eq!(single.cert_id.issuer_key_hash.as_bytes(), authority.key_identifier());
        assert!(matches!(single.cert_status, CertStatus::Revoked(_)));
    }
}
