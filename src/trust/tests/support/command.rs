//! Runs `jpki-verify` on a vector, as a script would.

use std::ffi::OsStr;
use std::fs;
use std::process::{Command, Output};

use jpki_protocol::{Attribute, AttributeSource};

use crate::support::{self, Given, groups};

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_jpki-verify");

/// Files of one vector in a folder: what was given, roots, and lists if it has some.
pub(crate) struct Files {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) arguments: Vec<String>,
    /// The token or the result.
    pub(crate) given: String,
}

pub(crate) fn files(id: &str) -> Files {
    let folder = tempfile::tempdir().unwrap();
    let groups = groups();
    let mut all = groups.iter().flat_map(|group| group.vectors.iter().map(move |vector| (group, vector)));
    let (group, vector) = all.find(|(_, vector)| vector.id == id).unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (command, given, more) = match vector.given() {
        Given::Token(token, _) => ("token", token, vec![]),
        Given::Attributes(result, asked) => {
            let words: Vec<_> = asked.attributes.iter().map(|attribute| word(*attribute)).collect();
            let source = match asked.source {
                AttributeSource::Card => "card",
                AttributeSource::SignatureCertificate => "signatureCertificate",
            };
            ("attributes", result, vec!["--ask".to_owned(), words.join(","), "--source".to_owned(), source.to_owned()])
        }
    };
    let mut arguments = vec![command.to_owned(), write("given.json", given.as_bytes())];
    let challenge = vector.challenge.as_ref().unwrap().as_str().to_owned();
    arguments.extend(["--origin".to_owned(), vector.origin.to_string(), "--challenge".to_owned(), challenge]);
    arguments.extend(more);
    arguments.extend(["--at".to_owned(), vector.time.to_string(), "--trust".to_owned()]);
    let pems = group.pems(vector);
    arguments.extend(pems.iter().enumerate().map(|(i, pem)| write(&format!("root-{i}.pem"), pem.as_bytes())));
    for (i, list) in vector.crls.iter().flatten().enumerate() {
        arguments.extend(["--crl".to_owned(), write(&format!("list-{i}.crl"), &support::base64(list))]);
    }
    Files { given: given.to_owned(), arguments, folder }
}

fn word(attribute: Attribute) -> &'static str {
    match attribute {
        Attribute::Name => "name",
        Attribute::Address => "address",
        Attribute::Birthdate => "birthdate",
        Attribute::Gender => "gender",
    }
}

pub(crate) fn run(arguments: &[impl AsRef<OsStr>]) -> Output {
    Command::new(PROGRAM).args(arguments).output().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}
