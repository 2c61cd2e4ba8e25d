//! The portal's program from outside: a person's browser, their card in process, and services on a real Apache.
//! Tests of the portal with independent peers come in.
//! Nothing here knows how the portal is made inside: only addresses, pages and tokens.

pub mod apache;
pub mod card;
pub mod openid_client;
pub mod postgres;
pub mod program;
mod proxy;
pub mod replicas;
pub mod visitor;
pub mod way;

use std::net::{Ipv4Addr, TcpListener};

use crate::Result;

/// A port that nobody listens on at the moment.
///
/// # Errors
/// Those of the system.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
