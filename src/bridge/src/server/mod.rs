//! The loopback endpoint: it listens, admits, and hands admitted connections on.
//!
//! Browsers come in; what leaves is the answer of one of a few paths. A connection is nobody until
//! [`admission`] has let it in, and nothing is logged of it before but a count and a reason.

mod admission;
mod command;
mod door;
mod errand;
pub(crate) mod http;
mod listen;
mod places;
mod socket;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use jpki_protocol::{Origin, OriginPolicy};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::agent::Agent;
use crate::onetime::Desk;
use crate::status;
pub(crate) use admission::Refusal;
use admission::{Route, Surroundings, admit};
use http::{HeadError, Response, read_head};
pub use listen::{ListenError, Listeners};
use places::{OriginPlace, Place, Places};

/// What every connection needs.
#[derive(Clone)]
pub(crate) struct Server {
    agent: Arc<Agent>,
    policy: OriginPolicy,
    places: Arc<Mutex<Places>>,
    stopping: watch::Receiver<bool>,
    /// Who opens the agent's own page; none in a program that embeds the agent.
    desk: Option<Arc<Mutex<Desk>>>,
    /// That page.
    page: Option<Arc<status::Page>>,
}

impl Server {
    pub(crate) fn new(
        agent: Arc<Agent>,
        policy: OriginPolicy,
        stopping: watch::Receiver<bool>,
        desk: Option<Arc<Mutex<Desk>>>,
        page: Option<Arc<status::Page>>,
    ) -> Self {
        Self { agent, policy, places: Arc::default(), stopping, desk, page }
    }

    /// Accepts connections until the agent stops.
    pub(crate) async fn serve(self, listeners: Listeners) {
        let mut stopping = self.stopping.clone();
        loop {
            let accepted = tokio::select! {
                accepted = listeners.accept() => accepted,
                _ = stopping.wait_for(|stop| *stop) => return,
            };
            match accepted {
                Ok((stream, peer)) => {
                    let server = self.clone();
                    match Place::take(&self.places) {
                        Some(place) => tokio::spawn(async move { server.attend(stream, peer, place).await }),
                        None => tokio::spawn(refuse(stream, Refusal::TooMany.response())),
                    };
                }
                // Out of file descriptors, or the client was faster gone than we accepted it.
                Err(error) => {
                    tracing::warn!("a connection could not be accepted: {error}");
                    tokio::task::yield_now().await;
                }
            }
        }
    }

    async fn attend(self, mut stream: TcpStream, peer: SocketAddr, place: Place) {
        let head = match read_head(&mut stream).await {
            Ok(head) => head,
            Err(HeadError::Gone) => return,
            Err(HeadError::Slow | HeadError::Malformed) => return refuse(stream, Response::status(400)).await,
            Err(HeadError::TooLarge) => return refuse(stream, Response::status(431)).await,
        };
        let mut around = Connection { server: &self, stream: &stream, peer, place: &place, origin_place: None };
        let admitted = admit(&head, &mut around);
        let origin_place = around.origin_place;
        match admitted {
            Ok(route) => {
                match route {
                    Route::Health { origin } => health(stream, &origin).await,
                    Route::Socket { origin, key } => socket::serve(self, stream, origin, &key, head.rest).await,
                    Route::Door(request) => door::serve(self, stream, *request).await,
                    Route::Open { secret } => command::open(self, stream, &secret).await,
                    Route::Forgot { secret } => command::forgot(self, stream, &secret).await,
                    Route::Status(call) => match &self.page {
                        Some(page) => page.serve(&self.agent, stream, head, call, self.stopping.clone()).await,
                        None => refuse(stream, Refusal::NotFound.response()).await,
                    },
                }
                drop(origin_place);
            }
            Err(refusal) => {
                tracing::debug!(status = refusal.status(), "a connection was refused");
                refuse(stream, refusal.response()).await;
            }
        }
    }
}

/// `GET /v1/health`: that we are here, and nothing more.
async fn health(mut stream: TcpStream, origin: &Origin) {
    let response = Response::json(r#"{"service":"jpki-bridge","protocols":[1]}"#)
        .with("Access-Control-Allow-Origin", origin.as_str())
        .with("Vary", "Origin");
    send(&mut stream, response).await;
}

async fn refuse(mut stream: TcpStream, response: Response) {
    send(&mut stream, response).await;
}

/// Sends a response and takes in what the client still had to say for a moment: closing with unread
/// bytes would reset the connection and could take the response with it (RFC 9112, section 9.6).
pub(crate) async fn send(stream: &mut TcpStream, response: Response) {
    let drained = async {
        response.send(stream).await?;
        let mut rest = [0; 1024];
        for _ in 0..64 {
            if stream.read(&mut rest).await? == 0 {
                break;
            }
        }
        std::io::Result::Ok(())
    };
    // A client that went away needs no response.
    let _ = tokio::time::timeout(std::time::Duration::from_secs(1), drained).await;
}

struct Connection<'a> {
    server: &'a Server,
    stream: &'a TcpStream,
    peer: SocketAddr,
    place: &'a Place,
    origin_place: Option<OriginPlace>,
}

impl Surroundings for Connection<'_> {
    fn port(&self) -> u16 {
        self.stream.local_addr().map_or(0, |local| local.port())
    }

    fn same_user(&self) -> bool {
        let same = self.stream.local_addr().and_then(|local| crate::os::same_user(self.peer, local));
        match same {
            Ok(true) => true,
            Ok(false) => {
                tracing::warn!("a connection of another user of this computer was refused");
                false
            }
            Err(error) => {
                tracing::error!("whose connection it is could not be found out: {error}");
                false
            }
        }
    }

    fn policy(&self) -> OriginPolicy {
        self.server.policy
    }

    fn blocked(&self, origin: &Origin) -> bool {
        self.server.agent.is_blocked(origin)
    }

    fn take_place(&mut self, origin: &Origin) -> bool {
        self.origin_place = self.place.take_for(origin);
        self.origin_place.is_some()
    }
}
