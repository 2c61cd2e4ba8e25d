//! What all APIs share.

mod entity;
mod parameters;
mod problem;

pub(crate) use entity::entity;
pub(crate) use parameters::Parameters;
pub(crate) use problem::Problem;
