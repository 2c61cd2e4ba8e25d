//! PDFs with other programs on the other side: pdfsig (Poppler), qpdf and, where it is installed, pyHanko.
#![expect(clippy::unwrap_used, reason = "a test fails where an unwrap does")]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use fixtures::{Objects, classic, every_form, every_kind, objects};
use jpki_signing::pdf::{PdfDraft, PdfOptions, signatures};
use jpki_signing::{Coverage, Error, Fault};
use tempfile::TempDir;

#[path = "../src/pdf/fixtures.rs"]
mod fixtures;
#[path = "../src/testing.rs"]
mod testing;

/// A folder in which programs run, with key and certificates as they want them.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.put("ca.pem", testing::authority_pem().as_bytes());
        folder.put("key.pem", testing::key_pem().as_bytes());
        folder.put("certificate.der", &testing::signer().certificate);
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    fn run(&self, program: impl AsRef<Path>, arguments: &str) -> Output {
        let mut command = Command::new(program.as_ref());
        command.args(arguments.split_whitespace()).current_dir(self.0.path());
        // Whatever it would keep at home.
        command.env("HOME", self.0.path()).output().unwrap()
    }

    fn sign(&self, from: &str, to: &str) {
        let mut draft = PdfDraft::open(&self.path(from), &PdfOptions::default()).unwrap();
        self.put(to, &testing::signed(&mut draft));
    }

    fn sign_by_other(&self, from: &str, to: &str) {
        let mut draft = PdfDraft::open(&self.path(from), &PdfOptions::default()).unwrap();
        self.put(to, &testing::signed_by_other(&mut draft));
    }

    fn qpdf(&self, arguments: &str) {
        let output = self.run("qpdf", arguments);
        assert!(output.status.success(), "{}", text(&output));
    }

    /// How many signatures pdfsig finds valid, and whether the last covers the whole file.
    fn pdfsig(&self, name: &str) -> (usize, bool) {
        let output = self.run("pdfsig", &format!("-nocert {name}"));
        let said = text(&output);
        let valid = said.matches("Signature is Valid.").count();
        assert_eq!(valid, said.matches("Signature Validation:").count(), "{said}");
        (valid, said.lines().rev().any(|line| line.trim() == "- Total document signed"))
    }

    /// Runs pyHanko's validation; it must judge every signature valid.
    fn pyhanko_validates(&self, pyhanko: &Path, name: &str) -> bool {
        let arguments = format!("sign validate --no-revocation-check --trust ca.pem --pretty-print {name}");
        let output = self.run(pyhanko, &arguments);
        let said = text(&output);
        output.status.success() && said.contains("judged VALID") && !said.contains("judged INVALID")
    }

    fn pyhanko_signs(&self, pyhanko: &Path, options: &str, from: &str, to: &str) {
        let key = "pemder --key key.pem --cert certificate.der --no-pass";
        let output = self.run(pyhanko, &format!("sign addsig {options} {key} {from} {to}"));
        assert!(output.status.success(), "{}", text(&output));
    }
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// pyHanko is no Debian package: `installer/setup.sh --tests` puts it into a folder of its own, `JPKI_PYHANKO` names
/// another.
fn pyhanko() -> PathBuf {
    let named = env::var_os("JPKI_PYHANKO").map(PathBuf::from);
    let cache = || {
        let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
        cache.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cache")))
    };
    let found = named.or_else(|| Some(cache()?.join("jpki-bridge/pyhanko/bin/pyhanko"))).filter(|path| path.is_file());
    found.ok_or("pyHanko is not installed: run installer/setup.sh --tests, or set JPKI_PYHANKO to its path").unwrap()
}

/// The forms but the one with an annotation inside the page, which pyHanko can't compare, whoever signs.
fn forms() -> Vec<(&'static str, Objects)> {
    every_form().into_iter().filter(|(name, _)| *name != "an annotation in its list").collect()
}

#[test]
fn pdfsig_and_qpdf_accept_one_two_and_three_signatures() {
    let folder = Folder::new();
    for (form, objects) in every_form() {
        for (kind, original) in every_kind(&objects) {
            folder.put("0.pdf", &original);
            folder.sign("0.pdf", "1.pdf");
            folder.sign_by_other("1.pdf", "2.pdf");
            folder.sign("2.pdf", "3.pdf");
            for count in 1..=3 {
                let name = format!("{count}.pdf");
                assert_eq!(folder.pdfsig(&name), (count, true), "{form}, {kind}");
                folder.qpdf(&format!("--check {name}"));
            }
        }
    }
}

#[test]
fn pdfsig_refuses_a_changed_byte() {
    let folder = Folder::new();
    folder.put("0.pdf", &classic(&objects()));
    folder.sign("0.pdf", "1.pdf");
    let mut changed = fs::read(folder.path("1.pdf")).unwrap();
    changed[30] ^= 1;
    folder.put("changed.pdf", &changed);
    let said = text(&folder.run("pdfsig", "-nocert changed.pdf"));
    assert!(said.contains("Digest Mismatch"), "{said}");
}

#[test]
fn files_that_qpdf_writes_are_signed() {
    let folder = Folder::new();
    folder.put("0.pdf", &classic(&objects()));
    for options in ["--linearize", "--object-streams=generate", "--linearize --object-streams=generate", "--qdf"] {
        folder.qpdf(&format!("{options} 0.pdf q.pdf"));
        folder.sign("q.pdf", "1.pdf");
        folder.sign_by_other("1.pdf", "2.pdf");
        assert_eq!(folder.pdfsig("2.pdf"), (2, true), "{options}");
        let found = signatures(&folder.path("2.pdf")).unwrap();
        assert_eq!(found.iter().map(|one| one.covers.is_whole()).collect::<Vec<_>>(), [false, true], "{options}");
    }
}

#[test]
fn encrypted_files_are_not_signed_whatever_the_password() {
    let folder = Folder::new();
    folder.put("0.pdf", &classic(&objects()));
    for passwords in ["'' owner", "user owner"] {
        for strength in ["40", "128 --use-aes=y", "256"] {
            let passwords = passwords.replace("''", "");
            let weak = if strength == "256" { "" } else { "--allow-weak-crypto" };
            let arguments = format!("{weak} --encrypt {passwords} {strength} -- 0.pdf encrypted.pdf");
            // An empty password is an empty argument, which splitting at spaces would lose.
            let mut command = Command::new("qpdf");
            let empty = passwords.starts_with(' ');
            for argument in arguments.split_whitespace() {
                command.arg(argument);
                if empty && argument == "--encrypt" {
                    command.arg("");
                }
            }
            let output = command.current_dir(folder.0.path()).output().unwrap();
            assert!(output.status.success(), "{}", text(&output));
            let path = folder.path("encrypted.pdf");
            let opened = PdfDraft::open(&path, &PdfOptions::default());
            assert!(matches!(opened, Err(Error::PdfEncrypted)), "{passwords} {strength}: {opened:?}");
            assert!(matches!(signatures(&path), Err(Error::PdfEncrypted)), "{passwords} {strength}");
        }
    }
}

#[test]
fn pyhanko_accepts_what_is_signed_here() {
    let pyhanko = pyhanko();
    let folder = Folder::new();
    for (form, objects) in forms() {
        // pyHanko refuses hybrid files, signed or not.
        for (kind, original) in every_kind(&objects).into_iter().filter(|(kind, _)| *kind != "hybrid") {
            folder.put("0.pdf", &original);
            folder.sign("0.pdf", "1.pdf");
            folder.sign_by_other("1.pdf", "2.pdf");
            assert!(folder.pyhanko_validates(&pyhanko, "2.pdf"), "{form}, {kind}");
        }
    }
    let mut changed = fs::read(folder.path("1.pdf")).unwrap();
    changed[30] ^= 1;
    folder.put("changed.pdf", &changed);
    assert!(!folder.pyhanko_validates(&pyhanko, "changed.pdf"));
}

#[test]
fn what_pyhanko_signs_before_and_after_is_read() {
    let pyhanko = pyhanko();
    let folder = Folder::new();
    for (kind, original) in every_kind(&objects()).into_iter().filter(|(kind, _)| *kind != "hybrid") {
        for options in ["--field Theirs --use-pades", "--field Theirs", "--field 1/10,10,200,60/Theirs --use-pades"] {
            folder.put("0.pdf", &original);
            folder.pyhanko_signs(&pyhanko, options, "0.pdf", "1.pdf");
            assert_eq!(signatures(&folder.path("1.pdf")).unwrap().len(), 1, "{kind}, {options}");
            folder.sign_by_other("1.pdf", "2.pdf");
            folder.pyhanko_signs(&pyhanko, &options.replace("Theirs", "Again"), "2.pdf", "3.pdf");
            let found = signatures(&folder.path("3.pdf")).unwrap_or_else(|error| panic!("{kind}, {options}: {error}"));
            let whole: Vec<_> = found.iter().map(|one| one.covers == Coverage::Whole).collect();
            assert_eq!(whole, [false, false, true], "{kind}, {options}");
            assert!(found.iter().all(|one| one.time.is_some()));
            assert!(folder.pyhanko_validates(&pyhanko, "3.pdf"), "{kind}, {options}");
        }
    }
}

#[test]
fn an_empty_field_that_pyhanko_signs_later_is_a_signature_and_no_change() {
    let pyhanko = pyhanko();
    let folder = Folder::new();
    folder.put("0.pdf", &classic(&objects()));
    let output = folder.run(&pyhanko, "sign addfields --field 1/10,10,200,60/Empty 0.pdf 1.pdf");
    assert!(output.status.success(), "{}", text(&output));
    folder.sign_by_other("1.pdf", "2.pdf");
    folder.pyhanko_signs(&pyhanko, "--field Empty --existing-only --use-pades", "2.pdf", "3.pdf");
    assert_eq!(signatures(&folder.path("3.pdf")).unwrap().len(), 2);
}

#[test]
fn a_file_that_pyhanko_certified_is_signed_and_read() {
    let pyhanko = pyhanko();
    let folder = Folder::new();
    folder.put("0.pdf", &classic(&objects()));
    folder.pyhanko_signs(&pyhanko, "--field Certified --certify --use-pades", "0.pdf", "1.pdf");
    folder.sign_by_other("1.pdf", "2.pdf");
    assert_eq!(signatures(&folder.path("2.pdf")).unwrap().len(), 2);
    assert!(folder.pyhanko_validates(&pyhanko, "2.pdf"));
}

#[test]
fn what_pyhanko_adds_that_is_no_signature_is_refused() {
    let pyhanko = pyhanko();
    let folder = Folder::new();
    folder.put("0.pdf", &classic(&objects()));
    folder.sign("0.pdf", "1.pdf");
    let output = folder.run(&pyhanko, "sign addfields --field 1/10,10,200,60/Empty 1.pdf 2.pdf");
    assert!(output.status.success(), "{}", text(&output));
    folder.sign_by_other("2.pdf", "3.pdf");
    for name in ["2.pdf", "3.pdf"] {
        let read = signatures(&folder.path(name));
        assert!(matches!(read, Err(Error::Refused(Fault::ChangedAfterSigning))), "{name}: {read:?}");
    }
}
