use std::io::Read;

use super::*;
use crate::{Coverage, DigestAlgorithm, Draft, Error, Fault, Format, testing};

const DOCUMENT: &str = "<?xml version=\"1.0\"?>\n<?style sheet?>\n<!-- a draft -->\n<o:order xmlns:o=\"urn:order\" \
                        xmlns:t=\"urn:type\" xml:lang=\"ja\">\n  <o:item t:count='2' id=\"1\">\
                        &#23551;\u{53F8} &amp; <![CDATA[<tea>]]></o:item>\n  <o:item type=\"t:free\"/>\n</o:order>\n<!-- end -->\n";

fn enveloped(document: &str) -> String {
    let mut draft = XmlDraft::enveloped(document.as_bytes().to_vec()).unwrap();
    String::from_utf8(testing::signed(&mut draft)).unwrap()
}

fn detached(name: &str, content: &[u8]) -> String {
    let mut draft = XmlDraft::detached(name, &mut &*content).unwrap();
    String::from_utf8(testing::signed(&mut draft)).unwrap()
}

/// What reading says, in a word: the fault's or the error's.
fn verdict(document: &str, content: Option<&[u8]>) -> String {
    let mut content = content;
    let content = content.as_mut().map(|content| content as &mut dyn Read);
    match signatures(document.as_bytes(), content) {
        Ok(_) => "good".to_owned(),
        Err(Error::Refused(fault)) => fault.word().to_owned(),
        Err(Error::XmlMalformed { .. }) => "XmlMalformed".to_owned(),
        Err(other) => format!("{other:?}"),
    }
}

#[test]
fn a_document_is_signed_in_itself_and_read_again() {
    for document in
        [DOCUMENT, "<a/>", "<a b='c' />", "\u{FEFF}<a>\r\n<b/>\r</a>\r\n", "<?xml version='1.0'?><a\n>x</a\n>"]
    {
        let signed = enveloped(document);
        let read = signatures(signed.as_bytes(), None).unwrap();
        let [signature] = read.as_slice() else { panic!("{read:?}") };
        assert_eq!(signature.format, Format::Xades);
        assert_eq!(signature.certificate, testing::signer().certificate);
        assert_eq!(signature.time, Some(testing::signer().time));
        assert_eq!(signature.covers, Coverage::Whole);
        assert_eq!(signature.digest, DigestAlgorithm::Sha256);
        assert!(signature.others.is_empty() && signature.names_certificate);
    }
}

#[test]
fn the_document_around_the_signature_stays_byte_for_byte() {
    for document in [DOCUMENT, "\u{FEFF}<a>\r\n</a>\r\n", "<!-- </a> --><a>x</a  ><!-- </a> -->"] {
        let signed = enveloped(document);
        let start = signed.find("<ds:Signature ").unwrap();
        let end = signed.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
        assert_eq!([&signed[..start], &signed[end..]].concat(), document);
        assert!(signed[end..].starts_with("</"));
    }
    let signed = enveloped("<n:a b='/>' xmlns:n='urn:n'\n/><!-- <b/> -->");
    assert!(signed.starts_with("<n:a b='/>' xmlns:n='urn:n'\n><ds:Signature "));
    assert!(signed.ends_with("</ds:Signature></n:a><!-- <b/> -->"));
}

#[test]
fn a_file_is_signed_apart_and_read_again_with_it() {
    let content = vec![7; 200_000];
    let signed = detached("\u{5951}\u{7D04} (1).pdf", &content);
    assert!(signed.contains(" URI=\"%E5%A5%91%E7%B4%84%20%281%29.pdf\""));
    let read = signatures(signed.as_bytes(), Some(&mut content.as_slice())).unwrap();
    assert_eq!(read.len(), 1);
    assert_eq!(read[0].certificate, testing::signer().certificate);
    assert_eq!(verdict(&signed, Some(b"another file")), "digest_wrong");
    assert_eq!(verdict(&signed, None), "content_missing");
    assert_eq!(verdict(&enveloped(DOCUMENT), Some(b"")), "content_twice");
}

/// Changes every byte of a file, those of `thoroughly` in each of their bits and the others in one, and says where
/// nobody noticed.
fn unnoticed(signed: &str, thoroughly: &str, content: Option<&[u8]>) -> Vec<(usize, u8)> {
    let bits = (0..signed.len()).flat_map(|at| (0..8).map(move |bit| (at, bit)));
    let is_tried = |&(at, bit): &(usize, u8)| at % 8 == usize::from(bit) || at < thoroughly.len();
    let is_unnoticed = |&(at, bit): &(usize, u8)| {
        let mut changed = signed.as_bytes().to_vec();
        changed[at] ^= 1 << bit;
        let mut content = content;
        signatures(&changed, content.as_mut().map(|content| content as &mut dyn Read)).is_ok()
    };
    bits.filter(is_tried).filter(is_unnoticed).collect()
}

#[test]
fn no_byte_of_a_signed_document_can_be_changed() {
    assert_eq!(unnoticed(&enveloped(DOCUMENT), DOCUMENT, None), []);
}

#[test]
fn no_byte_of_a_signature_file_can_be_changed() {
    assert_eq!(unnoticed(&detached("name.txt", b"content"), "<?xml version=\"1.0\"?>", Some(b"content")), []);
}

#[test]
fn what_has_no_meaning_can_be_changed() {
    let signed = enveloped("<a b=\"1\" c=\"2\">x\n<d/></a>");
    for (from, to) in [
        ("<a b=\"1\" c=\"2\">", "<a  c='2'\n b='1' >"),
        ("<d/>", "<d></d>"),
        ("x\n", "<![CDATA[x]]>\r\n"),
        ("x\n", "&#120;&#xA;"),
        ("<a ", "<?xml version='1.0'?>\n\n<a "),
        ("<d/>", "<d xmlns=''/>"),
    ] {
        assert!(signed.contains(from));
        assert_eq!(verdict(&signed.replacen(from, to, 1), None), "good", "{to}");
    }
}

#[test]
fn each_way_to_add_or_move_something_is_refused() {
    let signed = enveloped("<a><b Id=\"x\"/></a>");
    let start = signed.find("<ds:Signature ").unwrap();
    let end = signed.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    let signature = &signed[start..end];
    let id = &signature[signature.find(" Id=\"").unwrap() + 5..][..38];
    assert!(id.starts_with("xades-"));
    for (what, changed, expected) in [
        ("a comment", signed.replace("<b", "<!-- --><b"), "not_covered"),
        ("a comment after the root", format!("{signed}<!-- -->"), "not_covered"),
        ("an instruction before the root", format!("<?b c?>{signed}"), "digest_wrong"),
        ("a namespace", signed.replace("<a>", "<a xmlns:n='urn:n'>"), "digest_wrong"),
        ("text beside the signature", signed.replace("</a>", " </a>"), "digest_wrong"),
        ("a second root", format!("{signed}<b/>"), "XmlMalformed"),
        ("a second signature", signed.replace("</a>", &format!("{signature}</a>")), "too_many_signatures"),
        ("a signature deeper", format!("<a><b Id=\"x\">{signature}</b></a>"), "signature_place"),
        ("a wrapper around everything", format!("<c>{signed}</c>"), "signature_place"),
        ("a wrapper around the document", signed.replace("<b Id=\"x\"/>", "<a><b Id=\"x\"/></a>"), "digest_wrong"),
        ("a second object", signed.replace("</ds:Object>", "</ds:Object><ds:Object>evil</ds:Object>"), "not_covered"),
        ("more in the object", signed.replace("</ds:Object>", "<b/></ds:Object>"), "not_covered"),
        ("text in the object", signed.replace("</ds:Object>", "text</ds:Object>"), "signature_malformed"),
        ("a comment in the signature", signed.replace("<ds:Object>", "<!-- --><ds:Object>"), "not_covered"),
        ("a comment in a value", signed.replace("</ds:SignatureValue>", "<!-- --></ds:SignatureValue>"), "not_covered"),
        (
            "an instruction in a value",
            signed.replace("</ds:SignatureValue>", "<?b?></ds:SignatureValue>"),
            "not_covered",
        ),
        ("an attribute", signed.replace("<ds:KeyInfo>", "<ds:KeyInfo b=\"c\">"), "signature_malformed"),
        (
            "a key beside the certificate",
            signed.replace("<ds:X509Data>", "<ds:KeyName>x</ds:KeyName><ds:X509Data>"),
            "not_covered",
        ),
        (
            "a name beside the certificate",
            signed.replace("<ds:X509Data>", "<ds:X509Data><ds:X509SKI>eA==</ds:X509SKI>"),
            "not_covered",
        ),
        (
            "unsigned properties",
            signed.replace("</xades:QualifyingProperties>", "<xades:UnsignedProperties/></xades:QualifyingProperties>"),
            "not_covered",
        ),
        ("another target", signed.replace(&format!("Target=\"#{id}"), "Target=\"#other"), "signature_malformed"),
        ("the properties' Id elsewhere", signed.replace("Id=\"x\"", &format!("ID=\"{id}-properties\"")), "id_twice"),
        ("the signature's Id elsewhere", signed.replace("Id=\"x\"", &format!("xml:id=\"{id}\"")), "id_twice"),
        (
            "no properties",
            format!("{}</ds:Signature></a>", &signed[..signed.find("<ds:Object>").unwrap()]),
            "properties_missing",
        ),
        ("no certificate", remove(&signed, "<ds:KeyInfo>", "</ds:KeyInfo>"), "signer_missing"),
        ("no signature", "<a/>".to_owned(), "unsigned"),
        ("a DTD", format!("<!DOCTYPE a>{signed}"), "XmlDtd"),
    ] {
        assert_ne!(changed, signed, "{what}");
        assert_eq!(verdict(&changed, None), expected, "{what}");
    }
}

fn remove(text: &str, from: &str, to: &str) -> String {
    let (start, end) = (text.find(from).unwrap(), text.find(to).unwrap() + to.len());
    [&text[..start], &text[end..]].concat()
}

#[test]
fn another_certificate_is_refused_even_for_the_same_key() {
    use base64::Engine as _;
    let encode = |certificate| base64::prelude::BASE64_STANDARD.encode(certificate);
    let signed = enveloped("<a/>");
    let (own, other) = (encode(testing::signer().certificate), encode(testing::other_signer().certificate));
    assert_eq!(verdict(&signed.replace(&own, &other), None), "signing_certificate_wrong");
    let more = |certificate: &str| {
        signed
            .replace("</ds:X509Data>", &format!("<ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data>"))
    };
    let read = signatures(more(&other).as_bytes(), None).unwrap();
    assert_eq!(read[0].others, [testing::other_signer().certificate]);
    assert_eq!(verdict(&more("<ds:X509Certificate/>"), None), "signature_malformed");
}

#[test]
fn a_document_is_signed_once() {
    let signed = enveloped("<a/>");
    assert!(matches!(XmlDraft::enveloped(signed.into_bytes()), Err(Error::XmlSigned)));
}

#[test]
fn a_draft_without_digest_name_or_certificate_goes_nowhere() {
    let mut draft = XmlDraft::enveloped(b"<a/>".to_vec()).unwrap();
    assert!(matches!(draft.finish(&[], &mut Vec::new()), Err(Error::NotStarted)));
    let broken = crate::Signer { certificate: vec![1], ..testing::signer() };
    assert!(matches!(draft.digest(&broken), Err(Error::Refused(Fault::SignerKey))));
    assert!(matches!(XmlDraft::detached("", &mut &b""[..]), Err(Error::NameMissing)));
}

#[test]
fn a_name_with_a_path_or_a_scheme_is_a_name() {
    for (name, expected) in [("../a", "..%2Fa"), ("http://a", "http%3A%2F%2Fa"), ("#a", "%23a"), ("\"<&", "%22%3C%26")]
    {
        assert!(detached(name, b"").contains(&format!(" URI=\"{expected}\"")), "{name}");
    }
}

#[test]
fn what_costs_too_much_is_refused_in_time() {
    let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
    let attributes = |count: usize| {
        let attributes: String = (0..count).map(|number| format!(" a{number}=''")).collect();
        format!("<a{attributes}/>")
    };
    let namespaces = |count: usize, elements: usize| {
        let namespaces: String = (0..count).map(|number| format!(" xmlns:a{number}='urn:u'")).collect();
        format!("<a{namespaces}>{}</a>", "<b xmlns:c='urn:u'/>".repeat(elements))
    };
    let reason = |document: String| match XmlDraft::enveloped(document.into_bytes()) {
        Ok(_) => "none".to_owned(),
        Err(fault) => format!("{fault:?}"),
    };
    for (document, expected) in [
        (nested(200), "none"),
        (nested(201), "XmlTooDeep"),
        (nested(500_000), "XmlTooDeep"),
        (attributes(512), "none"),
        (attributes(513), "XmlTooComplex"),
        (namespaces(100, 1_000), "none"),
        (namespaces(512, 1), "XmlTooComplex"),
        (namespaces(400, 10_000), "XmlTooComplex"),
        ("=".repeat(2_000_001), "XmlTooComplex"),
        (format!("<a>{}</a>", "<b/>".repeat(2_000_000)), "XmlTooComplex"),
    ] {
        assert_eq!(reason(document), expected);
    }
}
