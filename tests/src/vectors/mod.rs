//! The makers of `assets/vectors`: each vector as a row that says what is wrong and how it is made so.
//! The binary `make-vectors` comes in to write them, a test to see that what is committed is what the rows say.
//! Every key is made for one run and forgotten: nothing a vector trusts may ever be able to sign again.

mod answer;
mod asn1;
mod documents;
mod draft;
mod file;
mod groups;
mod pki;

use std::collections::BTreeMap;

pub use documents::{DocumentCase, document_catalogue, make_documents};
pub use file::{Asked, DocumentGroup, DocumentVector, Expected, Group, Ocsp, RootEntry, Vector};

use crate::Result;
use draft::Draft;
use pki::Pki;

/// One row: what a vector shows and how it is made.
pub struct Case {
    /// Its name, unique among all vectors.
    pub id: &'static str,
    /// What it shows, for a reader.
    pub description: &'static str,
    /// `ok` or the reason word of the refusal.
    pub expected: &'static str,
    make: fn(&Pki) -> Result<Draft>,
}

/// The rows of one file.
pub struct Table {
    /// The file's name without `.json`.
    pub name: &'static str,
    /// What its vectors are about.
    pub description: &'static str,
    /// Its rows.
    pub cases: Vec<Case>,
}

/// All rows, file by file.
pub fn catalogue() -> Vec<Table> {
    groups::all()
}

/// Makes every vector with fresh keys.
///
/// # Errors
/// Whatever keeps a certificate from being made.
pub fn make() -> Result<Vec<(&'static str, Group)>> {
    let pki = Pki::new()?;
    let table = |table: Table| {
        let drafts = table.cases.iter().map(|case| Ok((case, (case.make)(&pki)?))).collect::<Result<Vec<_>>>()?;
        let names = drafts.iter().flat_map(|(_, draft)| draft.roots.iter().copied());
        let roots =
            names.map(|name| Ok((name.to_owned(), pki.root_entry(name)?))).collect::<Result<BTreeMap<_, _>>>()?;
        let vectors = drafts.into_iter().map(|(case, draft)| draft.finish(case)).collect::<Result<_>>()?;
        Ok((table.name, Group { description: table.description.to_owned(), roots, vectors }))
    };
    catalogue().into_iter().map(table).collect()
}
