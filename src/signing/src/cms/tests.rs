use der::asn1::{AnyRef, ObjectIdentifier, OctetStringRef, SetOfVec};
use der::{Decode as _, Encode as _};
use proptest::prelude::*;
use ring::digest::{SHA256, digest};

use super::syntax::{
    AlgorithmIdentifier, Attribute, CertificateIdV2, ContentInfo, SignedData, SignerInfo, SigningCertificateV2,
};
use super::{CmsDraft, oid, read};
use crate::testing;
use crate::{Coverage, DigestAlgorithm, Draft as _, Error, Fault, Format};

const DOCUMENT: &[u8] = b"I hereby declare.";

fn content_digest() -> [u8; 32] {
    crate::sha256(&mut &*DOCUMENT).unwrap()
}

fn message() -> Vec<u8> {
    testing::signed(&mut CmsDraft::new(content_digest()))
}

fn fault(der: &[u8]) -> Option<Fault> {
    match read(der, Some(&mut &*DOCUMENT)) {
        Ok(_) => None,
        Err(Error::Refused(fault)) => Some(fault),
        Err(other) => panic!("{other}"),
    }
}

/// A message whose signed attributes were altered before they were signed.
fn with_attributes(alter: impl FnOnce(&mut Vec<Vec<u8>>)) -> Vec<u8> {
    let original = message();
    rebuilt(&original, |_, signer| {
        let mut attributes: Vec<Vec<u8>> =
            signer.signed_attributes.take().unwrap().iter().map(|any| any.to_der().unwrap()).collect();
        alter(&mut attributes);
        let attributes: Vec<AnyRef<'static>> =
            attributes.into_iter().map(|der| AnyRef::from_der(der.leak()).unwrap()).collect();
        // In the order given, so that disorder can be signed too.
        let body: Vec<u8> = attributes.iter().flat_map(|any| any.to_der().unwrap()).collect();
        let signed = AnyRef::new(der::Tag::Set, &body).unwrap().to_der().unwrap();
        signer.signed_attributes = Some(attributes);
        let signature = testing::sign(digest(&SHA256, &signed)).leak();
        signer.signature = OctetStringRef::new(signature).unwrap();
    })
}

fn rebuilt(original: &[u8], alter: impl FnOnce(&mut SignedData<'_>, &mut SignerInfo<'_>)) -> Vec<u8> {
    let info = ContentInfo::from_der(original).unwrap();
    let mut data: SignedData<'_> = info.content.decode_as().unwrap();
    let mut signer: SignerInfo<'_> = data.signers.as_slice()[0].decode_as().unwrap();
    alter(&mut data, &mut signer);
    let signer = signer.to_der().unwrap();
    data.signers = SetOfVec::try_from(vec![AnyRef::from_der(&signer).unwrap()]).unwrap();
    let data = data.to_der().unwrap();
    ContentInfo { content_type: info.content_type, content: AnyRef::from_der(&data).unwrap() }.to_der().unwrap()
}

fn attribute(kind: ObjectIdentifier, values: &[&[u8]]) -> Vec<u8> {
    let values: Vec<_> = values.iter().map(|der| AnyRef::from_der(der).unwrap()).collect();
    Attribute { kind, values: SetOfVec::try_from(values).unwrap() }.to_der().unwrap()
}

fn is(kind: ObjectIdentifier) -> impl Fn(&Vec<u8>) -> bool {
    move |der| Attribute::from_der(der).unwrap().kind == kind
}

/// The attributes with this one in place of the one of its kind.
fn replaced(kind: ObjectIdentifier, values: &[&[u8]]) -> Vec<u8> {
    with_attributes(|attributes| {
        attributes.retain(|der| !is(kind)(der));
        attributes.push(attribute(kind, values));
        attributes.sort();
    })
}

#[test]
fn what_was_signed_is_read_again() {
    let signer = testing::signer();
    let signatures = read(&message(), Some(&mut &*DOCUMENT)).unwrap();
    let [signature] = signatures.as_slice() else { panic!("{signatures:?}") };
    assert_eq!(signature.format, Format::Cades);
    assert_eq!(signature.certificate, signer.certificate);
    assert_eq!(signature.others, Vec::<Vec<u8>>::new());
    assert_eq!(signature.time, Some(signer.time));
    assert_eq!(signature.covers, Coverage::Whole);
    assert_eq!(signature.digest, DigestAlgorithm::Sha256);
    assert!(signature.names_certificate);
}

#[test]
fn a_signing_time_after_2049_is_written_and_read() {
    let mut signer = testing::signer();
    signer.time = "2050-01-01T00:00:00Z".parse().unwrap();
    let mut draft = CmsDraft::new(content_digest());
    let signature = testing::sign(draft.digest(&signer).unwrap());
    let mut out = Vec::new();
    draft.finish(&signature, &mut out).unwrap();
    assert_eq!(read(&out, Some(&mut &*DOCUMENT)).unwrap()[0].time, Some(signer.time));
}

#[test]
fn the_same_signer_and_time_give_the_same_bytes() {
    assert_eq!(message(), message());
}

#[test]
fn a_byte_changed_anywhere_in_the_signature_is_refused() {
    let original = message();
    for position in 0..original.len() {
        for mask in [0x01, 0x20, 0x80] {
            let mut changed = original.clone();
            changed[position] ^= mask;
            assert!(fault(&changed).is_some(), "byte {position} ^ {mask:#x}");
        }
    }
}

#[test]
fn a_byte_changed_removed_or_added_in_the_document_is_refused() {
    let original = message();
    let longer = [DOCUMENT, b"."].concat();
    for document in [&b"I hereby declire."[..], &DOCUMENT[1..], &longer, b""] {
        let read = read(&original, Some(&mut &*document));
        assert!(matches!(read, Err(Error::Refused(Fault::DigestWrong))), "{read:?}");
    }
}

#[test]
fn bytes_after_the_signature_are_refused() {
    let mut longer = message();
    longer.push(0);
    assert_eq!(fault(&longer), Some(Fault::SignatureMalformed));
}

#[test]
fn the_document_is_needed_once() {
    assert!(matches!(read(&message(), None), Err(Error::Refused(Fault::ContentMissing))));
    let attached = rebuilt(&message(), |data, _| {
        data.content.content = Some(OctetStringRef::new(DOCUMENT).unwrap());
    });
    assert!(read(&attached, None).is_ok());
    assert!(matches!(read(&attached, Some(&mut &*DOCUMENT)), Err(Error::Refused(Fault::ContentTwice))));
}

#[test]
fn a_message_beyond_the_limit_is_not_looked_at() {
    let huge = vec![0x30; super::MAX_MESSAGE + 1];
    assert!(matches!(read(&huge, None), Err(Error::MessageTooLarge)));
}

#[test]
fn finishing_before_the_digest_is_an_error() {
    let draft = CmsDraft::new(content_digest());
    assert!(matches!(draft.finish(&[0; 256], &mut Vec::new()), Err(Error::NotStarted)));
}

#[test]
fn a_signer_whose_certificate_is_none_can_t_sign() {
    let mut signer = testing::signer();
    signer.certificate.truncate(100);
    let digest = CmsDraft::new(content_digest()).digest(&signer);
    assert!(matches!(digest, Err(Error::Refused(Fault::SignerKey))));
}

#[test]
fn another_certificate_in_the_signer_s_place_is_refused() {
    let other = testing::other_signer().certificate.leak();
    let other = AnyRef::from_der(other).unwrap();
    let without = rebuilt(&message(), |data, _| data.certificates = None);
    assert_eq!(fault(&without), Some(Fault::SignerMissing));
    let exchanged = rebuilt(&message(), |data, _| data.certificates = Some(vec![other]));
    assert_eq!(fault(&exchanged), Some(Fault::SignerMissing));
    // One certificate more, of whomever, hurts nobody.
    let more = rebuilt(&message(), |data, _| data.certificates.as_mut().unwrap().push(other));
    assert_eq!(fault(&more), None);
    assert_eq!(read(&more, Some(&mut &*DOCUMENT)).unwrap()[0].others.len(), 1);
}

#[test]
fn a_signed_attribute_that_is_missing_is_refused() {
    for (kind, expected) in [
        (oid::CONTENT_TYPE, Some(Fault::AttributeMissing)),
        (oid::MESSAGE_DIGEST, Some(Fault::AttributeMissing)),
        (oid::SIGNING_TIME, None),
        (oid::SIGNING_CERTIFICATE_V2, None),
    ] {
        let without = with_attributes(|attributes| attributes.retain(|der| !is(kind)(der)));
        assert_eq!(fault(&without), expected, "{kind}");
    }
    let unnamed = with_attributes(|attributes| attributes.retain(|der| !is(oid::SIGNING_CERTIFICATE_V2)(der)));
    assert!(!read(&unnamed, Some(&mut &*DOCUMENT)).unwrap()[0].names_certificate);
}

#[test]
fn an_attribute_stated_twice_is_refused() {
    let data = oid::DATA.to_der().unwrap();
    let other = oid::SIGNED_DATA.to_der().unwrap();
    assert_eq!(fault(&replaced(oid::CONTENT_TYPE, &[&data, &other])), Some(Fault::AttributeTwice));
    assert_eq!(fault(&replaced(oid::CONTENT_TYPE, &[])), Some(Fault::AttributeTwice));
    let twice = with_attributes(|attributes| {
        attributes.push(attribute(oid::MESSAGE_DIGEST, &[&[4, 1, 0]]));
        attributes.sort();
    });
    assert_eq!(fault(&twice), Some(Fault::AttributeTwice));
    let same_twice = with_attributes(|attributes| attributes.insert(0, attributes[0].clone()));
    assert_eq!(fault(&same_twice), Some(Fault::AttributeTwice));
}

#[test]
fn signed_attributes_out_of_order_are_refused() {
    let disordered = with_attributes(|attributes| attributes.reverse());
    assert_eq!(fault(&disordered), Some(Fault::AttributesNotCanonical));
}

#[test]
fn what_the_attributes_say_must_fit() {
    let signed_data = oid::SIGNED_DATA.to_der().unwrap();
    assert_eq!(fault(&replaced(oid::CONTENT_TYPE, &[&signed_data])), Some(Fault::ContentType));
    assert_eq!(fault(&replaced(oid::MESSAGE_DIGEST, &[&[4, 1, 0]])), Some(Fault::DigestWrong));
    assert_eq!(fault(&replaced(oid::SIGNING_TIME, &[&[4, 1, 0]])), Some(Fault::TimeMalformed));
    assert_eq!(fault(&replaced(oid::SIGNING_TIME, &[b"\x17\x0d991331000000Z"])), Some(Fault::TimeMalformed));
}

#[test]
fn the_signature_must_name_the_certificate_that_is_there() {
    let certificate = testing::signer().certificate;
    let other = testing::other_signer().certificate;
    let sha384 = AlgorithmIdentifier { algorithm: oid::SHA384, parameters: None };
    let sha1 = AlgorithmIdentifier { algorithm: oid::SHA1, parameters: None };
    for (algorithm, hash, expected) in [
        (None, digest(&SHA256, &certificate), None),
        (None, digest(&SHA256, &other), Some(Fault::SigningCertificateWrong)),
        (Some(sha384.clone()), digest(&ring::digest::SHA384, &certificate), None),
        (Some(sha384), digest(&SHA256, &certificate), Some(Fault::SigningCertificateWrong)),
        (Some(sha1), digest(&SHA256, &certificate), Some(Fault::DigestWeak)),
    ] {
        let hash = OctetStringRef::new(hash.as_ref()).unwrap();
        let id = CertificateIdV2 { hash_algorithm: algorithm, hash, issuer_serial: None };
        let value = SigningCertificateV2 { certificates: vec![id], policies: None }.to_der().unwrap();
        assert_eq!(fault(&replaced(oid::SIGNING_CERTIFICATE_V2, &[&value])), expected);
    }
    let empty = SigningCertificateV2 { certificates: vec![], policies: None }.to_der().unwrap();
    assert_eq!(fault(&replaced(oid::SIGNING_CERTIFICATE_V2, &[&empty])), Some(Fault::SigningCertificateWrong));
}

#[test]
fn algorithms_other_than_announced_are_refused() {
    for (algorithm, expected) in [
        (oid::RSA, None),
        (oid::SHA384_WITH_RSA, Some(Fault::AlgorithmUnknown)),
        (oid::SHA1_WITH_RSA, Some(Fault::DigestWeak)),
        (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10"), Some(Fault::AlgorithmUnknown)),
    ] {
        let changed = rebuilt(&message(), |_, signer| {
            signer.signature_algorithm = AlgorithmIdentifier::with_null(algorithm);
        });
        assert_eq!(fault(&changed), expected, "{algorithm}");
    }
    let sha1 = rebuilt(&message(), |_, signer| signer.digest_algorithm.algorithm = oid::SHA1);
    assert_eq!(fault(&sha1), Some(Fault::DigestWeak));
    let unannounced = rebuilt(&message(), |_, signer| signer.digest_algorithm.algorithm = oid::SHA512);
    assert_eq!(fault(&unannounced), Some(Fault::SignatureMalformed));
}

#[test]
fn a_message_without_signers_is_unsigned() {
    let info = message();
    let info = ContentInfo::from_der(&info).unwrap();
    let mut data: SignedData<'_> = info.content.decode_as().unwrap();
    data.signers = SetOfVec::new();
    let data = data.to_der().unwrap();
    let empty = ContentInfo { content_type: oid::SIGNED_DATA, content: AnyRef::from_der(&data).unwrap() };
    assert_eq!(fault(&empty.to_der().unwrap()), Some(Fault::Unsigned));
}

proptest! {
    #[test]
    fn any_bytes_give_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(read(&bytes, Some(&mut &*DOCUMENT)).is_err());
    }

    #[test]
    fn a_mutilated_message_gives_an_answer(cut in 0usize..2400, at in 0usize..2400, byte: u8) {
        let mut bytes = message();
        bytes.truncate(cut);
        if let Some(found) = bytes.get_mut(at) {
            *found = byte;
        }
        prop_assert!(read(&bytes, Some(&mut &*DOCUMENT)).is_err());
    }
}
