//! What the key signed: `ds:SignedInfo` (XML Signature 1.1, section 4.4), with the two references of a XAdES signature.

use roxmltree::Node;

use super::c14n::{Form, Method};
use super::{names, tree};
use crate::{DigestAlgorithm, Fault};

/// `ds:SignedInfo`, every part of which is known.
#[derive(Debug)]
pub(super) struct SignedInfo<'a> {
    pub(super) canonicalisation: Method,
    /// The hash of RSASSA-PKCS1-v1_5.
    pub(super) algorithm: DigestAlgorithm,
    pub(super) document: Reference<'a>,
    pub(super) properties: Reference<'a>,
}

/// One `ds:Reference`.
#[derive(Debug)]
pub(super) struct Reference<'a> {
    pub(super) uri: &'a str,
    pub(super) transforms: Vec<Transform>,
    pub(super) algorithm: DigestAlgorithm,
    pub(super) digest: Vec<u8>,
}

/// A known `ds:Transform`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Transform {
    Enveloped,
    Canonical(Method),
}

impl<'a> SignedInfo<'a> {
    /// # Errors
    /// [`Fault::PropertiesMissing`] without a reference to them, [`Fault::ReferenceUnknown`] for any other number of
    /// references than two, and for unknown algorithms and shapes what says so.
    pub(super) fn of(element: Node<'a, '_>) -> Result<Self, Fault> {
        let mut fields = tree::Fields::of(element, &["Id"])?;
        let canonicalisation = method(fields.expect(names::DSIG, "CanonicalizationMethod")?)?;
        let algorithm = match tree::algorithm(fields.expect(names::DSIG, "SignatureMethod")?)? {
            names::RSA_SHA256 => DigestAlgorithm::Sha256,
            names::RSA_SHA384 => DigestAlgorithm::Sha384,
            names::RSA_SHA512 => DigestAlgorithm::Sha512,
            names::RSA_SHA1 => return Err(Fault::DigestWeak),
            _ => return Err(Fault::AlgorithmUnknown),
        };
        let (mut document, mut properties) = (None, None);
        while let Some(element) = fields.optional(names::DSIG, "Reference") {
            let place = match element.attribute("Type") {
                None => &mut document,
                Some(names::SIGNED_PROPERTIES) => &mut properties,
                Some(_) => return Err(Fault::ReferenceUnknown),
            };
            if place.replace(Reference::of(element)?).is_some() {
                return Err(Fault::ReferenceUnknown);
            }
        }
        fields.finish()?;
        let properties = properties.ok_or(Fault::PropertiesMissing)?;
        Ok(Self { canonicalisation, algorithm, document: document.ok_or(Fault::ReferenceUnknown)?, properties })
    }
}

impl<'a> Reference<'a> {
    fn of(element: Node<'a, '_>) -> Result<Self, Fault> {
        let mut fields = tree::Fields::of(element, &["Id", "Type", "URI"])?;
        let transforms = match fields.optional(names::DSIG, "Transforms") {
            Some(transforms) => tree::Fields::of(transforms, &[])?.map(transform).collect::<Result<_, _>>()?,
            None => Vec::new(),
        };
        let (algorithm, digest) = tree::digest(&mut fields)?;
        fields.finish()?;
        Ok(Self { uri: element.attribute("URI").ok_or(Fault::ReferenceUnknown)?, transforms, algorithm, digest })
    }
}

fn transform(element: Node<'_, '_>) -> Result<Transform, Fault> {
    if !tree::is(element, names::DSIG, "Transform") {
        return Err(Fault::SignatureMalformed);
    }
    if tree::attribute(element, "Algorithm")? == names::ENVELOPED {
        return tree::algorithm(element).map(|_| Transform::Enveloped);
    }
    method(element).map(Transform::Canonical).map_err(|fault| match fault {
        Fault::AlgorithmUnknown => Fault::ReferenceUnknown,
        other => other,
    })
}

/// A canonicalisation, with the one parameter that one of them may have.
fn method(element: Node<'_, '_>) -> Result<Method, Fault> {
    let mut fields = tree::Fields::of(element, &["Algorithm"])?;
    let mut method = Method::from_identifier(tree::attribute(element, "Algorithm")?).ok_or(Fault::AlgorithmUnknown)?;
    if let Form::Exclusive(prefixes) = &mut method.form
        && let Some(parameter) = fields.optional(names::EXCLUSIVE, "InclusiveNamespaces")
    {
        tree::Fields::of(parameter, &["PrefixList"])?.finish()?;
        let listed = tree::attribute(parameter, "PrefixList")?.split_ascii_whitespace();
        prefixes.extend(listed.map(|prefix| if prefix == "#default" { "" } else { prefix }.to_owned()));
    }
    fields.finish()?;
    Ok(method)
}

#[cfg(test)]
mod tests {
    use super::*;

    const INFO: &str = "<SignedInfo xmlns='http://www.w3.org/2000/09/xmldsig#'>\
         <CanonicalizationMethod Algorithm='http://www.w3.org/2001/10/xml-exc-c14n#'/>\
         <SignatureMethod Algorithm='http://www.w3.org/2001/04/xmldsig-more#rsa-sha384'/>\
         <Reference URI=''><Transforms><Transform Algorithm='http://www.w3.org/2000/09/xmldsig#enveloped-signature'/>\
         </Transforms><DigestMethod Algorithm='http://www.w3.org/2001/04/xmlenc#sha512'/><DigestValue>AAEC</DigestValue>\
         </Reference><Reference URI='#p' Type='http://uri.etsi.org/01903#SignedProperties'>\
         <DigestMethod Algorithm='http://www.w3.org/2001/04/xmlenc#sha256'/><DigestValue>AwQF</DigestValue></Reference>\
         </SignedInfo>";

    fn fault(text: &str) -> Option<Fault> {
        let document = roxmltree::Document::parse(text).unwrap();
        SignedInfo::of(document.root_element()).err()
    }

    #[test]
    fn what_is_signed_is_read_field_by_field() {
        let document = roxmltree::Document::parse(INFO).unwrap();
        let info = SignedInfo::of(document.root_element()).unwrap();
        assert_eq!((&info.canonicalisation, info.algorithm), (&Method::EXCLUSIVE, DigestAlgorithm::Sha384));
        assert_eq!((info.document.uri, &info.document.transforms), ("", &vec![Transform::Enveloped]));
        assert_eq!((info.document.algorithm, &info.document.digest), (DigestAlgorithm::Sha512, &vec![0, 1, 2]));
        assert_eq!((info.properties.uri, &info.properties.digest), ("#p", &vec![3, 4, 5]));
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let third = "<Reference URI='#x'><DigestMethod Algorithm='http://www.w3.org/2001/04/xmlenc#sha256'/>\
                     <DigestValue>AAEC</DigestValue></Reference></SignedInfo>";
        let properties = " Type='http://uri.etsi.org/01903#SignedProperties'";
        for (from, to, expected) in [
            ("rsa-sha384", "hmac-sha256", Fault::AlgorithmUnknown),
            ("rsa-sha384", "ecdsa-sha256", Fault::AlgorithmUnknown),
            ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", names::RSA_SHA1, Fault::DigestWeak),
            ("xmlenc#sha512", "xmlenc#ripemd160", Fault::AlgorithmUnknown),
            ("xml-exc-c14n#'", "xml-exc-c14n#WithComment'", Fault::AlgorithmUnknown),
            ("#enveloped-signature", "#base64", Fault::ReferenceUnknown),
            (
                "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
                "http://www.w3.org/TR/1999/REC-xslt-19991116",
                Fault::ReferenceUnknown,
            ),
            (
                "rsa-sha384'/>",
                "rsa-sha384'><HMACOutputLength>1</HMACOutputLength></SignatureMethod>",
                Fault::SignatureMalformed,
            ),
            ("enveloped-signature'/>", "enveloped-signature'><XPath/></Transform>", Fault::SignatureMalformed),
            ("URI=''", "", Fault::ReferenceUnknown),
            ("URI=''", "URI='' Type='http://www.w3.org/2000/09/xmldsig#Manifest'", Fault::ReferenceUnknown),
            (properties, "", Fault::ReferenceUnknown),
            ("URI=''", &format!("URI='' {properties}"), Fault::ReferenceUnknown),
            ("</SignedInfo>", third, Fault::ReferenceUnknown),
            ("</SignedInfo>", "<Object/></SignedInfo>", Fault::SignatureMalformed),
            ("<Transforms>", "text<Transforms>", Fault::SignatureMalformed),
            ("AAEC", "AAE", Fault::SignatureMalformed),
            ("AAEC", "", Fault::SignatureMalformed),
        ] {
            let changed = INFO.replacen(from, to, 1);
            assert_ne!(changed, INFO, "{from}");
            assert_eq!(fault(&changed), Some(expected), "{from} -> {to}");
        }
        let alone = format!("{}</SignedInfo>", &INFO[..INFO.find("<Reference URI='#p'").unwrap()]);
        assert_eq!(fault(&alone), Some(Fault::PropertiesMissing));
    }
}
