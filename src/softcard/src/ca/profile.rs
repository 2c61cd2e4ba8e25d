//! The certificate profile of JPKI's test environment (J-LIS profile specification 3.2, as published samples show it).

use std::time::SystemTime;

use jiff::{Timestamp, ToSpan as _, civil::Date, tz::Offset};
use rsa::{RsaPublicKey, pkcs8::EncodePublicKey as _};
use sha1::{Digest as _, Sha1};
use x509_cert::{
    der::{
        Any, Decode as _,
        asn1::{Ia5String, ObjectIdentifier},
    },
    ext::pkix::{
        AccessDescription, AuthorityInfoAccessSyntax, BasicConstraints, CertificatePolicies, CrlDistributionPoints,
        ExtendedKeyUsage, IssuerAltName, KeyUsage, KeyUsages, SubjectAltName,
        certpolicy::{PolicyInformation, PolicyQualifierInfo},
        crl::dp::DistributionPoint,
        name::{DistributionPointName, GeneralName, GeneralNames},
    },
    name::Name,
    spki::SubjectPublicKeyInfoOwned,
};

use super::{
    Attribute, AttributeForm, Authority, CertificateSpec, Family, Generation, Marked, SignatureAlgorithm, attributes,
    names, spec,
};
use crate::{Error, Holder};

/// Policy of 利用者証明用 certificates of the test environment; production has `…5.1.3.30`.
pub const POLICY_AUTH_TEST: &str = "1.2.392.200149.8.5.1.0.30";
/// Policy of 署名用 certificates of the test environment; production has `…5.1.1.20`.
pub const POLICY_SIGN_TEST: &str = "1.2.392.200149.8.5.1.0.20";

const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";
const OCSP_SIGNING: &str = "1.3.6.1.5.5.7.3.9";
/// The reserved domain `.test` (RFC 6761): nobody is asked by accident.
const OCSP_URL: &str = "http://ocspauthnorm.jpki.test";
const CPS_URL: &str = "http://www.jpki.test/cps.html";

pub(super) fn authority_key_name(family: Family, generation: Generation) -> &'static str {
    match (family, generation) {
        (Family::Auth, Generation::First) => "auth-ca-01",
        (Family::Auth, Generation::Second) => "auth-ca-02",
        (Family::Auth, Generation::Third) => "auth-ca-03",
        (Family::Sign, Generation::First) => "sign-ca-01",
        (Family::Sign, Generation::Second) => "sign-ca-02",
        (Family::Sign, Generation::Third) => "sign-ca-03",
    }
}

fn at_tokyo(day: Date, hour: i8, minute: i8, second: i8) -> Result<SystemTime, Error> {
    let local = day.at(hour, minute, second, 0);
    Ok(Offset::constant(9).to_timestamp(local)?.into())
}

/// The day it is in Japan.
pub(crate) fn today_in_tokyo() -> Date {
    Offset::constant(9).to_datetime(Timestamp::now()).date()
}

impl CertificateSpec {
    /// A self-signed authority of the family and generation, with production's period of validity.
    ///
    /// # Errors
    /// [`Error::Encoding`] if the key can't be encoded.
    pub fn ca(family: Family, generation: Generation, key: &RsaPublicKey) -> Result<Self, Error> {
        let (serial, first, last) = match generation {
            Generation::First => (vec![0x01], (2015, 10, 20), (2025, 10, 19)),
            Generation::Second => (vec![0x01, 0x33, 0xC3, 0x49], (2019, 9, 14), (2029, 9, 14)),
            Generation::Third => (vec![0x06, 0xD1, 0x80, 0x06], (2023, 7, 16), (2033, 7, 15)),
        };
        let day = |(year, month, day)| Date::new(year, month, day);
        let mut spec = Self::bare(names::authority(family)?, key)?;
        spec.serial = serial;
        spec.not_before = at_tokyo(day(first)?, 0, 0, 0)?;
        spec.not_after = at_tokyo(day(last)?, 23, 59, 59)?;
        spec.key_usage = Some(Marked::critical(KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign)));
        spec.basic_constraints = Some(Marked::critical(BasicConstraints { ca: true, path_len_constraint: None }));
        let japanese = directory_name(names::authority_japanese(family)?);
        spec.subject_alt_name = Some(Marked::plain(SubjectAltName(japanese)));
        spec.crl_distribution_points = Some(distribution_point(names::distribution_point(family, None)?));
        Ok(spec)
    }

    /// A 利用者証明用 certificate of today for `holder`: no personal data in it, valid to the fifth birthday.
    ///
    /// # Errors
    /// [`Error::Date`] beyond the calendar, [`Error::Encoding`] for what DER can't say.
    pub fn auth(holder: &Holder, issuer: &Authority, key: &RsaPublicKey) -> Result<Self, Error> {
        let unique: String = spec::random_serial().iter().chain([&0]).map(|b| format!("{b:02X}")).collect();
        let name = format!("{}{}003A", &unique[..14], holder.municipality);
        let subject = names::distinguished_name(&[(Attribute::Country, "JP"), (Attribute::CommonName, &name)])?;
        let mut spec = Self::end_entity(Family::Auth, holder, issuer, subject, key)?;
        spec.key_usage = Some(Marked::critical(KeyUsage(KeyUsages::DigitalSignature.into())));
        spec.extended_key_usage = Some(Marked::plain(ExtendedKeyUsage(vec![oid(CLIENT_AUTH)?])));
        spec.policies = Some(policy(POLICY_AUTH_TEST)?);
        let access_location = GeneralName::UniformResourceIdentifier(Ia5String::new(OCSP_URL)?);
        let ocsp = AccessDescription { access_method: oid("1.3.6.1.5.5.7.48.1")?, access_location };
        spec.authority_info_access = Some(Marked::plain(AuthorityInfoAccessSyntax(vec![ocsp])));
        Ok(spec)
    }

    /// A 署名用 certificate of today for `holder`, with the four attributes in its subjectAltName.
    ///
    /// # Errors
    /// As [`CertificateSpec::auth`].
    pub fn sign(holder: &Holder, issuer: &Authority, key: &RsaPublicKey) -> Result<Self, Error> {
        Self::sign_in_form(holder, &AttributeForm::default(), issuer, key)
    }

    /// The same with the attributes written otherwise.
    ///
    /// # Errors
    /// As [`CertificateSpec::auth`].
    pub fn sign_in_form(
        holder: &Holder,
        form: &AttributeForm,
        issuer: &Authority,
        key: &RsaPublicKey,
    ) -> Result<Self, Error> {
        let issued = Offset::constant(9).to_datetime(Timestamp::now()).strftime("%Y%m%d%H%M%S");
        let name = format!("{issued}00001{}003A", holder.municipality);
        let subject = names::distinguished_name(&[
            (Attribute::Country, "JP"),
            (Attribute::Locality, &holder.prefecture_latin),
            (Attribute::Locality, &holder.city_latin),
            (Attribute::CommonName, &name),
        ])?;
        let mut spec = Self::end_entity(Family::Sign, holder, issuer, subject, key)?;
        spec.key_usage = Some(Marked::critical(KeyUsage(KeyUsages::DigitalSignature | KeyUsages::NonRepudiation)));
        spec.policies = Some(policy(POLICY_SIGN_TEST)?);
        spec.subject_alt_name = Some(Marked::plain(SubjectAltName(attributes::attributes(holder, form)?)));
        Ok(spec)
    }

    /// A delegated OCSP responder's certificate (RFC 6960 §4.2.2.2) under `issuer`, valid as long as its issuer.
    ///
    /// # Errors
    /// As [`CertificateSpec::auth`].
    pub fn ocsp_responder(issuer: &Authority, key: &RsaPublicKey) -> Result<Self, Error> {
        let subject = names::distinguished_name(&[
            (Attribute::Country, "JP"),
            (Attribute::Organization, "JPKI-TEST"),
            (Attribute::CommonName, "OCSP responder"),
        ])?;
        let mut spec = Self::bare(subject, key)?;
        spec.not_before = issuer.not_before();
        spec.not_after = issuer.not_after();
        spec.authority_key_identifier = Some(Marked::plain(issuer.as_authority_key_identifier()?));
        spec.key_usage = Some(Marked::critical(KeyUsage(KeyUsages::DigitalSignature.into())));
        spec.extended_key_usage = Some(Marked::plain(ExtendedKeyUsage(vec![oid(OCSP_SIGNING)?])));
        // id-pkix-ocsp-nocheck: nobody asks a responder about itself.
        let nothing = x509_cert::der::asn1::Null;
        spec.extra_extensions.push(spec::raw("1.3.6.1.5.5.7.48.1.5", false, &nothing)?);
        Ok(spec)
    }

    /// Lets it end with that day in Japan, and begin five years before or now, whichever is earlier.
    ///
    /// # Errors
    /// [`Error::Date`] beyond the calendar.
    pub fn end_on(&mut self, last: Date) -> Result<(), Error> {
        self.not_after = at_tokyo(last, 23, 59, 59)?;
        self.not_before = self.not_before.min(at_tokyo(last.checked_sub(5.years())?, 0, 0, 0)?);
        Ok(())
    }

    fn end_entity(
        family: Family,
        holder: &Holder,
        issuer: &Authority,
        subject: Name,
        key: &RsaPublicKey,
    ) -> Result<Self, Error> {
        let mut spec = Self::bare(subject, key)?;
        let last = holder.birthday_after(today_in_tokyo(), 5)?;
        spec.not_after = at_tokyo(last, 23, 59, 59)?;
        let place = (holder.prefecture_latin.as_str(), holder.city_latin.as_str());
        let point = names::distribution_point(family, Some(place))?;
        spec.crl_distribution_points = Some(distribution_point(point));
        let japanese = directory_name(names::authority_japanese(family)?);
        spec.issuer_alt_name = Some(Marked::plain(IssuerAltName(japanese)));
        spec.authority_key_identifier = Some(Marked::plain(issuer.as_authority_key_identifier()?));
        Ok(spec)
    }

    /// Subject, key, its identifier, a random serial, valid from this second for no time at all.
    fn bare(subject: Name, key: &RsaPublicKey) -> Result<Self, Error> {
        let public_key = public_key_info(key)?;
        let identifier = Sha1::digest(public_key.subject_public_key.raw_bytes()).to_vec();
        let now = SystemTime::from(Timestamp::from_second(Timestamp::now().as_second())?);
        Ok(Self {
            serial: spec::random_serial(),
            issuer: None,
            subject,
            not_before: now,
            not_after: now,
            public_key,
            signature: SignatureAlgorithm::Sha256WithRsa,
            key_usage: None,
            extended_key_usage: None,
            policies: None,
            subject_alt_name: None,
            issuer_alt_name: None,
            basic_constraints: None,
            crl_distribution_points: None,
            authority_info_access: None,
            authority_key_identifier: None,
            subject_key_identifier: Some(Marked::plain(identifier)),
            extra_extensions: Vec::new(),
        })
    }
}

fn public_key_info(key: &RsaPublicKey) -> Result<SubjectPublicKeyInfoOwned, Error> {
    let unusable = |e: rsa::pkcs8::spki::Error| Error::Key { place: "memory".to_owned(), reason: e.to_string() };
    let der = key.to_public_key_der().map_err(unusable)?;
    Ok(SubjectPublicKeyInfoOwned::from_der(der.as_bytes())?)
}

fn oid(text: &str) -> Result<ObjectIdentifier, Error> {
    Ok(ObjectIdentifier::new(text).map_err(x509_cert::der::Error::from)?)
}

fn directory_name(name: Name) -> GeneralNames {
    vec![GeneralName::DirectoryName(name)]
}

fn distribution_point(name: Name) -> Marked<CrlDistributionPoints> {
    let full_name = Some(DistributionPointName::FullName(directory_name(name)));
    let point = DistributionPoint { distribution_point: full_name, reasons: None, crl_issuer: None };
    Marked::plain(CrlDistributionPoints(vec![point]))
}

fn policy(identifier: &str) -> Result<Marked<CertificatePolicies>, Error> {
    let cps = PolicyQualifierInfo {
        policy_qualifier_id: oid("1.3.6.1.5.5.7.2.1")?,
        qualifier: Some(Any::from(&Ia5String::new(CPS_URL)?)),
    };
    Ok(Marked::critical(CertificatePolicies(vec![PolicyInformation {
        policy_identifier: oid(identifier)?,
        policy_qualifiers: Some(vec![cps]),
    }])))
}
