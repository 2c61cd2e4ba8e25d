//! Templates for Group Policy (Microsoft, "ADMX syntax": `policyDefinitions` and `policyDefinitionResources`).

use super::texts::{English, Text, Tongue};
use super::xml::Xml;
use crate::settings::keys::{KEYS, Key, Kind};
use crate::settings::policy::REGISTRY_KEY;

const NAMESPACE: &str = "http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions";
const CATEGORY: &str = "jpki_bridge";
const SUPPORTED: &str = "supported";

/// What can be set, and where in the registry.
pub(super) fn admx() -> String {
    let mut xml = Xml::new("");
    let root = [("xmlns", NAMESPACE), ("revision", "1.0"), ("schemaVersion", "1.0")];
    xml.within("policyDefinitions", &root, |xml| {
        xml.within("policyNamespaces", &[], |xml| {
            xml.empty("target", &[("prefix", "jpki"), ("namespace", "JpkiBridge.Policies")]);
        });
        xml.empty("resources", &[("minRequiredRevision", "1.0")]);
        xml.within("supportedOn", &[], |xml| {
            xml.within("definitions", &[], |xml| {
                xml.empty("definition", &[("name", SUPPORTED), ("displayName", &string(SUPPORTED))]);
            });
        });
        xml.within("categories", &[], |xml| {
            xml.empty("category", &[("name", CATEGORY), ("displayName", &string(CATEGORY))]);
        });
        xml.within("policies", &[], |xml| KEYS.iter().for_each(|key| policy(xml, key)));
    });
    xml.finish()
}

fn policy(xml: &mut Xml, key: &Key) {
    let (title, explanation) = (string(key.name), string(&explanation(key)));
    let presentation = format!("$(presentation.{})", key.name);
    let mut attributes = vec![
        ("name", key.name),
        ("class", "Machine"),
        ("displayName", title.as_str()),
        ("explainText", explanation.as_str()),
        ("key", REGISTRY_KEY),
    ];
    // A switch has no field: on is enabled, off is disabled.
    match key.kind {
        Kind::Switch => attributes.push(("valueName", key.name)),
        _ => attributes.push(("presentation", presentation.as_str())),
    }
    xml.within("policy", &attributes, |xml| {
        xml.empty("parentCategory", &[("ref", CATEGORY)]);
        xml.empty("supportedOn", &[("ref", SUPPORTED)]);
        if key.kind == Kind::Switch {
            for (element, value) in [("enabledValue", "1"), ("disabledValue", "0")] {
                xml.within(element, &[], |xml| xml.empty("decimal", &[("value", value)]));
            }
        } else {
            xml.within("elements", &[], |xml| field(xml, key));
        }
    });
}

fn field(xml: &mut Xml, key: &Key) {
    let named = [("id", key.name), ("valueName", key.name), ("required", "true")];
    match key.kind {
        Kind::Number(least, most) => {
            let (least, most) = (least.to_string(), most.to_string());
            xml.empty("decimal", &[&named[..], &[("minValue", &least), ("maxValue", &most)]].concat());
        }
        Kind::Choice(words) => xml.within("enum", &named, |xml| {
            for word in words {
                xml.within("item", &[("displayName", &string(&choice(key, word)))], |xml| {
                    xml.within("value", &[], |xml| xml.text("string", &[], word));
                });
            }
        }),
        Kind::Path => xml.empty("text", &named),
        Kind::Sites => {
            let list = format!(r"{REGISTRY_KEY}\{}", key.name);
            xml.empty("list", &[("id", key.name), ("key", &list), ("valuePrefix", "")]);
        }
        Kind::Switch => {}
    }
}

/// The words of a language for [`admx`].
pub(super) fn adml(tongue: Tongue) -> String {
    let (category, supported) = match tongue {
        English => ("JPKI Bridge", "JPKI Bridge 0.1 or later"),
        Tongue::Japanese => ("JPKI Bridge", "JPKI Bridge 0.1 以降"),
    };
    let mut xml = Xml::new("");
    let root = [("xmlns", NAMESPACE), ("revision", "1.0"), ("schemaVersion", "1.0")];
    xml.within("policyDefinitionResources", &root, |xml| {
        xml.text("displayName", &[], "JPKI Bridge");
        xml.text("description", &[], "JPKI Bridge");
        xml.within("resources", &[], |xml| {
            xml.within("stringTable", &[], |xml| {
                xml.text("string", &[("id", CATEGORY)], category);
                xml.text("string", &[("id", SUPPORTED)], supported);
                for key in &KEYS {
                    let text = Text::of(key.name);
                    xml.text("string", &[("id", key.name)], text.title(tongue));
                    xml.text("string", &[("id", &explanation(key))], text.explanation(tongue));
                    if let Kind::Choice(words) = key.kind {
                        words.iter().for_each(|word| xml.text("string", &[("id", &choice(key, word))], word));
                    }
                }
            });
            xml.within("presentationTable", &[], |xml| {
                let fields = KEYS.iter().filter(|key| key.kind != Kind::Switch);
                fields.for_each(|key| {
                    xml.within("presentation", &[("id", key.name)], |xml| {
                        control(xml, key, Text::of(key.name).title(tongue))
                    });
                });
            });
        });
    });
    xml.finish()
}

fn control(xml: &mut Xml, key: &Key, label: &str) {
    let refers = [("refId", key.name)];
    match key.kind {
        Kind::Number(..) => {
            let default = key.default.split(',').next().unwrap_or_default();
            xml.text("decimalTextBox", &[&refers[..], &[("defaultValue", default), ("spin", "false")]].concat(), label);
        }
        Kind::Choice(_) => xml.text("dropdownList", &[&refers[..], &[("noSort", "true")]].concat(), label),
        Kind::Path => xml.within("textBox", &refers, |xml| xml.text("label", &[], label)),
        Kind::Sites => xml.text("listBox", &refers, label),
        Kind::Switch => {}
    }
}

fn string(id: &str) -> String {
    format!("$(string.{id})")
}

fn explanation(key: &Key) -> String {
    format!("{}_explanation", key.name)
}

fn choice(key: &Key, word: &str) -> String {
    format!("{}_{word}", key.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::templates::texts::Japanese;
    use roxmltree::{Document, Node};
    use std::collections::BTreeSet;

    fn ids<'a>(document: &'a Document<'_>, element: &str, attribute: &str) -> BTreeSet<&'a str> {
        let found = document.descendants().filter(|node| node.has_tag_name((NAMESPACE, element)));
        found.filter_map(|node| node.attribute(attribute)).collect()
    }

    /// The names in `$(kind.NAME)`.
    fn references<'a>(document: &'a Document<'_>, kind: &str) -> BTreeSet<&'a str> {
        let values = document.descendants().flat_map(|node| node.attributes().map(|a| a.value()).collect::<Vec<_>>());
        values.filter_map(|value| value.strip_prefix(&format!("$({kind}."))?.strip_suffix(')')).collect()
    }

    fn names(node: Node<'_, '_>) -> Vec<String> {
        node.children().filter(Node::is_element).map(|child| child.tag_name().name().to_owned()).collect()
    }

    #[test]
    fn the_template_has_the_structure_of_policy_definitions() {
        let text = admx();
        let document = Document::parse(&text).unwrap();
        let root = document.root_element();
        assert!(root.has_tag_name((NAMESPACE, "policyDefinitions")));
        assert_eq!(names(root), ["policyNamespaces", "resources", "supportedOn", "categories", "policies"]);
        let policies = document.descendants().filter(|node| node.has_tag_name((NAMESPACE, "policy")));
        let mut count = 0;
        for policy in policies {
            let name = policy.attribute("name").unwrap();
            // The order of the schema's sequence.
            let switch = ["parentCategory", "supportedOn", "enabledValue", "disabledValue"];
            let field = ["parentCategory", "supportedOn", "elements"];
            let wanted = if policy.attribute("valueName").is_some() { &switch[..] } else { &field[..] };
            assert_eq!(names(policy), wanted, "{name}");
            assert_eq!((policy.attribute("class"), policy.attribute("key")), (Some("Machine"), Some(REGISTRY_KEY)));
            count += 1;
        }
        assert_eq!(count, KEYS.len());
    }

    #[test]
    fn every_word_the_template_asks_for_is_in_both_languages_and_no_other() {
        let text = admx();
        let template = Document::parse(&text).unwrap();
        for tongue in [English, Japanese] {
            let text = adml(tongue);
            let words = Document::parse(&text).unwrap();
            assert!(words.root_element().has_tag_name((NAMESPACE, "policyDefinitionResources")));
            assert_eq!(references(&template, "string"), ids(&words, "string", "id"));
            assert_eq!(references(&template, "presentation"), ids(&words, "presentation", "id"));
            let controls: BTreeSet<&str> = words.descendants().filter_map(|node| node.attribute("refId")).collect();
            let fields = ["decimal", "enum", "text", "list"];
            let fields: BTreeSet<&str> = fields.iter().flat_map(|element| ids(&template, element, "id")).collect();
            assert_eq!(controls, fields);
        }
    }

    #[test]
    fn what_group_policy_writes_is_what_the_agent_reads() {
        let text = admx();
        let template = Document::parse(&text).unwrap();
        let mut written: BTreeSet<&str> = BTreeSet::new();
        for element in ["policy", "decimal", "enum", "text"] {
            written.extend(ids(&template, element, "valueName"));
        }
        let lists = ids(&template, "list", "key");
        written.extend(lists.iter().map(|key| key.strip_prefix(&format!(r"{REGISTRY_KEY}\")).unwrap()));
        assert_eq!(written, KEYS.iter().map(|key| key.name).collect());
    }
}
