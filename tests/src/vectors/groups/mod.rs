//! The rows, one file a subject.
#![allow(clippy::unit_arg, reason = "a row alters one thing, in one expression")]

mod attributes;
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
        attributes::table(),
    ]
}
