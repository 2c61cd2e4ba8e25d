//! The rows, one file a subject.

mod certificate;
mod chain;
mod challenge;
mod crl;
mod ocsp;
mod purpose;
mod signature;
mod token;
mod valid;

use super::Table;

pub(super) fn all() -> Vec<Table> {
    vec![
        valid::table(),
        challenge::table(),
        token::table(),
        signature::table(),
        certificate::table(),
        chain::table(),
        purpose::table(),
        crl::table(),
        ocsp::table(),
    ]
}
