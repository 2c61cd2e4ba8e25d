//! Which certificates a revocation list speaks of.
//!
//! J-LIS splits its lists: each certificate names one distribution point by a directory name, and a list for it
//! says so in a critical `issuingDistributionPoint` (RFC 5280, section 5.2.5). A list of another point says nothing.

use crate::der::{DerError, Reader, tag};

/// The certificates a list is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Scope {
    /// Every certificate of the issuer.
    Everything,
    /// Those that name one of these points, each the DER of a GeneralName.
    Points(Vec<Vec<u8>>),
}

impl Scope {
    /// Reads an `issuingDistributionPoint`. Lists for CA or attribute certificates, of some reasons, or by another
    /// issuer are not understood: what they leave out would look like "not revoked".
    pub(super) fn read(extension: &[u8]) -> Result<Self, DerError> {
        let mut whole = Reader::new(extension);
        let mut fields = whole.enter(tag::SEQUENCE)?;
        whole.finish()?;
        let point = fields.optional(tag::context(0))?;
        let _only_user_certificates = fields.optional(tag::context_primitive(1))?;
        fields.finish()?;
        point.map_or(Ok(Self::Everything), |point| full_names(point.contents).map(Self::Points))
    }

    /// Whether a certificate with these `cRLDistributionPoints` is spoken of.
    pub(super) fn covers(&self, distribution_points: Option<&[u8]>) -> bool {
        let Self::Points(points) = self else { return true };
        let names = distribution_points.and_then(|extension| points_of(extension).ok()).unwrap_or_default();
        names.iter().any(|name| points.contains(name))
    }
}

/// The names of a certificate's distribution points that cover all reasons and are served by its own issuer.
fn points_of(extension: &[u8]) -> Result<Vec<Vec<u8>>, DerError> {
    let mut whole = Reader::new(extension);
    let mut points = whole.enter(tag::SEQUENCE)?;
    whole.finish()?;
    let mut names = Vec::new();
    while !points.is_empty() {
        let mut fields = points.enter(tag::SEQUENCE)?;
        let point = fields.optional(tag::context(0))?;
        if let (Some(point), true) = (point, fields.is_empty()) {
            names.extend(full_names(point.contents)?);
        }
    }
    Ok(names)
}

/// The GeneralNames of a DistributionPointName, which must be a full name.
fn full_names(name: &[u8]) -> Result<Vec<Vec<u8>>, DerError> {
    let mut name = Reader::new(name);
    let mut full = name.enter(tag::context(0))?;
    name.finish()?;
    let mut names = Vec::new();
    while !full.is_empty() {
        names.push(full.next()?.whole.to_vec());
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::der::write;

    fn point(url: &[u8]) -> Vec<u8> {
        let name = write(tag::context_primitive(6), &[url]);
        write(tag::context(0), &[&write(tag::context(0), &[&name])])
    }

    fn certificate_naming(url: &[u8]) -> Vec<u8> {
        write(tag::SEQUENCE, &[&write(tag::SEQUENCE, &[&point(url)])])
    }

    #[test]
    fn a_list_speaks_of_the_certificates_of_its_own_point() {
        let scope = Scope::read(&write(tag::SEQUENCE, &[&point(b"a")])).unwrap();
        assert!(scope.covers(Some(&certificate_naming(b"a"))));
        assert!(!scope.covers(Some(&certificate_naming(b"b"))));
        assert!(!scope.covers(None));
        assert!(!scope.covers(Some(&[0x30, 0x80])));
        assert!(Scope::Everything.covers(None));
    }

    #[test]
    fn lists_that_leave_something_out_are_not_understood() {
        let yes = [0xFF];
        for (number, understood) in [(1, true), (2, false), (4, false), (5, false)] {
            let flag = write(tag::context_primitive(number), &[&yes]);
            let extension = write(tag::SEQUENCE, &[&point(b"a"), &flag]);
            assert_eq!(Scope::read(&extension).is_ok(), understood, "[{number}]");
        }
        let some_reasons = write(tag::SEQUENCE, &[&write(tag::context_primitive(3), &[&[0x01, 0x40]])]);
        assert!(Scope::read(&some_reasons).is_err());
    }
}
