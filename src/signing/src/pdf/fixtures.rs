//! Small PDF files made by code, for the tests here and beside the crate.
#![allow(dead_code)]

/// Objects 1 to n as text; the first is the catalog.
pub(crate) type Objects = Vec<String>;

/// One page with a line of text. Numbers that don't fit 32 bits, a name with an escape, a comment: what a rewritten
/// object must keep.
pub(crate) fn objects() -> Objects {
    let text = "BT /F1 24 Tf 72 720 Td (I hereby declare.) Tj ET";
    vec![
        "<</Type /Catalog /Pages 2 0 R /Own#20Key (kept)>>".to_owned(),
        "<</Type /Pages /Kids [3 0 R] /Count 1>>".to_owned(),
        "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595.303937007874 841.889763779528] % A4\n/Contents 4 0 R\n\
         /UserUnit 1.0000000001 /Resources <</Font <</F1 5 0 R>>>>>>"
            .to_owned(),
        format!("<</Length {}>>\nstream\n{text}\nendstream", text.len()),
        "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>".to_owned(),
    ]
}

/// With a cross-reference table, as PDF 1.4 has it.
pub(crate) fn classic(objects: &Objects) -> Vec<u8> {
    let mut bytes = b"%PDF-1.4\n%\xE2\xE3\xCF\xD3\n".to_vec();
    let mut offsets = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        offsets.push(bytes.len());
        bytes.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).bytes());
    }
    table(&mut bytes, &offsets, "");
    bytes
}

fn table(bytes: &mut Vec<u8>, offsets: &[usize], extra: &str) {
    let at = bytes.len();
    let size = offsets.len() + 1;
    bytes.extend(format!("xref\n0 {size}\n0000000000 65535 f \n").bytes());
    for &offset in offsets {
        let entry = if offset == 0 { "0000000000 65535 f \n".into() } else { format!("{offset:010} 00000 n \n") };
        bytes.extend(entry.bytes());
    }
    let id = "/ID [<000102030405060708090A0B0C0D0E0F> <000102030405060708090A0B0C0D0E0F>]";
    bytes.extend(format!("trailer\n<</Size {size} /Root 1 0 R {id} {extra}>>\nstartxref\n{at}\n%%EOF\n").bytes());
}

/// What does not go into an object stream: streams themselves.
fn is_stream(object: &str) -> bool {
    object.ends_with("endstream")
}

/// An object stream with the objects that may be in one, and each one's index in it.
fn object_stream(objects: &Objects) -> (String, Vec<Option<usize>>) {
    let mut head = String::new();
    let mut body = String::new();
    let mut count = 0;
    let mut indexes = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        if is_stream(object) {
            indexes.push(None);
            continue;
        }
        head += &format!("{} {} ", index + 1, body.len());
        body += object;
        body.push('\n');
        indexes.push(Some(count));
        count += 1;
    }
    let length = head.len() + body.len();
    let first = head.len();
    (format!("<</Type /ObjStm /N {count} /First {first} /Length {length}>>\nstream\n{head}{body}\nendstream"), indexes)
}

fn rows(offsets: &[usize], indexes: &[Option<usize>], container: usize) -> Vec<u8> {
    let mut rows = vec![0, 0, 0, 0, 0, 0xFF, 0xFF];
    for (position, &offset) in offsets.iter().enumerate() {
        let (kind, second, third) = match indexes.get(position).copied().flatten() {
            Some(index) => (2, container, index),
            None => (1, offset, 0),
        };
        rows.push(kind);
        rows.extend((second as u32).to_be_bytes());
        rows.extend((third as u16).to_be_bytes());
    }
    rows
}

/// With object stream and cross-reference stream, as PDF 1.5 has them.
pub(crate) fn modern(objects: &Objects) -> Vec<u8> {
    let mut bytes = b"%PDF-1.5\n%\xE2\xE3\xCF\xD3\n".to_vec();
    let (stream, indexes) = object_stream(objects);
    let mut offsets = streams(&mut bytes, objects);
    offsets.push(bytes.len());
    let container = offsets.len();
    bytes.extend(format!("{container} 0 obj\n{stream}\nendobj\n").bytes());
    let at = bytes.len();
    offsets.push(at);
    let rows = rows(&offsets, &indexes, container);
    let size = offsets.len() + 1;
    bytes.extend(
        format!(
            "{} 0 obj\n<</Type /XRef /Size {size} /W [1 4 2] /Root 1 0 R /Length {}>>\nstream\n",
            offsets.len(),
            rows.len()
        )
        .bytes(),
    );
    bytes.extend(rows);
    bytes.extend(format!("\nendstream\nendobj\nstartxref\n{at}\n%%EOF").bytes());
    bytes
}

/// A table for old programs, and for new ones a cross-reference stream that knows the font hidden in an object stream.
pub(crate) fn hybrid(objects: &Objects) -> Vec<u8> {
    let mut bytes = b"%PDF-1.5\n%\xE2\xE3\xCF\xD3\n".to_vec();
    let hidden = objects.len() - 1;
    let mut offsets = Vec::new();
    for (index, object) in objects.iter().take(hidden).enumerate() {
        offsets.push(bytes.len());
        bytes.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).bytes());
    }
    offsets.push(0);
    let body = &objects[hidden];
    let head = format!("{} 0 ", hidden + 1);
    offsets.push(bytes.len());
    let container = offsets.len();
    bytes.extend(
        format!(
            "{container} 0 obj\n<</Type /ObjStm /N 1 /First {} /Length {}>>\nstream\n{head}{body}\nendstream\nendobj\n",
            head.len(),
            head.len() + body.len()
        )
        .bytes(),
    );
    let stream_at = bytes.len();
    offsets.push(stream_at);
    let mut row = vec![2];
    row.extend((container as u32).to_be_bytes());
    row.extend([0, 0]);
    bytes.extend(
        format!(
            "{} 0 obj\n<</Type /XRef /Size {} /W [1 4 2] /Index [{} 1] /Root 1 0 R /Length {}>>\nstream\n",
            offsets.len(),
            offsets.len() + 1,
            hidden + 1,
            row.len()
        )
        .bytes(),
    );
    bytes.extend(row);
    bytes.extend(b"\nendstream\nendobj\n");
    table(&mut bytes, &offsets, &format!("/XRefStm {stream_at}"));
    bytes
}

fn streams(bytes: &mut Vec<u8>, objects: &Objects) -> Vec<usize> {
    let mut offsets = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        offsets.push(bytes.len());
        if is_stream(object) {
            bytes.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).bytes());
        }
    }
    offsets
}

/// Every kind of cross-references, by name.
pub(crate) fn every_kind(objects: &Objects) -> Vec<(&'static str, Vec<u8>)> {
    vec![("classic", classic(objects)), ("modern", modern(objects)), ("hybrid", hybrid(objects))]
}

/// The document where page and catalog have annotations and a form already, in each of the ways they can.
pub(crate) fn every_form() -> Vec<(&'static str, Objects)> {
    let with = |name: &'static str, catalog: &str, page: &str, more: &[&str]| {
        let mut objects = objects();
        objects[0] = objects[0].replace("(kept)", &format!("(kept) {catalog}"));
        objects[2] = objects[2].replace("/Contents", &format!("{page} /Contents"));
        let font = objects.pop().unwrap_or_default();
        objects.push(font);
        objects.extend(more.iter().map(|&object| object.to_owned()));
        (name, objects)
    };
    let note = "<</Type /Annot /Subtype /Text /Rect [10.123456789 10 20 20] /Contents (note)>>";
    let text = "<</FT /Tx /T (Signature1) /V (a field of this name) /Kids []>>";
    vec![
        with("none", "", "", &[]),
        with("empty arrays", "/AcroForm <</Fields []>>", "/Annots []", &[]),
        with("all direct", "/AcroForm <</Fields [7 0 R] /SigFlags 1>>", "/Annots [6 0 R]", &[note, text]),
        with("an annotation in its list", "", &format!("/Annots [{note}]"), &[]),
        with("form apart", "/AcroForm 8 0 R", "/Annots [6 0 R]", &[note, text, "<</Fields [7 0 R]>>"]),
        with(
            "all apart",
            "/AcroForm 8 0 R",
            "/Annots 10 0 R",
            &[note, text, "<</Fields 9 0 R /SigFlags 3>>", "[7 0 R]", "[6 0 R % a comment\n]"],
        ),
        with("nothing behind the references", "/AcroForm null", "/Annots 99 0 R", &[]),
    ]
}

/// An incremental update with these objects, as another program might add it.
pub(crate) fn updated(mut bytes: Vec<u8>, objects: &[(u32, &str)], trailer: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let previous =
        text.rsplit("startxref\n").next().and_then(|rest| rest.lines().next()).unwrap_or_default().to_owned();
    let mut section = "0 0\n".to_owned();
    for (number, object) in objects {
        if *object == "free" {
            section += &format!("{number} 1\n0000000000 00001 f \n");
            continue;
        }
        section += &format!("{number} 1\n{:010} 00000 n \n", bytes.len());
        bytes.extend(format!("{number} 0 obj\n{object}\nendobj\n").bytes());
    }
    let at = bytes.len();
    let root = if trailer.contains("/Root") { "" } else { "/Root 1 0 R" };
    bytes.extend(
        format!("xref\n{section}trailer\n<</Size 100 {root} /Prev {previous} {trailer}>>\nstartxref\n{at}\n%%EOF\n")
            .bytes(),
    );
    bytes
}

fn newest_section(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.rsplit("startxref\n").next().and_then(|rest| rest.lines().next()).unwrap_or_default().to_owned()
}

/// An incremental update with these objects in an object stream; the cross-references mean the first one of a number.
pub(crate) fn updated_in_object_stream(mut bytes: Vec<u8>, members: &[(u32, &str)]) -> Vec<u8> {
    let previous = newest_section(&bytes);
    let (mut head, mut body) = (String::new(), String::new());
    for (number, object) in members {
        head += &format!("{number} {} ", body.len());
        body += object;
        body.push('\n');
    }
    let offset = bytes.len() as u32;
    bytes.extend(
        format!(
            "60 0 obj\n<</Type /ObjStm /N {} /First {} /Length {}>>\nstream\n{head}{body}\nendstream\nendobj\n",
            members.len(),
            head.len(),
            head.len() + body.len()
        )
        .bytes(),
    );
    let at = bytes.len() as u32;
    let mut rows = vec![2];
    rows.extend(60u32.to_be_bytes());
    rows.extend([0, 0]);
    for place in [offset, at] {
        rows.push(1);
        rows.extend(place.to_be_bytes());
        rows.extend([0, 0]);
    }
    let index = format!("[{} 1 60 2]", members[0].0);
    bytes.extend(
        format!(
            "61 0 obj\n<</Type /XRef /Size 62 /W [1 4 2] /Index {index} /Root 1 0 R /Prev {previous} /Length {}>>\nstream\n",
            rows.len()
        )
        .bytes(),
    );
    bytes.extend(rows);
    bytes.extend(format!("\nendstream\nendobj\nstartxref\n{at}\n%%EOF\n").bytes());
    bytes
}
