//! お知らせ: notices from national and local government to people who registered.
//! The operator's command and console issue them; services with the scope `notices.read` and My page come in to read.
//! What a notice says is personal: it never comes into a log, and when its retention ends it is dropped.

mod command;
mod draft;
mod handlers;
mod notice;
mod paging;
mod store;

pub(crate) use command::NoticeCommand;
pub(crate) use draft::{Draft, IssuerKind};
pub(crate) use handlers::{Docs, routes};
pub(crate) use notice::{Notice, Summary};
pub(crate) use paging::Page;
pub(crate) use store::{Audience, forget, list, one, open, send, sweep, withdraw};
