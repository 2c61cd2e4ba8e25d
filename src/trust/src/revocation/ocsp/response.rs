//! What is answered: read strictly, and believed only from the issuer or from whom the issuer authorised
//! (RFC 6960, sections 4.2 and 4.2.2.2).

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::ParsedExtension;

use super::request::NONCE;
use crate::certificate::{is_sha256_with_rsa, moment, parse};
use crate::der::{DerError, Element, Reader, check_canonical, tag};
use crate::key::{RsaKey, SHA256_WITH_RSA};
use crate::{Refusal, Root};

/// id-pkix-ocsp-basic, 1.3.6.1.5.5.7.48.1.1
const BASIC: [u8; 9] = [0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Good,
    Revoked,
    Unknown,
}

enum Responder<'a> {
    Name(&'a [u8]),
    KeyHash(&'a [u8]),
}

/// A response about exactly one certificate.
pub(super) struct Response<'a> {
    pub(super) cert_id: &'a [u8],
    pub(super) status: Status,
    pub(super) this_update: Timestamp,
    pub(super) next_update: Option<Timestamp>,
    pub(super) nonce: Option<&'a [u8]>,
    responder: Responder<'a>,
    signed: &'a [u8],
    algorithm: &'a [u8],
    signature: &'a [u8],
    certificates: Vec<&'a [u8]>,
}

impl<'a> Response<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, Refusal> {
        match basic_response(bytes) {
            Ok(Some(basic)) => read_basic(basic).map_err(|_| Refusal::OcspMalformed),
            Ok(None) => Err(Refusal::OcspFailed),
            Err(_) => Err(Refusal::OcspMalformed),
        }
    }

    /// Checks that the issuer, or a responder it certified for this, signed the response.
    pub(super) fn check_signature(&self, root: &Root, now: Timestamp) -> Result<(), Refusal> {
        let key = if self.is_signed_by(root.name(), root.key()) {
            root.key().clone()
        } else {
            self.delegate(root, now).ok_or(Refusal::OcspResponder)?
        };
        if self.algorithm == SHA256_WITH_RSA && key.verifies(self.signed, self.signature) {
            Ok(())
        } else {
            Err(Refusal::OcspSignature)
        }
    }

    fn is_signed_by(&self, name: &[u8], key: &RsaKey) -> bool {
        match self.responder {
            Responder::Name(responder) => responder == name,
            Responder::KeyHash(hash) => hash == digest(&SHA1_FOR_LEGACY_USE_ONLY, key.as_der()).as_ref(),
        }
    }

    /// The key of the responder's certificate, if the root issued it for signing OCSP responses and it is valid.
    fn delegate(&self, root: &Root, now: Timestamp) -> Option<RsaKey> {
        self.certificates.iter().find_map(|der| {
            let (x509, signed) = parse(der).ok()?;
            let key = RsaKey::from_info(x509.public_key()).ok()?;
            let named = self.is_signed_by(x509.subject().as_raw(), &key);
            (named && root.key().signed(&signed) && is_authorised(&x509, root, now)).then_some(key)
        })
    }
}

fn is_authorised(x509: &X509Certificate<'_>, root: &Root, now: Timestamp) -> bool {
    let for_ocsp = x509.extensions().iter().any(|extension| {
        matches!(extension.parsed_extension(), ParsedExtension::ExtendedKeyUsage(usage) if usage.ocsp_signing)
    });
    let may_sign = x509.extensions().iter().all(|extension| match extension.parsed_extension() {
        ParsedExtension::KeyUsage(usage) => usage.digital_signature(),
        _ => true,
    });
    let validity = x509.validity();
    let is_valid = moment(validity.not_before).is_ok_and(|from| from <= now)
        && moment(validity.not_after).is_ok_and(|to| now <= to);
    for_ocsp
        && may_sign
        && is_valid
        && x509.issuer().as_raw() == root.name()
        && is_sha256_with_rsa(&x509.tbs_certificate.signature)
}

/// The BasicOCSPResponse inside, or nothing if the responder reports an error.
fn basic_response(bytes: &[u8]) -> Result<Option<&[u8]>, DerError> {
    check_canonical(bytes)?;
    let mut response = Reader::new(bytes).enter(tag::SEQUENCE)?;
    if response.expect(tag::ENUMERATED)?.contents != [0] {
        return Ok(None);
    }
    let mut explicit = response.enter(tag::context(0))?;
    response.finish()?;
    let mut fields = explicit.enter(tag::SEQUENCE)?;
    if fields.expect(tag::OID)?.contents != BASIC {
        return Err(DerError::Malformed);
    }
    let basic = fields.expect(tag::OCTET_STRING)?;
    fields.finish()?;
    Ok(Some(basic.contents))
}

fn read_basic(bytes: &[u8]) -> Result<Response<'_>, DerError> {
    check_canonical(bytes)?;
    let mut basic = Reader::new(bytes).enter(tag::SEQUENCE)?;
    let data = basic.expect(tag::SEQUENCE)?;
    let algorithm = basic.expect(tag::SEQUENCE)?.whole;
    let Some((0, signature)) = basic.expect(tag::BIT_STRING)?.contents.split_first() else {
        return Err(DerError::Malformed);
    };
    let mut certificates = Vec::new();
    if let Some(explicit) = basic.optional(tag::context(0))? {
        let mut list = Reader::new(explicit.contents).enter(tag::SEQUENCE)?;
        while !list.is_empty() {
            certificates.push(list.next()?.whole);
        }
    }
    basic.finish()?;

    let mut fields = Reader::new(data.contents);
    let responder = responder(fields.next()?)?;
    let _produced_at = fields.expect(tag::GENERALIZED_TIME)?;
    let mut responses = fields.enter(tag::SEQUENCE)?;
    let nonce = fields.optional(tag::context(1))?.map(|explicit| nonce(explicit.contents)).transpose()?.flatten();
    fields.finish()?;

    let mut single = responses.enter(tag::SEQUENCE)?;
    // One was asked for. With more, the verdict could be taken from the wrong one.
    responses.finish()?;
    let cert_id = single.expect(tag::SEQUENCE)?.whole;
    let status = match single.next()? {
        Element { tag: 0x80, contents: [], .. } => Status::Good,
        Element { tag: 0xA1, .. } => Status::Revoked,
        Element { tag: 0x82, contents: [], .. } => Status::Unknown,
        _ => return Err(DerError::Malformed),
    };
    let this_update = time(single.expect(tag::GENERALIZED_TIME)?)?;
    let next_update = match single.optional(tag::context(0))? {
        Some(explicit) => Some(time(Reader::new(explicit.contents).expect(tag::GENERALIZED_TIME)?)?),
        None => None,
    };
    if let Some(explicit) = single.optional(tag::context(1))? {
        extensions(explicit.contents, |_, _| {})?;
    }
    single.finish()?;
    let signed = data.whole;
    Ok(Response {
        cert_id,
        status,
        this_update,
        next_update,
        nonce,
        responder,
        signed,
        algorithm,
        signature,
        certificates,
    })
}

/// A version would stand here too, but it is 1 and as a default not encoded.
fn responder(element: Element<'_>) -> Result<Responder<'_>, DerError> {
    let mut inner = Reader::new(element.contents);
    let responder = match element.tag {
        0xA1 => Responder::Name(inner.expect(tag::SEQUENCE)?.whole),
        0xA2 => Responder::KeyHash(inner.expect(tag::OCTET_STRING)?.contents),
        _ => return Err(DerError::Malformed),
    };
    inner.finish()?;
    Ok(responder)
}

fn nonce(explicit: &[u8]) -> Result<Option<&[u8]>, DerError> {
    let mut found = None;
    extensions(explicit, |oid, value| {
        if oid == NONCE {
            found = Some(value);
        }
    })?;
    let Some(value) = found else { return Ok(None) };
    let mut inner = Reader::new(value);
    let nonce = inner.expect(tag::OCTET_STRING)?.contents;
    inner.finish()?;
    Ok(Some(nonce))
}

/// Walks extensions; a critical one that isn't the nonce is not understood.
fn extensions<'a>(bytes: &'a [u8], mut visit: impl FnMut(&'a [u8], &'a [u8])) -> Result<(), DerError> {
    let mut list = Reader::new(bytes).enter(tag::SEQUENCE)?;
    while !list.is_empty() {
        let mut extension = list.enter(tag::SEQUENCE)?;
        let oid = extension.expect(tag::OID)?.contents;
        let critical = extension.optional(tag::BOOLEAN)?.is_some_and(|value| value.contents != [0]);
        let value = extension.expect(tag::OCTET_STRING)?.contents;
        extension.finish()?;
        if critical && oid != NONCE {
            return Err(DerError::Malformed);
        }
        visit(oid, value);
    }
    Ok(())
}

/// `YYYYMMDDHHMMSSZ`; the form was checked when the whole was.
fn time(element: Element<'_>) -> Result<Timestamp, DerError> {
    let text = std::str::from_utf8(element.contents).map_err(|_| DerError::Malformed)?;
    let civil = DateTime::strptime("%Y%m%d%H%M%SZ", text).map_err(|_| DerError::Malformed)?;
    TimeZone::UTC.to_timestamp(civil).map_err(|_| DerError::Malformed)
}
