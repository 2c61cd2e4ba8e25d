//! Applications as they are kept: the state, every version of every form, access rights, checked requirements.
//! Both desks come in to read and to act; each deed is one transaction with its entry in the audit trail.
//! What may be done is decided by `lifecycle` alone. No desk changes a row behind its back.

mod act;
mod due;
mod filings;
mod ids;
mod notify;
mod register;
mod rows;

pub(crate) use act::{Act, Fault, act, open};
pub use due::bring_due;
pub(crate) use filings::{Filing, agreed_before, filing, filings, latest};
pub(crate) use ids::ApplicationId;
pub(crate) use register::{granted, requested, wrong_sheet};
pub(crate) use rows::{Application, Check, all, checks, find, of_organisation};
