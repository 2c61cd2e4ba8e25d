//! The parts of the demo that others use too: the example [`site`] and the example [`service`].
//! The program `jpki-demo` and the end-to-end tests come in here.
//! Nothing in this crate is part of a product: it shows how the others are used.
#![forbid(unsafe_code)]

pub mod service;
pub mod site;
