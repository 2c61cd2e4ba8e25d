//! What all APIs share.

mod codes;
mod entity;
pub(crate) mod openapi;
mod parameters;
mod problem;

pub(crate) use codes::CODES;
pub(crate) use entity::entity;
pub(crate) use parameters::Parameters;
pub(crate) use problem::Problem;
