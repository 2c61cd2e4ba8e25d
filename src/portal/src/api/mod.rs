//! What all APIs share.

mod problem;

pub(crate) use problem::Problem;
