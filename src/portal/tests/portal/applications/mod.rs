//! Companies that apply, and the operator who decides: through HTTP, from sign-up to termination.

mod after_start;
mod gates;
mod operator;
mod staff;
mod support;
mod way;
