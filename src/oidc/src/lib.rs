//! OpenID Provider and client core as pure state machines.
//! The portal and the delivery service come in here with requests already read and rows already fetched.
//! No HTTP, no database, no clock: what is decided here depends on its arguments alone.
#![forbid(unsafe_code)]
