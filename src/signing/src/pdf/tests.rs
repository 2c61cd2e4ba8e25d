//! What is signed here, read here; and everything that must not be signed.

use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};

use proptest::prelude::*;
use tempfile::NamedTempFile;

use super::fixtures::{self, classic, every_form, every_kind, objects, updated};
use super::{MAX_PDF, PdfDraft, PdfOptions, signatures, signatures_in};
use crate::{Coverage, DigestAlgorithm, Draft as _, Error, Format, testing};

mod attacks;

fn file(bytes: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn open(bytes: &[u8]) -> Result<PdfDraft, Error> {
    PdfDraft::open(file(bytes).path(), &PdfOptions::default())
}

fn signed(bytes: &[u8]) -> Vec<u8> {
    testing::signed(&mut open(bytes).unwrap())
}

fn signed_by_other(bytes: &[u8]) -> Vec<u8> {
    testing::signed_by_other(&mut open(bytes).unwrap())
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn every_kind_of_file_and_form_is_signed_and_read() {
    for (form, objects) in every_form() {
        for (kind, original) in every_kind(&objects) {
            let out = signed(&original);
            assert!(out.starts_with(&original), "{form}, {kind}");
            let found = signatures_in(&out).unwrap_or_else(|error| panic!("{form}, {kind}: {error}"));
            let [signature] = found.as_slice() else { panic!("{form}, {kind}: {found:?}") };
            let signer = testing::signer();
            assert_eq!(signature.format, Format::Pades);
            assert_eq!(signature.certificate, signer.certificate);
            assert_eq!(signature.time, Some(signer.time));
            assert_eq!(signature.covers, Coverage::Whole);
            assert_eq!(signature.digest, DigestAlgorithm::Sha256);
            assert!(signature.names_certificate);
        }
    }
}

#[test]
fn earlier_signatures_stay_and_say_what_they_cover() {
    for (form, objects) in every_form() {
        for (kind, original) in every_kind(&objects) {
            let once = signed(&original);
            let twice = signed_by_other(&once);
            let thrice = signed(&twice);
            assert!(thrice.starts_with(&twice) && twice.starts_with(&once), "{form}, {kind}");
            let found = signatures_in(&thrice).unwrap_or_else(|error| panic!("{form}, {kind}: {error}"));
            let of = thrice.len() as u64;
            let covers: Vec<_> = found.iter().map(|signature| signature.covers).collect();
            let revision = |bytes: &[u8]| Coverage::Revision { bytes: bytes.len() as u64, of };
            assert_eq!(covers, [revision(&once), revision(&twice), Coverage::Whole], "{form}, {kind}");
            assert_eq!(found[1].certificate, testing::other_signer().certificate);
        }
    }
}

#[test]
fn what_is_rewritten_keeps_its_numbers_names_and_strings() {
    for (kind, original) in every_kind(&objects()) {
        let out = signed(&original);
        let update = &out[original.len()..];
        for kept in ["[0 0 595.303937007874 841.889763779528]", "/UserUnit 1.0000000001", "/Own#20Key <6B657074>"] {
            assert!(contains(update, kept), "{kind}: {kept}");
        }
    }
}

#[test]
fn the_signature_dictionary_is_that_of_the_baseline() {
    let original = classic(&objects());
    let out = signed(&original);
    let update = &out[original.len()..];
    for entry in
        ["/SubFilter /ETSI.CAdES.detached", "/M (D:20261121093015Z)", "/F 132", "/Rect [0 0 0 0]", "/SigFlags 3"]
    {
        assert!(contains(update, entry), "{entry}");
    }
    assert!(!contains(update, "/Name"));
    // No signing-time attribute (1.2.840.113549.1.9.5) in the CMS, in hex.
    assert!(!contains(update, "2A864886F70D010905"));
    assert!(contains(update, "2A864886F70D010904"));
}

#[test]
fn the_same_file_signer_and_time_give_the_same_bytes() {
    let original = classic(&objects());
    assert_eq!(signed(&original), signed(&original));
}

#[test]
fn reason_and_place_are_written_in_any_script() {
    let path = file(&classic(&objects()));
    let options = PdfOptions { reason: Some("申請".to_owned()), location: Some("Tokyo)".to_owned()) };
    let out = testing::signed(&mut PdfDraft::open(path.path(), &options).unwrap());
    assert!(contains(&out, "/Reason <FEFF75338ACB>\n/Location <FEFF0054006F006B0079006F0029>"));
    assert!(signatures_in(&out).is_ok());
    for long in [
        PdfOptions { reason: Some("あ".repeat(201)), location: None },
        PdfOptions { reason: None, location: Some("あ".repeat(201)) },
    ] {
        assert!(matches!(PdfDraft::open(path.path(), &long), Err(Error::TextTooLong)));
    }
}

#[test]
fn a_field_of_the_same_name_is_not_disturbed() {
    let (_, objects) = every_form().swap_remove(2);
    assert!(contains(&signed(&classic(&objects)), "/T (Signature2)"));
}

#[test]
fn a_reference_that_led_nowhere_doesn_t_lead_to_the_signature() {
    let mut objects = objects();
    objects[0] = objects[0].replace("(kept)", "(kept) /Nowhere [6 0 R 8 0 R]");
    for (kind, original) in every_kind(&objects) {
        let twice = signed_by_other(&signed(&original));
        let found = signatures_in(&twice).unwrap_or_else(|error| panic!("{kind}: {error}"));
        assert_eq!(found.len(), 2);
    }
}

#[test]
fn what_is_no_pdf_is_told_apart_from_what_is_broken() {
    let good = classic(&objects());
    let shifted = [b"junk\n", good.as_slice()].concat();
    for bytes in [&b""[..], b"%PD", b"PK\x03\x04", &shifted] {
        assert!(matches!(open(bytes), Err(Error::PdfNone)));
        assert!(matches!(signatures_in(bytes), Err(Error::PdfNone)));
    }
    let text = String::from_utf8_lossy(&good).into_owned();
    let no_table = text.replace("xref\n0 6", "yref\n0 6");
    let wrong_place = text.replace("startxref\n4", "startxref\n1");
    let no_pages = text.replace("/Kids [3 0 R]", "/Kids [9 0 R]");
    let no_root = text.replace("/Root 1 0 R", "/Root 9 0 R");
    for bytes in [no_table, wrong_place, no_pages, no_root] {
        assert!(matches!(open(bytes.as_bytes()), Err(Error::PdfBroken)), "{bytes}");
    }
}

#[test]
fn a_file_cut_off_anywhere_is_not_signed() {
    for (kind, original) in every_kind(&objects()) {
        // The last line end, and the mark before it, may be missing without harm to what the file says.
        for length in 0..original.len() - "\n%%EOF\n".len() {
            let opened = open(&original[..length]);
            assert!(matches!(opened, Err(Error::PdfBroken | Error::PdfNone)), "{kind} to {length}: {opened:?}");
        }
    }
}

#[test]
fn a_signature_that_forbids_changes_is_obeyed() {
    let with = |permission: &str| {
        let mut objects = objects();
        objects[0] = objects[0].replace("(kept)", "(kept) /Perms <</DocMDP 6 0 R>>");
        objects.push(format!(
            "<</Filter /Adobe.PPKLite /Reference [<</TransformMethod /DocMDP /TransformParams <<{permission} /V /1.2>>>>]>>"
        ));
        open(&classic(&objects))
    };
    assert!(matches!(with("/P 1"), Err(Error::PdfLocked)));
    for permission in ["/P 2", "/P 3", ""] {
        assert!(with(permission).is_ok(), "{permission}");
    }
}

#[test]
fn a_field_that_locks_the_document_is_obeyed_once_it_is_signed() {
    let with = |value: &str, permission: u8| {
        let mut objects = objects();
        objects[0] = objects[0].replace("(kept)", "(kept) /AcroForm <</Fields [6 0 R]>>");
        objects.push(format!("<</FT /Sig /T (Locker) {value} /Lock <</Action /All /P {permission}>>>>"));
        open(&classic(&objects))
    };
    assert!(matches!(with("/V <</Filter /Adobe.PPKLite>>", 1), Err(Error::PdfLocked)));
    assert!(with("/V <</Filter /Adobe.PPKLite>>", 2).is_ok());
    assert!(with("", 1).is_ok());
}

#[test]
fn a_form_without_pages_of_its_own_is_not_signed() {
    let with = |catalog: &str| {
        let mut objects = objects();
        objects[0] = objects[0].replace("(kept)", &format!("(kept) {catalog}"));
        objects.push("<</FT /Tx /T (text)>>".to_owned());
        open(&classic(&objects))
    };
    assert!(matches!(with("/AcroForm <</Fields [] /XFA (form)>>"), Err(Error::PdfXfa)));
    assert!(matches!(with("/NeedsRendering true /AcroForm <</Fields [6 0 R] /XFA (form)>>"), Err(Error::PdfXfa)));
    assert!(with("/AcroForm <</Fields [6 0 R] /XFA (form)>>").is_ok());
}

#[test]
fn a_file_beyond_the_limit_is_not_read() {
    let large = NamedTempFile::new().unwrap();
    large.as_file().set_len(MAX_PDF + 1).unwrap();
    assert!(matches!(PdfDraft::open(large.path(), &PdfOptions::default()), Err(Error::PdfTooLarge)));
    assert!(matches!(signatures(large.path()), Err(Error::PdfTooLarge)));
}

#[test]
fn a_file_that_changes_under_way_is_noticed() {
    let original = classic(&objects());
    for change in [b"!".as_slice(), b""] {
        let path = file(&original);
        let mut draft = PdfDraft::open(path.path(), &PdfOptions::default()).unwrap();
        let signature = testing::sign(draft.digest(&testing::signer()).unwrap());
        let mut writer = File::options().write(true).open(path.path()).unwrap();
        if change.is_empty() {
            writer.set_len(100).unwrap();
        } else {
            writer.seek(SeekFrom::Start(20)).unwrap();
            writer.write_all(change).unwrap();
        }
        assert!(matches!(draft.finish(&signature, &mut Vec::new()), Err(Error::DocumentChanged)));
    }
}

#[test]
fn objects_nested_without_end_are_no_danger() {
    for (open_with, close_with) in [("[", "]"), ("<</A ", ">>")] {
        for depth in [50, 1_000, 100_000] {
            let mut objects = objects();
            objects.push(open_with.repeat(depth) + "0" + &close_with.repeat(depth));
            if let Ok(mut draft) = open(&classic(&objects)) {
                assert!(signatures_in(&testing::signed(&mut draft)).is_ok());
            }
            objects[2] = objects[2].replace("/Contents", &format!("/Annots {} /Contents", objects[5]));
            if let Ok(mut draft) = open(&classic(&objects)) {
                testing::signed(&mut draft);
            }
        }
    }
}

#[test]
fn finishing_before_the_digest_is_an_error() {
    let draft = open(&classic(&objects())).unwrap();
    assert!(matches!(draft.finish(&[0; 256], &mut Vec::new()), Err(Error::NotStarted)));
}

#[test]
fn a_file_that_is_not_there_is_an_error() {
    let missing = std::path::Path::new("/nowhere.pdf");
    assert!(matches!(PdfDraft::open(missing, &PdfOptions::default()), Err(Error::Io(_))));
    assert!(matches!(signatures(missing), Err(Error::Io(_))));
}

proptest! {
    #[test]
    fn any_bytes_give_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..500), headed: bool) {
        let bytes = if headed { [b"%PDF-1.7\n", bytes.as_slice()].concat() } else { bytes };
        prop_assert!(open(&bytes).is_err());
        prop_assert!(signatures_in(&bytes).is_err());
    }

    #[test]
    fn mutilated_files_give_an_answer(
        kind in 0usize..3,
        form in 0usize..7,
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let objects = every_form().swap_remove(form).1;
        let mut bytes = every_kind(&objects).swap_remove(kind).1;
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        // Signed or refused; what is signed is read again, or has a signature of its own that is refused.
        if let Ok(mut draft) = open(&bytes) {
            let out = testing::signed(&mut draft);
            prop_assert!(!matches!(signatures_in(&out), Err(Error::Io(_))));
        }
    }
}
