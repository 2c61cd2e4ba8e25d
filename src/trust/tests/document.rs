//! Who signed a document, judged as a server would.
#![expect(clippy::unwrap_used, reason = "a test fails where an unwrap does")]

#[expect(dead_code, reason = "each test takes what it needs of the shared signers")]
#[path = "support/signing.rs"]
mod signing;

use jpki_signing::{DocumentSignature, cms};
use jpki_softcard::ca::Family;
use jpki_trust::document::{DocumentVerifier, JudgedSignature, Verdict};
use jpki_trust::{CrlFiles, Environment, FixedClock, NotChecked, Refusal, Revocation, TrustStore};
use signing::{CLAIMED, NOW, Person, revocation_list, root_pem, time};

const CONTENT: &[u8] = b"I promise.";

fn roots() -> TrustStore {
    let mut roots = TrustStore::new();
    for family in [Family::Auth, Family::Sign] {
        roots.add_pem(&root_pem(family), Environment::Test).unwrap();
    }
    roots
}

fn signature(person: &Person) -> DocumentSignature {
    cms::read(&person.cms(CONTENT), Some(&mut &CONTENT[..])).unwrap().remove(0)
}

fn judge_at(now: &str, person: &Person) -> JudgedSignature {
    let verifier = DocumentVerifier::new(roots(), NotChecked).with_clock(FixedClock(time(now)));
    verifier.judge(&[signature(person)]).signatures.remove(0)
}

fn judge(person: &Person) -> JudgedSignature {
    judge_at(NOW, person)
}

#[test]
fn a_signature_says_who_signed_what_and_what_was_not_checked() {
    let verifier = DocumentVerifier::new(roots(), NotChecked).with_clock(FixedClock(time(NOW)));
    let judged = verifier.judge(&[signature(&Person::good())]);
    assert!(judged.is_accepted());
    let one = &judged.signatures[0];
    assert_eq!(one.verdict, Verdict::Accepted { revocation: Revocation::NotChecked });
    let by = one.signed_by.as_ref().unwrap();
    assert_eq!(by.holder.name.as_deref(), Some("見本　花子"));
    assert_eq!((by.valid_now, by.valid_when_claimed), (true, Some(true)));
    let json = serde_json::to_value(&judged).unwrap();
    assert_eq!(json["verified"], true);
    assert_eq!(json["verifiedAt"], NOW);
    let one = &json["signatures"][0];
    assert_eq!(one["number"], 1);
    assert_eq!(one["verdict"], "accepted");
    assert_eq!(one["revocation"]["status"], "not_checked");
    assert_eq!(one["signedBy"]["holder"]["birthdate"], "1990-04-01");
    assert_eq!(one["signedBy"]["certificate"]["environment"], "test");
    assert_eq!(one["claimedTime"], CLAIMED);
    assert_eq!((&one["format"], &one["digest"]), (&"cades".into(), &"SHA-256".into()));
    assert_eq!(one["covers"], serde_json::json!({"whole": true}));
    assert_eq!(one["namesCertificate"], true);
}

#[test]
fn a_certificate_that_is_not_in_order_refuses_its_signature() {
    let expired = Person::with(|spec| spec.not_after = time("2026-04-01T11:59:59Z").into());
    let future = Person::with(|spec| spec.not_before = time("2026-04-01T12:00:01Z").into());
    let unnamed = Person::with(|spec| spec.subject_alt_name = None);
    for (person, refusal, is_known) in [
        (expired, Refusal::CertificateExpired, true),
        (future, Refusal::CertificateNotYetValid, true),
        (unnamed, Refusal::HolderMalformed, false),
        (Person::with_authentication_certificate(), Refusal::WrongKind, false),
        (Person::with_foreign_certificate(), Refusal::IssuerKeyUnknown, false),
        (Person::with(|spec| spec.key_usage = None), Refusal::KeyUsage, false),
    ] {
        let judged = judge(&person);
        assert_eq!(judged.verdict, Verdict::Refused(refusal));
        assert_eq!(judged.signed_by.is_some(), is_known, "{refusal:?}");
        let json = serde_json::to_value(&judged).unwrap();
        assert_eq!((&json["verdict"], &json["reason"]), (&"refused".into(), &refusal.reason().into()));
        assert!(json["remedy"].is_string() && json.get("revocation").is_none());
    }
}

#[test]
fn the_claimed_time_never_helps_and_can_only_harm() {
    let expired = judge_at("2030-04-02T00:00:00Z", &Person::good());
    assert_eq!(expired.verdict, Verdict::Refused(Refusal::CertificateExpired));
    let by = expired.signed_by.unwrap();
    assert_eq!((by.valid_now, by.valid_when_claimed), (false, Some(true)));
    for (claims, verdict) in [
        ("2025-04-01T02:59:59Z", Verdict::Refused(Refusal::SigningTime)),
        ("2025-04-01T03:00:00Z", Verdict::Accepted { revocation: Revocation::NotChecked }),
        ("2030-04-01T14:59:59Z", Verdict::Accepted { revocation: Revocation::NotChecked }),
        ("2030-04-01T15:00:00Z", Verdict::Refused(Refusal::SigningTime)),
    ] {
        let judged = judge(&Person { claims: time(claims), ..Person::good() });
        assert_eq!(judged.verdict, verdict, "{claims}");
        let valid = matches!(judged.verdict, Verdict::Accepted { .. });
        assert_eq!(judged.signed_by.unwrap().valid_when_claimed, Some(valid), "{claims}");
    }
}

#[test]
fn a_list_that_revokes_the_certificate_refuses_its_signature() {
    let person = Person::good();
    for (serial, refused) in [(&person.serial[..], true), (&[0x55; 8], false)] {
        let roots = roots();
        let mut lists = CrlFiles::new();
        lists.add(&revocation_list(&[serial]), &roots).unwrap();
        let verifier = DocumentVerifier::new(roots, lists).with_clock(FixedClock(time(NOW)));
        let judged = verifier.judge(&[signature(&person)]);
        assert_eq!(judged.is_accepted(), !refused);
        let verdict = judged.signatures[0].verdict;
        assert_eq!(verdict == Verdict::Refused(Refusal::Revoked), refused);
        assert_eq!(matches!(verdict, Verdict::Accepted { revocation: Revocation::Checked { .. } }), !refused);
        assert!(judged.signatures[0].signed_by.is_some(), "who signed is told also if revoked");
    }
}

#[test]
fn one_bad_signature_refuses_the_document_and_none_does_too() {
    let verifier = DocumentVerifier::new(roots(), NotChecked).with_clock(FixedClock(time(NOW)));
    let good = signature(&Person::good());
    let bad = signature(&Person::with_foreign_certificate());
    assert!(verifier.judge(&[good.clone(), good.clone()]).is_accepted());
    let judged = verifier.judge(&[good, bad]);
    assert!(!judged.is_accepted());
    let accepted: Vec<_> = judged.signatures.iter().map(|one| (one.number, one.is_accepted())).collect();
    assert_eq!(accepted, [(1, true), (2, false)]);
    assert!(!verifier.judge(&[]).is_accepted());
}

#[test]
fn test_roots_have_to_be_named() {
    let verifier = DocumentVerifier::new(TrustStore::new(), NotChecked).with_clock(FixedClock(time(NOW)));
    let judged = verifier.judge(&[signature(&Person::good())]);
    assert_eq!(judged.signatures[0].verdict, Verdict::Refused(Refusal::IssuerUnknown));
    assert_eq!(judged.signatures[0].signed_by, None);
}
