//! The licences of what is linked into the programs: most of them ask that their text goes along with a copy.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::Failure;

/// The packages whose programs are shipped.
const SHIPPED: [&str; 3] = ["jpki-bridge", "jpki-prompt", "jpki-trust"];

/// How files with a licence begin, in capitals.
const NAMES: [&str; 5] = ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE"];

const HEAD: &str = "\
JPKI Bridge is distributed under the Apache License 2.0. Its programs also hold the Rust standard library (MIT or
Apache-2.0, copyright The Rust Project Developers) and the libraries below, each under the licence named; where there is
a choice, under the first that is no GPL. The licences' texts follow the list, each with those that it belongs to.
";

/// One library.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Library {
    name: String,
    version: String,
    licence: String,
    folder: PathBuf,
}

/// One document with the licences of all libraries that the shipped programs hold when built for `target`.
///
/// # Errors
/// If cargo can't tell, or a library names no licence at all.
pub(crate) fn collect(top: &Path, target: &str) -> Result<String, Failure> {
    let libraries = libraries(top, target)?;
    let mut document = String::from(HEAD);
    document.push('\n');
    let mut texts = BTreeMap::<String, BTreeSet<String>>::new();
    for library in &libraries {
        writeln!(document, "{} {}: {}", library.name, library.version, library.licence)?;
        for text in texts_in(&library.folder)? {
            texts.entry(text).or_default().insert(library.name.clone());
        }
    }
    for (text, names) in texts {
        let names = names.into_iter().collect::<Vec<_>>().join(", ");
        write!(document, "\n{}\n{names}\n\n{}\n", "-".repeat(80), text.trim_end())?;
    }
    Ok(document)
}

fn libraries(top: &Path, target: &str) -> Result<BTreeSet<Library>, Failure> {
    let mut tree = vec!["tree", "--locked", "--edges=normal,no-proc-macro", "--prefix=none", "--format={p}"];
    tree.extend(["--target", target]);
    tree.extend(SHIPPED.iter().flat_map(|package| ["--package", package]));
    let tree = cargo(top, &tree)?;
    let linked: BTreeSet<(&str, &str)> = tree.lines().filter_map(name_and_version).collect();
    let metadata = ["metadata", "--locked", "--format-version=1", "--filter-platform", target];
    let metadata: Value = serde_json::from_str(&cargo(top, &metadata)?)?;
    let packages = metadata["packages"].as_array().ok_or("cargo names no packages")?;
    let mut libraries = BTreeSet::new();
    for package in packages {
        let text = |member: &str| package[member].as_str().unwrap_or_default().to_owned();
        let (name, version, licence) = (text("name"), text("version"), text("license"));
        // What has no source is this workspace's own.
        if package["source"].is_null() || !linked.contains(&(name.as_str(), version.as_str())) {
            continue;
        }
        let manifest = PathBuf::from(text("manifest_path"));
        let folder = manifest.parent().ok_or("a manifest without a folder")?.to_owned();
        if licence.is_empty() && texts_in(&folder)?.is_empty() {
            return Err(format!("{name} {version} names no licence: it can't be shipped").into());
        }
        libraries.insert(Library { name, version, licence, folder });
    }
    Ok(libraries)
}

/// The first two words of a line of `cargo tree`, as in `serde v1.0.228 (*)`.
fn name_and_version(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split_ascii_whitespace();
    Some((words.next()?, words.next()?.strip_prefix('v')?))
}

fn cargo(top: &Path, arguments: &[&str]) -> Result<String, Failure> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(program).args(arguments).current_dir(top).output()?;
    if !output.status.success() {
        return Err(format!("cargo {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// The texts of the licences in a library's folder, in an order of their own, with the ends of lines made equal.
fn texts_in(folder: &Path) -> Result<BTreeSet<String>, Failure> {
    let mut texts = BTreeSet::new();
    for folder in [folder.to_owned(), folder.join("LICENSES")] {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
            let is_licence = folder.ends_with("LICENSES") || NAMES.iter().any(|start| name.starts_with(start));
            if is_licence && path.is_file() && !name.contains("GPL") {
                texts.insert(String::from_utf8_lossy(&fs::read(&path)?).replace("\r\n", "\n"));
            }
        }
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> String {
        let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        collect(&top, "x86_64-unknown-linux-gnu").unwrap()
    }

    #[test]
    fn what_is_linked_in_is_named_and_what_is_not_isnt() {
        let document = document();
        for name in ["ring", "slint", "tokio", "clap"] {
            assert!(document.lines().any(|line| line.starts_with(&format!("{name} "))), "{name}");
        }
        // Of the tests, of the software card, and run by the compiler alone.
        for name in ["proptest", "rsa", "serde_derive"] {
            assert!(!document.lines().any(|line| line.starts_with(&format!("{name} "))), "{name}");
        }
    }

    #[test]
    fn a_text_that_many_share_comes_once() {
        let document = document();
        let shared = document.lines().filter(|line| line.contains(": MIT OR Apache-2.0")).count();
        // The rest differ in who has the copyright.
        assert!(document.matches("END OF TERMS AND CONDITIONS").count() < shared / 2);
        assert!(document.contains("Slint Royalty-free"));
    }
}
