//! PDFs that were changed after they were signed, and signatures made to look as if they covered more than they do.

use std::ops::Range;

use super::*;
use crate::cms::CmsDraft;
use crate::{Fault, sha256};

fn fault(bytes: &[u8]) -> Option<Fault> {
    match signatures_in(bytes) {
        Ok(_) => None,
        Err(Error::Refused(fault)) => Some(fault),
        Err(other) => panic!("{other}"),
    }
}

fn find(bytes: &[u8], text: &str) -> usize {
    let found = bytes.windows(text.len()).rposition(|window| window == text.as_bytes());
    found.unwrap_or_else(|| panic!("no {text}"))
}

/// Puts `text` in place of as many bytes.
fn overwrite(bytes: &mut [u8], at: usize, text: &str) {
    bytes[at..at + text.len()].copy_from_slice(text.as_bytes());
}

/// Where the last signature's value stands, its brackets included.
fn hole(bytes: &[u8]) -> Range<usize> {
    let start = find(bytes, "/Contents <") + "/Contents ".len();
    let length = bytes[start..].iter().position(|&byte| byte == b'>').unwrap();
    start..start + length + 1
}

/// Signs the file once more, all but `gap`, and says so in the byte range; the value goes where it was.
fn resigned(mut bytes: Vec<u8>, gap: Range<usize>, end: usize) -> Vec<u8> {
    let value = hole(&bytes);
    let range = find(&bytes, "/ByteRange [0 ") + "/ByteRange [0 ".len();
    overwrite(&mut bytes, range, &format!("{:>10} {:>10} {:>10}", gap.start, gap.end, end - gap.end));
    let covered = [&bytes[..gap.start], &bytes[gap.end..end]].concat();
    let cms = testing::signed(&mut CmsDraft::new(sha256(&mut covered.as_slice()).unwrap()));
    overwrite(&mut bytes, value.start + 1, &digits(&cms));
    bytes
}

/// Signs all but the value, whatever the byte range says.
fn value_filled(mut bytes: Vec<u8>) -> Vec<u8> {
    let value = find(&bytes, " <3082") + 1..bytes.len();
    let value = value.start..value.start + bytes[value].iter().position(|&byte| byte == b'>').unwrap() + 1;
    let covered = [&bytes[..value.start], &bytes[value.end..]].concat();
    let cms = testing::signed(&mut CmsDraft::for_pdf(sha256(&mut covered.as_slice()).unwrap()));
    overwrite(&mut bytes, value.start + 1, &digits(&cms));
    bytes
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

fn again(bytes: Vec<u8>) -> Vec<u8> {
    let (gap, end) = (hole(&bytes), bytes.len());
    resigned(bytes, gap, end)
}

#[test]
fn a_byte_changed_anywhere_is_refused() {
    // Every byte of one file outside of the value, and a sample of the rest.
    for ((kind, original), steps) in every_kind(&objects()).into_iter().zip([(1, 41), (7, 97), (7, 97)]) {
        let out = signed(&original);
        assert_eq!(fault(&out), None);
        let value = hole(&out);
        let outside = (0..value.start + 1).chain(value.end - 1..out.len()).step_by(steps.0);
        for at in outside.chain(value.clone().step_by(steps.1)) {
            let mut changed = out.clone();
            changed[at] ^= [0x01, 0x20, 0x80, 0x10][at % 4];
            assert!(signatures_in(&changed).is_err(), "{kind}: byte {at}");
        }
    }
}

#[test]
fn letters_of_the_value_that_change_their_case_are_refused() {
    let out = signed(&classic(&objects()));
    let letter = hole(&out).find(|&at| out[at].is_ascii_alphabetic()).unwrap();
    let mut changed = out.clone();
    changed[letter].make_ascii_lowercase();
    assert_eq!(fault(&changed), Some(Fault::SignatureMalformed));
}

#[test]
fn a_byte_changed_under_two_signatures_is_refused() {
    let twice = signed_by_other(&signed(&classic(&objects())));
    for at in (0..twice.len()).step_by(101) {
        let mut changed = twice.clone();
        changed[at] ^= 0x01;
        assert!(signatures_in(&changed).is_err(), "byte {at}");
    }
}

#[test]
fn a_file_cut_off_or_continued_is_refused() {
    let out = signed(&classic(&objects()));
    for more in ["\n", " ", "%", "%%EOF\n"] {
        assert_eq!(fault(&[out.as_slice(), more.as_bytes()].concat()), Some(Fault::ChangedAfterSigning), "{more:?}");
    }
    for cut in 1..20 {
        assert!(signatures_in(&out[..out.len() - cut]).is_err(), "{cut}");
    }
}

#[test]
fn a_pdf_without_signatures_is_unsigned() {
    assert_eq!(fault(&classic(&objects())), Some(Fault::Unsigned));
}

#[test]
fn signing_it_again_by_hand_is_as_good() {
    let out = signed(&classic(&objects()));
    assert_eq!(fault(&again(out)), None);
}

#[test]
fn a_gap_other_than_the_value_is_refused() {
    let out = signed(&classic(&objects()));
    let (value, end) = (hole(&out), out.len());
    for (gap, end) in [
        (value.start - 1..value.end, end),
        (value.start..value.end + 1, end),
        (value.start + 1..value.end, end),
        (value.start..value.end - 1, end),
        (value.start + 1..value.end - 1, end),
        (0..value.end, end),
        (value.start..value.end, end - 1),
        (value.start..value.end, end - 6),
        (value.start..value.end, value.end + 20),
        (value.start..end, end),
    ] {
        let forged = resigned(out.clone(), gap.clone(), end);
        assert!(matches!(fault(&forged), Some(Fault::ByteRange | Fault::ChangedAfterSigning)), "{gap:?} to {end}");
    }
}

#[test]
fn a_byte_range_of_another_shape_is_refused() {
    let out = signed(&classic(&objects()));
    let range = find(&out, "/ByteRange [0  ");
    for (what, text) in [
        ("not from the beginning", "/ByteRange [1  "),
        ("negative", "/ByteRange [0 -"),
        ("beyond the end", "/ByteRange [0 9"),
        ("five numbers", "/ByteRange [0 0 "),
        ("no number", "/ByteRange [null"),
        ("no array", "/ByteRange (0  "),
        ("none", "/ByteRangf [0  "),
    ] {
        let mut forged = out.clone();
        overwrite(&mut forged, range, text);
        let signed = value_filled(forged);
        assert!(matches!(signatures_in(&signed), Err(Error::Refused(_) | Error::PdfBroken)), "{what}");
    }
}

#[test]
fn a_value_that_stands_in_another_dictionary_is_refused() {
    // The dictionary's own value is a copy; the gap is around a string elsewhere.
    let out = signed(&classic(&objects()));
    let mut forged = out.clone();
    let at = find(&forged, "/Contents <");
    overwrite(&mut forged, at, "/Contentz <");
    let forged = value_filled(forged);
    assert_eq!(fault(&forged), Some(Fault::ByteRange));
}

#[test]
fn the_type_of_the_signature_decides_what_it_must_have() {
    let out = signed(&classic(&objects()));
    let with = |name: &str| {
        let mut changed = out.clone();
        let at = find(&changed, "ETSI.CAdES.detached");
        overwrite(&mut changed, at, name);
        again(changed)
    };
    assert_eq!(fault(&with("ETSI.CAdES.detached")), None);
    assert_eq!(fault(&with("adbe.pkcs7.detached")), None);
    for other in ["adbe.pkcs7.sha1    ", "ETSI.RFC3161       ", "ETSI.CAdES.detachex"] {
        assert_eq!(fault(&with(other)), Some(Fault::SubFilter), "{other}");
    }
}

#[test]
fn a_time_that_can_t_be_read_is_refused() {
    let mut out = signed(&classic(&objects()));
    let at = find(&out, "(D:2026");
    overwrite(&mut out, at, "(D:20x6");
    let out = value_filled(out);
    assert_eq!(fault(&out), Some(Fault::TimeMalformed));
}

#[test]
fn every_signature_counts_not_only_the_good_one() {
    // A second dictionary of type Sig, in no field, that was never signed.
    let mut with_orphan = objects();
    with_orphan.push("<</Type /Sig /SubFilter /ETSI.CAdES.detached /ByteRange [0 1 2 3] /Contents <00>>>".to_owned());
    assert_eq!(fault(&signed(&classic(&with_orphan))), Some(Fault::ByteRange));
    let mut with_field = objects();
    with_field.push("<</FT /Sig /T (Fake) /V (signed, really)>>".to_owned());
    assert_eq!(fault(&signed(&classic(&with_field))), Some(Fault::SignatureMalformed));
    let mut hidden = objects();
    hidden.push("[<</Deep <</ByteRange [0 1 2 3] /Contents <00>>>>>]".to_owned());
    assert_eq!(fault(&signed(&classic(&hidden))), Some(Fault::ByteRange));
}

/// An update by another program after the first signature.
fn tampered(changes: &[(u32, &str)], trailer: &str) -> Vec<u8> {
    updated(signed(&classic(&objects_with_information())), changes, trailer)
}

fn objects_with_information() -> fixtures::Objects {
    let mut objects = objects();
    objects.push("<</Title (Declaration) /ModDate (D:20260101)>>".to_owned());
    objects.push("<</FT /Tx /T (amount) /V (100)>>".to_owned());
    objects[0] = objects[0].replace("(kept)", "(kept) /AcroForm <</Fields [7 0 R]>>");
    objects
}

const PAGE: &str = "/Type /Page /Parent 2 0 R /MediaBox [0 0 595.303937007874 841.889763779528] /UserUnit 1.0000000001 \
                    /Resources <</Font <</F1 5 0 R>>>> /Contents";
const FORM: &str = "<</Type /Catalog /Pages 2 0 R /Own#20Key (kept) /AcroForm <</Fields [7 0 R 9 0 R";

#[test]
fn a_change_after_the_last_signature_is_refused_whatever_it_is() {
    for (changes, trailer) in [
        (&[(6, "<</Title (Declaration) /ModDate (D:20270101)>>")][..], ""),
        (&[(20, "<</New /Object>>")], ""),
        (&[], ""),
    ] {
        assert_eq!(fault(&tampered(changes, trailer)), Some(Fault::ChangedAfterSigning), "{changes:?}");
    }
}

#[test]
fn a_change_under_a_further_signature_is_refused() {
    let contents = "<</Length 3>>\nstream\nq Q\nendstream";
    let page = |more: &str| format!("<<{PAGE} {more}>>");
    let catalog = |more: &str| format!("{FORM}{more}");
    for (what, changes, trailer) in [
        ("other contents", vec![(4, contents.to_owned())], ""),
        ("a page with other contents", vec![(3, page("20 0 R /Annots [9 0 R]")), (20, contents.to_owned())], ""),
        ("an annotation", vec![(3, page("4 0 R /Annots [9 0 R 20 0 R]")), (20, "<</Subtype /Text>>".to_owned())], ""),
        ("an annotation gone", vec![(3, page("4 0 R /Annots []"))], ""),
        ("a page more", vec![(2, "<</Type /Pages /Kids [3 0 R 3 0 R] /Count 2>>".to_owned())], ""),
        ("another font", vec![(5, "<</Type /Font /Subtype /Type1 /BaseFont /Courier>>".to_owned())], ""),
        ("another value in a field", vec![(7, "<</FT /Tx /T (amount) /V (900)>>".to_owned())], ""),
        ("a field more", vec![(1, catalog(" 20 0 R] /SigFlags 3>>>>")), (20, "<</FT /Tx /T (b)>>".to_owned())], ""),
        (
            "an empty field more",
            vec![(1, catalog(" 20 0 R] /SigFlags 3>>>>")), (20, "<</FT /Sig /T (b)>>".to_owned())],
            "",
        ),
        ("a script", vec![(1, catalog("] /SigFlags 3>> /OpenAction <</S /JavaScript /JS (app.alert\\(1\\))>>>>"))], ""),
        ("another title", vec![(6, "<</Title (Confession) /ModDate (D:20260101)>>".to_owned())], "/Info 6 0 R"),
        ("other information", vec![(20, "<</Title (Confession)>>".to_owned())], "/Info 20 0 R"),
        ("another catalog", vec![(20, "<</Type /Catalog /Pages 2 0 R>>".to_owned())], "/Root 20 0 R"),
        ("an object gone", vec![(5, "free".to_owned())], ""),
        (
            "the signature's field",
            vec![(9, "<</FT /Sig /T (Signature1) /V 8 0 R /Rect [0 0 500 500]>>".to_owned())],
            "",
        ),
    ] {
        let changes: Vec<_> = changes.iter().map(|(number, text)| (*number, text.as_str())).collect();
        let update = tampered(&changes, trailer);
        let twice = signed_by_other(&update);
        assert_eq!(fault(&twice), Some(Fault::ChangedAfterSigning), "{what}");
    }
}

#[test]
fn an_update_that_changes_nothing_is_accepted_under_a_further_signature() {
    for (what, changes, trailer) in [
        ("nothing", &[][..], ""),
        ("the same font again", &[(5, "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>")], ""),
        (
            "the same font, written in another way",
            &[(5, "<</BaseFont/Helvetica/Subtype/Type1/Type/F#6Fnt>>"), (7, "<</V <313030> /T (amount) /FT /Tx>>")],
            "",
        ),
        ("an object nobody refers to", &[(20, "<</New /Object>>")], ""),
        ("when it was written", &[(20, "<</ModDate (D:20270101) /Producer (another)>>")], "/Info 20 0 R"),
    ] {
        assert_eq!(fault(&signed_by_other(&tampered(changes, trailer))), None, "{what}");
    }
}

#[test]
fn an_update_that_programs_read_in_two_ways_is_refused() {
    let helvetica = "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>";
    let twice = "<</Type /Font /Subtype /Type1 /BaseFont /Courier /BaseFont /Helvetica>>";
    let escaped = "<</Type /Font /Subtype /Type1 /Base#46ont /Courier /BaseFont /Helvetica>>";
    for changes in [[(5, twice)], [(5, escaped)]] {
        assert_eq!(fault(&signed_by_other(&tampered(&changes, ""))), Some(Fault::ChangedAfterSigning));
    }
    let two_catalogs = tampered(&[(20, "<</Type /Catalog /Pages 2 0 R>>")], "/Root 20 0 R /Root 1 0 R");
    assert_eq!(fault(&signed_by_other(&two_catalogs)), Some(Fault::ChangedAfterSigning));

    // One cross-reference entry leads to the changed object, another one to a decoy of the same number.
    let mut decoy = tampered(&[(5, "<</Type /Font /Subtype /Type1 /BaseFont /Courier>>"), (50, helvetica)], "");
    let at = find(&decoy, "50 0 obj");
    overwrite(&mut decoy, at, " 5 0 obj");
    assert!(matches!(open(&decoy), Err(Error::PdfBroken)));
    assert!(matches!(signatures_in(&decoy), Err(Error::PdfBroken)));

    // The object stream has the number twice; the cross-references mean the first.
    let modern = signed(&fixtures::modern(&objects()));
    let courier = "<</Type /Font /Subtype /Type1 /BaseFont /Courier>>";
    for (members, expected) in [
        (vec![(5, helvetica)], None),
        (vec![(5, courier)], Some(Fault::ChangedAfterSigning)),
        (vec![(5, courier), (5, helvetica)], Some(Fault::ChangedAfterSigning)),
        (vec![(5, twice)], Some(Fault::ChangedAfterSigning)),
    ] {
        let update = fixtures::updated_in_object_stream(modern.clone(), &members);
        assert_eq!(fault(&signed_by_other(&update)), expected, "{members:?}");
    }
}

#[test]
fn what_a_reference_to_nowhere_leads_to_can_t_be_added_later() {
    let mut dangling = objects();
    dangling[2] = dangling[2].replace("/Contents 4 0 R", "/Contents [4 0 R 20 0 R]");
    let once = signed(&classic(&dangling));
    let contents = "<</Length 3>>\nstream\nq Q\nendstream";
    let twice = signed_by_other(&updated(once, &[(20, contents)], ""));
    assert_eq!(fault(&twice), Some(Fault::ChangedAfterSigning));
}

#[test]
fn a_signature_after_one_that_forbids_changes_is_refused() {
    // The catalog names the signature to come as a certification without permission to change anything.
    let mut certified = objects();
    certified[0] = certified[0].replace("(kept)", "(kept) /Perms <</DocMDP 6 0 R>>");
    let reference = "/Reference [<</TransformMethod /DocMDP /TransformParams <</P 2 /V /1.2>>>>]";
    certified.push(format!("<</Filter /Adobe.PPKLite {reference}>>"));
    let allowed = signed(&classic(&certified));
    assert_eq!(fault(&signed_by_other(&allowed)), None);
    let mut forbidden = signed_by_other(&allowed);
    let at = find(&forbidden, "/P 2 /V");
    overwrite(&mut forbidden, at, "/P 1 /V");
    let first = again(forbidden[..allowed.len()].to_vec());
    let second = again([&first[..], &forbidden[allowed.len()..]].concat());
    assert_eq!(fault(&first), None);
    assert_eq!(fault(&second), Some(Fault::ChangedAfterSigning));
}
