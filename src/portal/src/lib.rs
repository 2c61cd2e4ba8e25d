//! The portal: people register with their card, services sign them in and ask for their status and notices.
//! Browsers, services, their staff and the operator come in over HTTP through [`router`]; the program is [`cli`].
//! No state that matters stays in the process: it is in the database, or sealed in a cookie, so any number of replicas serve
//! one database. The person's PIN never comes here, the My Number is never asked for.
#![forbid(unsafe_code)]

mod account;
mod api;
mod applications;
mod apply;
mod audit;
pub mod cli;
mod clients;
mod config;
mod desk;
mod enquiries;
mod error;
mod flow;
mod guidelines;
mod home;
mod hours;
mod identity;
mod keys;
mod lifecycle;
mod listen;
mod logout;
mod my;
mod notices;
mod oauth;
mod observe;
mod operator;
mod outbound;
mod outbox;
mod portal;
mod private;
mod router;
mod secrets;
mod serve;
mod session;
mod staff;
mod status;
mod store;
mod web;

pub use applications::bring_due;
pub use clients::register_client;
pub use config::{Config, Environment};
pub use error::Error;
pub use hours::Calendar;
pub use identity::RevocationLists;
pub use lifecycle::Rules;
pub use notices::send_notice_to_everybody;
pub use observe::{Limit, Limits, Network};
pub use operator::add_operator;
pub use outbox::deliver_due;
pub use portal::{App, Portal};
pub use router::router;
pub use secrets::Secrets;
pub use serve::serve;
pub use store::Store;
