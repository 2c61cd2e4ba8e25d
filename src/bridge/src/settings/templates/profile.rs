//! A configuration profile for macOS (Apple, "Configuring Multiple Devices Using Profiles": a payload of the program's
//! own domain, which the system puts into its managed preferences).

use super::SITE;
use super::xml::Xml;
use crate::settings::policy::DOMAIN;

const PROLOGUE: &str = "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
    \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
    <!-- A sample: choose values from README.md, and identifiers of your own. -->\n";

/// A profile that lets one site in.
pub(super) fn text() -> String {
    let mut xml = Xml::new(PROLOGUE);
    xml.within("plist", &[("version", "1.0")], |xml| {
        xml.within("dict", &[], |xml| {
            xml.text("key", &[], "PayloadContent");
            xml.within("array", &[], |xml| xml.within("dict", &[], payload));
            describe(xml, "Configuration", DOMAIN, "0E9C5B7A-6C0B-4E0C-9B56-6C1F4F0C7A01");
        });
    });
    xml.finish()
}

fn payload(xml: &mut Xml) {
    describe(xml, DOMAIN, &format!("{DOMAIN}.settings"), "0E9C5B7A-6C0B-4E0C-9B56-6C1F4F0C7A02");
    xml.text("key", &[], "only_allowed");
    xml.empty("true", &[]);
    xml.text("key", &[], "allowed");
    xml.within("array", &[], |xml| xml.text("string", &[], SITE));
    xml.text("key", &[], "port");
    xml.text("integer", &[], "39041");
}

fn describe(xml: &mut Xml, kind: &str, identifier: &str, uuid: &str) {
    for (key, value) in [
        ("PayloadType", kind),
        ("PayloadIdentifier", identifier),
        ("PayloadUUID", uuid),
        ("PayloadDisplayName", "JPKI Bridge"),
    ] {
        xml.text("key", &[], key);
        xml.text("string", &[], value);
    }
    xml.text("key", &[], "PayloadVersion");
    xml.text("integer", &[], "1");
}

#[cfg(test)]
mod tests {
    use super::*;
    use roxmltree::{Document, Node, ParsingOptions};
    use serde_json::{Map, Value};

    /// A property list as `plutil` turns it into JSON.
    fn json(node: Node<'_, '_>) -> Value {
        match node.tag_name().name() {
            "dict" => {
                let children: Vec<_> = node.children().filter(Node::is_element).collect();
                let pairs = children.chunks_exact(2).map(|pair| (pair[0].text().unwrap().to_owned(), json(pair[1])));
                Value::Object(pairs.collect::<Map<_, _>>())
            }
            "array" => node.children().filter(Node::is_element).map(json).collect(),
            "integer" => node.text().unwrap().parse::<u32>().unwrap().into(),
            "true" => true.into(),
            "string" => node.text().unwrap().into(),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn the_profile_s_payload_is_a_policy() {
        let text = text();
        let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
        let document = Document::parse_with_options(&text, options).unwrap();
        let profile = json(document.root_element().first_element_child().unwrap());
        assert_eq!(profile["PayloadType"], "Configuration");
        let mut payload = profile["PayloadContent"][0].as_object().unwrap().clone();
        assert_eq!(payload["PayloadType"], DOMAIN);
        payload.retain(|name, _| !name.starts_with("Payload"));
        let policy: crate::settings::Settings = serde_json::from_value(Value::Object(payload)).unwrap();
        assert_eq!((policy.only_allowed, policy.port, policy.allowed.len()), (Some(true), Some(39041), 1));
    }
}
