//! A PDF of 100 MB, signed and read: `cargo test --release -p jpki-signing --test large_pdf -- --ignored --nocapture`.
#![expect(clippy::unwrap_used, reason = "a test fails where an unwrap does")]

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::time::Instant;

use jpki_signing::pdf::{PdfDraft, PdfOptions, signatures};
use jpki_signing::{Draft, Signer};

#[path = "../src/testing.rs"]
mod testing;

const MEGABYTE: usize = 1_000_000;

/// A page with ten pictures of 10 MB each.
fn write_large(out: &mut dyn Write) {
    let mut offsets = Vec::new();
    let mut length = 0;
    let mut put = |bytes: &[u8]| {
        out.write_all(bytes).unwrap();
        length += bytes.len();
        length
    };
    let mut end = put(b"%PDF-1.4\n%\xE2\xE3\xCF\xD3\n");
    for object in [
        "<</Type /Catalog /Pages 2 0 R>>".to_owned(),
        "<</Type /Pages /Kids [3 0 R] /Count 1>>".to_owned(),
        "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842]>>".to_owned(),
    ] {
        offsets.push(end);
        end = put(format!("{} 0 obj\n{object}\nendobj\n", offsets.len()).as_bytes());
    }
    let picture: Vec<u8> = (0..10 * MEGABYTE).map(|at| (at * at / 7) as u8).collect();
    for _ in 0..10 {
        offsets.push(end);
        put(format!("{} 0 obj\n<</Length {}>>\nstream\n", offsets.len(), picture.len()).as_bytes());
        put(&picture);
        end = put(b"\nendstream\nendobj\n");
    }
    let entries: String = offsets.iter().map(|offset| format!("{offset:010} 00000 n \n")).collect();
    let size = offsets.len() + 1;
    put(format!(
        "xref\n0 {size}\n0000000000 65535 f \n{entries}trailer\n<</Size {size} /Root 1 0 R>>\nstartxref\n{end}\n%%EOF\n"
    )
    .as_bytes());
}

/// The most memory this process had until now, in kB.
#[cfg(target_os = "linux")]
fn peak() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
#[ignore = "writes 300 MB; for measuring"]
#[cfg(target_os = "linux")]
fn a_file_of_100_mb_is_in_memory_once_and_signed_in_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let paths = [0, 1, 2].map(|count| folder.path().join(format!("{count}.pdf")));
    let mut out = BufWriter::new(File::create(&paths[0]).unwrap());
    write_large(&mut out);
    out.flush().unwrap();
    let signer: Signer = testing::signer();

    let begin = Instant::now();
    let mut draft = PdfDraft::open(&paths[0], &PdfOptions::default()).unwrap();
    println!("open {:?}, peak {} kB", begin.elapsed(), peak());
    let begin = Instant::now();
    let digest = draft.digest(&signer).unwrap();
    println!("digest {:?}", begin.elapsed());
    let signature = testing::sign(digest);
    let begin = Instant::now();
    draft.finish(&signature, &mut File::create(&paths[1]).unwrap()).unwrap();
    println!("finish {:?}, peak {} kB", begin.elapsed(), peak());
    let file = fs::metadata(&paths[0]).unwrap().len() as usize / 1000;
    assert!(peak() < file * 5 / 4, "{} kB for a file of {file} kB", peak());

    let mut draft = PdfDraft::open(&paths[1], &PdfOptions::default()).unwrap();
    let signature = testing::sign(draft.digest(&signer).unwrap());
    draft.finish(&signature, &mut File::create(&paths[2]).unwrap()).unwrap();
    let begin = Instant::now();
    assert_eq!(signatures(&paths[2]).unwrap().len(), 2);
    println!("two signatures read {:?}, peak {} kB", begin.elapsed(), peak());
}
