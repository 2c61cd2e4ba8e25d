//! Random documents, canonicalised here and by xmllint.

use std::io::Write as _;
use std::process::{Command, Stdio};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::xml::source::Source;

/// What xmllint writes, if it has nothing to complain of but its taste in namespaces.
fn xmllint(option: &str, text: &[u8]) -> Option<String> {
    let mut child = Command::new("xmllint")
        .args(["--nonet", option, "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("xmllint, of the package libxml2-utils");
    child.stdin.take().unwrap().write_all(text).unwrap();
    let output = child.wait_with_output().unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr);
    let is_taste = |line: &str| line.contains("is not a valid URI") || line.contains("is not absolute");
    let is_clean =
        output.status.success() && !complaints.lines().any(|line| line.contains("error :") && !is_taste(line));
    is_clean.then(|| String::from_utf8(output.stdout).unwrap())
}

fn ours(form: Form, text: &[u8]) -> Option<String> {
    let source = Source::new(text).ok()?;
    let document = source.parse().ok()?;
    let mut canonical = String::new();
    Method { form, comments: true }.document(document.root_element(), None, &mut |part| canonical.push_str(part));
    Some(canonical)
}

fn name() -> impl Strategy<Value = String> {
    let prefix = select(vec!["", "", "p:", "q:", "r:"]);
    (prefix, select(vec!["a", "b", "B", "z", "\u{6CE8}"])).prop_map(|(prefix, local)| format!("{prefix}{local}"))
}

/// Values with everything that is escaped, normalised or left alone.
fn value() -> impl Strategy<Value = String> {
    let pieces = [
        "x", " ", "\t", "\n", "\r\n", "\r", "&#9;", "&#xA;", "&#13;", "&amp;", "&lt;", "&gt;", "&quot;", "\u{5BFF}",
        ">", "'",
    ];
    vec(select(pieces.to_vec()), 0..6).prop_map(|pieces| pieces.concat())
}

fn attributes() -> impl Strategy<Value = String> {
    let declared = (select(vec!["", ":p", ":q", ":r"]), select(vec!["urn:1", "urn:2", "urn:a:b?c#d"]));
    let declaration = declared.prop_map(|(prefix, uri)| (format!("xmlns{prefix}"), uri.to_owned()));
    let undeclared = Just(("xmlns".to_owned(), String::new()));
    let of_xml = select(vec![("xml:lang", "ja"), ("xml:space", "preserve"), ("xml:base", "http://b.example")])
        .prop_map(|(name, value)| (name.to_owned(), value.to_owned()));
    let plain = (name(), value());
    let one = prop_oneof![2 => declaration, 1 => undeclared, 1 => of_xml, 4 => plain];
    vec(one, 0..6).prop_map(|attributes| {
        let mut seen = Vec::new();
        let mut text = String::new();
        for (name, value) in attributes {
            // Two prefixes may mean one namespace, so each local name comes once.
            let local =
                if name.starts_with("xmlns") { name.clone() } else { name.split(':').next_back().unwrap().to_owned() };
            if !seen.contains(&local) {
                text.push_str(&format!(" {name}=\"{value}\""));
                seen.push(local);
            }
        }
        text
    })
}

fn content() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => value().prop_map(|text| text.replace("]]>", "")),
        1 => Just("<![CDATA[<&\r\n]]>".to_owned()),
        1 => Just("<!-- a\r\ncomment -->".to_owned()),
        1 => Just("<?target  some\rdata ?>".to_owned()),
        1 => Just("<?target?>".to_owned()),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        (name(), attributes(), vec(inner, 0..6)).prop_map(|(name, attributes, inner)| match inner.concat() {
            inner if inner.is_empty() => format!("<{name}{attributes} />"),
            inner => format!("<{name}{attributes}>{inner}</{name}\n>"),
        })
    })
}

fn document() -> impl Strategy<Value = String> {
    let misc = select(vec!["", "<!-- c -->", "<?p d?>\r\n<!--\r-->", "\n"]);
    (misc.clone(), attributes(), vec(content(), 0..4), misc).prop_map(|(before, attributes, content, after)| {
        let declared = ["", ":p", ":q", ":r"].map(|prefix| format!(" xmlns{prefix}=\"urn:1\""));
        let missing: String =
            declared.into_iter().filter(|one| !attributes.contains(one.split('=').next().unwrap())).collect();
        format!("{before}<root{missing}{attributes}>{}</root>{after}", content.concat())
    })
}

/// A small change that may or may not leave the document well-formed.
fn changed() -> impl Strategy<Value = String> {
    let pieces = [
        ":", "xmlns", "=", "\"", "'", "<", ">", "/", "?", "!", "-", "]]>", "&", "#", ";", "&#xD800;", "\u{FEFF}", " ",
        "\r", "\0", "xml", "\u{FFFE}",
    ];
    (document(), any::<prop::sample::Index>(), 0..3usize, select(pieces.to_vec())).prop_map(
        |(text, at, removed, piece)| {
            let mut characters: Vec<_> = text.chars().collect();
            let at = at.index(characters.len());
            characters.splice(at..(at + removed).min(characters.len()), piece.chars());
            characters.into_iter().collect()
        },
    )
}

fn forms() -> [(&'static str, Form); 3] {
    [("--c14n", Form::Inclusive10), ("--c14n11", Form::Inclusive11), ("--exc-c14n", Form::Exclusive(Vec::new()))]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn documents_have_the_canonical_form_that_xmllint_gives_them(text in document()) {
        for (option, form) in forms() {
            let theirs = xmllint(option, text.as_bytes());
            prop_assert!(theirs.is_some(), "{}", text);
            prop_assert_eq!(ours(form, text.as_bytes()), theirs, "{} of {}", option, text);
        }
    }

    #[test]
    fn what_is_read_as_well_formed_is_so_for_xmllint_and_means_the_same(text in changed()) {
        if let Some(ours) = ours(Form::Inclusive10, text.as_bytes()) {
            prop_assert_eq!(Some(ours), xmllint("--c14n", text.as_bytes()), "{}", text);
        }
    }
}
