//! The certificate's own form, whoever issued it.

use jpki_softcard::ca::{Marked, SignatureAlgorithm};
use jpki_softcard::rsa::RsaPrivateKey;
use jpki_softcard::x509_cert::der::asn1::{Any, BitString, ObjectIdentifier};
use jpki_softcard::x509_cert::ext::pkix::{BasicConstraints, KeyUsage, KeyUsages};
use jpki_softcard::x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

use super::super::asn1::{BIT_STRING, OCTET_STRING, children, contents, element, field, integer, reissue, sequence};
use super::super::draft::Draft;
use super::super::pki::{Pki, extension};
use super::super::{Case, Table};
use crate::Result;

/// A good certificate with its bytes altered and not signed again.
fn bytes(pki: &Pki, alter: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Result<Draft> {
    pki.rebuilt(|der, _| Ok(alter(der.to_vec())))
}

/// A certificate with the serial number's INTEGER contents as given.
fn serial(pki: &Pki, octets: &[u8]) -> Result<Draft> {
    pki.rebuilt(|der, key| reissue(der, key, |fields| fields[field::SERIAL] = element(0x02, octets)))
}

/// A certificate of version `number` + 1.
fn version(pki: &Pki, number: u8) -> Result<Draft> {
    pki.rebuilt(|der, key| reissue(der, key, |fields| fields[field::VERSION] = element(0xA0, &[2, 1, number])))
}

/// A certificate for an RSA key of these numbers, which nobody has the private half of.
fn rsa(pki: &Pki, modulus: &[u8], exponent: &[u8]) -> Result<Draft> {
    let key = BitString::from_bytes(&sequence(&[integer(modulus), integer(exponent)]))?;
    pki.altered("auth-3", |spec| Ok(spec.public_key.subject_public_key = key))
}

/// An odd number of so many bits.
fn odd(bits: usize) -> Vec<u8> {
    let mut number = vec![0xC5; bits / 8];
    number[0] |= 0x80;
    number
}

fn extra(pki: &Pki, root: &str, oid: &str, critical: bool, value: &[u8]) -> Result<Draft> {
    pki.altered(root, |spec| Ok(spec.extra_extensions.push(extension(oid, critical, value)?)))
}

/// A good certificate whose extension list was altered as a whole and signed again.
fn extensions(der: &[u8], key: &RsaPrivateKey, alter: impl FnOnce(&mut Vec<Vec<u8>>)) -> Result<Vec<u8>> {
    let parts = children(der)?;
    let fields = children(&parts[0])?;
    let mut list = children(contents(&fields[field::EXTENSIONS])?)?;
    alter(&mut list);
    reissue(der, key, |fields| fields[field::EXTENSIONS] = element(0xA3, &sequence(&list)))
}

pub(super) fn table() -> Table {
    let mut cases = encoding();
    cases.extend(fields());
    cases.extend(keys());
    cases.extend(contents_of_extensions());
    Table { name: "certificate", description: "The certificate's own form", cases }
}

fn encoding() -> Vec<Case> {
    vec![
        Case {
            id: "certificate-empty",
            description: "No certificate",
            expected: "certificate_malformed",
            make: |pki| bytes(pki, |_| Vec::new()),
        },
        Case {
            id: "certificate-text",
            description: "Text instead of a certificate",
            expected: "certificate_malformed",
            make: |pki| bytes(pki, |_| b"this is no certificate".to_vec()),
        },
        Case {
            id: "certificate-cut",
            description: "The last byte is missing",
            expected: "certificate_malformed",
            make: |pki| bytes(pki, |der| der[..der.len() - 1].to_vec()),
        },
        Case {
            id: "certificate-trailing-byte",
            description: "One byte follows the certificate",
            expected: "certificate_malformed",
            make: |pki| bytes(pki, |der| [&der[..], &[0]].concat()),
        },
        Case {
            id: "certificate-not-x509",
            description: "Well-formed DER that is no certificate",
            expected: "certificate_malformed",
            make: |pki| bytes(pki, |_| sequence(&[integer(&[1]), integer(&[2])])),
        },
        Case {
            id: "certificate-outer-tag",
            description: "The outermost tag says SEQUENCE in another class, which some parsers don't look at",
            expected: "certificate_malformed",
            make: |pki| bytes(pki, |der| [&[der[0] | 0x40], &der[1..]].concat()),
        },
        Case {
            id: "certificate-fourth-part",
            description: "A NULL follows the issuer's signature inside the certificate",
            expected: "certificate_malformed",
            make: |pki| {
                pki.rebuilt(|der, _| {
                    let mut parts = children(der)?;
                    parts.push(element(0x05, &[]));
                    Ok(sequence(&parts))
                })
            },
        },
        Case {
            id: "certificate-indefinite-length",
            description: "The outer length is indefinite, as BER allows and DER doesn't",
            expected: "certificate_not_canonical",
            make: |pki| pki.rebuilt(|der, _| Ok([&[0x30, 0x80], contents(der)?, &[0, 0]].concat())),
        },
        Case {
            id: "certificate-long-length",
            description: "The outer length has a leading zero byte: the same certificate with another fingerprint",
            expected: "certificate_not_canonical",
            make: |pki| {
                pki.rebuilt(|der, _| {
                    let inner = contents(der)?;
                    let [high, low] = (inner.len() as u16).to_be_bytes();
                    Ok([&[0x30, 0x83, 0, high, low], inner].concat())
                })
            },
        },
        Case {
            id: "certificate-true-as-one",
            description: "A critical flag is 01 instead of FF, and the issuer signed it so",
            expected: "certificate_not_canonical",
            make: |pki| {
                pki.rebuilt(|der, key| {
                    extensions(der, key, |list| {
                        let flag = list.iter_mut().find_map(|extension| {
                            let at = extension.windows(3).position(|window| window == [1, 1, 0xFF])?;
                            extension.get_mut(at + 2)
                        });
                        flag.into_iter().for_each(|flag| *flag = 1);
                    })
                })
            },
        },
    ]
}

fn fields() -> Vec<Case> {
    vec![
        Case {
            id: "version-1",
            description: "Version 1, said explicitly",
            expected: "certificate_version",
            make: |pki| version(pki, 0),
        },
        Case {
            id: "version-2",
            description: "Version 2",
            expected: "certificate_version",
            make: |pki| version(pki, 1),
        },
        Case {
            id: "version-4",
            description: "Version 4, which doesn't exist",
            expected: "certificate_version",
            make: |pki| version(pki, 3),
        },
        Case {
            id: "serial-zero",
            description: "Serial number zero",
            expected: "certificate_serial",
            make: |pki| serial(pki, &[0]),
        },
        Case {
            id: "serial-negative",
            description: "A negative serial number",
            expected: "certificate_serial",
            make: |pki| serial(pki, &[0x85, 1, 2, 3]),
        },
        Case {
            id: "serial-21-bytes",
            description: "A serial number of 21 bytes",
            expected: "certificate_serial",
            make: |pki| serial(pki, &[0x11; 21]),
        },
        Case {
            id: "algorithm-sha1",
            description: "Signed with sha1WithRSAEncryption",
            expected: "certificate_algorithm",
            make: |pki| pki.altered("auth-3", |spec| Ok(spec.signature = SignatureAlgorithm::Sha1WithRsa)),
        },
        Case {
            id: "algorithm-differs",
            description: "The unsigned outer algorithm says SHA-1, the signed inner one SHA-256",
            expected: "certificate_algorithm",
            make: |pki| {
                pki.rebuilt(|der, _| {
                    let mut parts = children(der)?;
                    // sha1WithRSAEncryption, 1.2.840.113549.1.1.5
                    let sha1 = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05\x05\x00";
                    parts[1] = element(0x30, sha1);
                    Ok(sequence(&parts))
                })
            },
        },
        Case {
            id: "algorithm-without-null",
            description: "The unsigned outer algorithm lacks its NULL",
            expected: "certificate_algorithm",
            make: |pki| {
                pki.rebuilt(|der, _| {
                    let mut parts = children(der)?;
                    parts[1] = sequence(&[children(&parts[1])?.remove(0)]);
                    Ok(sequence(&parts))
                })
            },
        },
        Case {
            id: "self-signed",
            description: "The card's key signed its own certificate",
            expected: "certificate_self_signed",
            make: |pki| {
                let mut spec = pki.profile("auth-3")?;
                spec.issuer = Some(spec.subject.clone());
                let own = jpki_softcard::ca::Authority::self_signed(&spec, pki.card.clone())?;
                pki.issued_by(&own, &spec)
            },
        },
        Case {
            id: "is-ca",
            description: "Basic constraints say it is a CA",
            expected: "certificate_is_ca",
            make: |pki| {
                pki.altered("auth-3", |spec| {
                    let ca = BasicConstraints { ca: true, path_len_constraint: None };
                    Ok(spec.basic_constraints = Some(Marked::critical(ca)))
                })
            },
        },
        Case {
            id: "may-sign-certificates",
            description: "Its key usage allows signing certificates",
            expected: "certificate_is_ca",
            make: |pki| {
                pki.altered("auth-3", |spec| {
                    let usage = KeyUsage(KeyUsages::DigitalSignature | KeyUsages::KeyCertSign);
                    Ok(spec.key_usage = Some(Marked::critical(usage)))
                })
            },
        },
        Case {
            id: "is-root",
            description: "The root itself as the token's certificate",
            expected: "certificate_is_ca",
            make: |pki| {
                let root = pki.root("auth-3")?;
                let mut draft = Draft::new(root.certificate().to_vec(), root.serial().to_vec());
                draft.signature = super::super::pki::pkcs1(root.key(), &draft.signed_value())?;
                Ok(draft)
            },
        },
    ]
}

fn keys() -> Vec<Case> {
    vec![
        Case {
            id: "key-ec",
            description: "An elliptic-curve key",
            expected: "key_type",
            make: |pki| {
                let curve = Any::encode_from(&ObjectIdentifier::new("1.2.840.10045.3.1.7")?)?;
                let oid = ObjectIdentifier::new("1.2.840.10045.2.1")?;
                let subject_public_key = BitString::from_bytes(&[&[4][..], &[0x17; 64]].concat())?;
                let algorithm = AlgorithmIdentifierOwned { oid, parameters: Some(curve) };
                let key = SubjectPublicKeyInfoOwned { algorithm, subject_public_key };
                pki.altered("auth-3", |spec| Ok(spec.public_key = key))
            },
        },
        Case {
            id: "key-garbage",
            description: "An RSA key whose numbers can't be read",
            expected: "key_type",
            make: |pki| {
                pki.altered("auth-3", |spec| {
                    Ok(spec.public_key.subject_public_key = BitString::from_bytes(b"no numbers")?)
                })
            },
        },
        Case {
            id: "key-1024",
            description: "An RSA key of 1024 bits",
            expected: "key_size",
            make: |pki| rsa(pki, &odd(1024), &[1, 0, 1]),
        },
        Case {
            id: "key-2040",
            description: "An RSA key of 2040 bits",
            expected: "key_size",
            make: |pki| rsa(pki, &odd(2040), &[1, 0, 1]),
        },
        Case {
            id: "key-4104",
            description: "An RSA key of 4104 bits",
            expected: "key_size",
            make: |pki| rsa(pki, &odd(4104), &[1, 0, 1]),
        },
        Case {
            id: "key-exponent-3",
            description: "The public exponent is 3",
            expected: "key_exponent",
            make: |pki| rsa(pki, &odd(2048), &[3]),
        },
        Case {
            id: "key-exponent-even",
            description: "The public exponent is 65538",
            expected: "key_exponent",
            make: |pki| rsa(pki, &odd(2048), &[1, 0, 2]),
        },
        Case {
            id: "key-exponent-1",
            description: "The public exponent is 1, so that every signature is its own message",
            expected: "key_exponent",
            make: |pki| rsa(pki, &odd(2048), &[1]),
        },
    ]
}

fn contents_of_extensions() -> Vec<Case> {
    vec![
        Case {
            id: "extension-twice",
            description: "Key usage stands there twice",
            expected: "extension_duplicate",
            make: |pki| extra(pki, "auth-3", "2.5.29.15", true, &element(BIT_STRING, &[0, 0xFF])),
        },
        Case {
            id: "extension-unread-twice",
            description: "An extension that decides nothing stands there twice",
            expected: "extension_duplicate",
            make: |pki| {
                pki.altered("auth-3", |spec| {
                    let note = extension("1.2.3.4", false, &element(OCTET_STRING, b"note"))?;
                    Ok(spec.extra_extensions.extend([note.clone(), note]))
                })
            },
        },
        Case {
            id: "extension-garbage",
            description: "Basic constraints that can't be read",
            expected: "extension_malformed",
            make: |pki| extra(pki, "auth-3", "2.5.29.19", true, b"\x30\x03\x01\x01"),
        },
        Case {
            id: "extension-trailing-byte",
            description: "A byte follows the contents of an extension that decides something",
            expected: "extension_malformed",
            make: |pki| extra(pki, "auth-3", "2.5.29.19", true, b"\x30\x00\x00"),
        },
        Case {
            id: "extension-unknown-critical",
            description: "A critical extension that nobody knows",
            expected: "extension_unknown_critical",
            make: |pki| extra(pki, "auth-3", "1.2.3.4", true, &element(OCTET_STRING, b"obey")),
        },
        Case {
            id: "extension-name-constraints-critical",
            description: "Critical name constraints, which have no place in a leaf",
            expected: "extension_unknown_critical",
            make: |pki| extra(pki, "auth-3", "2.5.29.30", true, b"\x30\x00"),
        },
        Case {
            id: "attribute-twice",
            description: "A signature certificate states its holder's name twice",
            expected: "other_name_duplicate",
            make: |pki| {
                let mut draft = pki.altered("sign-3", |spec| {
                    let names = spec.subject_alt_name.as_mut().ok_or("no attributes")?;
                    let first = names.value.0.first().cloned();
                    Ok(names.value.0.extend(first))
                })?;
                (draft.kind, draft.roots) = ("sign", vec!["sign-3"]);
                Ok(draft)
            },
        },
    ]
}
