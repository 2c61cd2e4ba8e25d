//! Who may come in: the table of the protocol's section 1, as one pure function.
//!
//! Nothing is shown, remembered or interpreted for a connection that this function refuses.

use jpki_protocol::{Origin, OriginPolicy};

use super::door::DoorRequest;
use super::http::{Field, Head, Response};
use crate::onetime::Key;
use crate::status;

/// What an admitted connection asked for.
#[derive(Debug)]
pub(crate) enum Route {
    /// `GET /v1/health`
    Health { origin: Origin },
    /// `GET /v1/socket`, with the key of the upgrade.
    Socket { origin: Origin, key: String },
    /// `GET /v1/authenticate`
    Door(Box<DoorRequest>),
    /// `POST /v1/open`, by a command of this person that says it knows the agent's secret.
    Open { secret: Key },
    /// `POST /v1/forgot`, by the same.
    Forgot { secret: Key },
    /// The agent's own page, below `/status`: it has rules of its own.
    Status(status::Call),
}

/// Why a connection is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    Malformed,
    /// Another user, a foreign host name, or no admissible origin: told apart in the log alone.
    Forbidden,
    NotFound,
    /// Not this method, the only one that the path has.
    Method(&'static str),
    TooLarge,
    NotAnUpgrade,
    TooMany,
}

impl Refusal {
    /// The HTTP status.
    pub(crate) const fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Method(_) => 405,
            Self::TooLarge => 413,
            Self::NotAnUpgrade => 426,
            Self::TooMany => 429,
        }
    }

    /// The answer, with the fields that its status has to have (RFC 9110, sections 15.5.6 and 15.5.22).
    pub(super) fn response(self) -> Response {
        let response = Response::status(self.status());
        match self {
            Self::Method(allowed) => response.with("Allow", allowed),
            Self::NotAnUpgrade => {
                response.with("Upgrade", "websocket").with("Connection", "Upgrade").with("Sec-WebSocket-Version", "13")
            }
            _ => response,
        }
    }
}

/// What admission asks of its surroundings.
pub(crate) trait Surroundings {
    /// The port the connection came in on.
    fn port(&self) -> u16;
    /// Whether the other end of the connection belongs to the user this agent runs as.
    fn same_user(&self) -> bool;
    /// Which origins are admitted at all.
    fn policy(&self) -> OriginPolicy;
    /// Whether person or administrator blocked the origin.
    fn blocked(&self, origin: &Origin) -> bool;
    /// Takes one of the origin's connections; `false` when all are taken.
    fn take_place(&mut self, origin: &Origin) -> bool;
}

/// Decides on a connection by its head, in the order of the protocol.
pub(crate) fn admit(head: &Head, around: &mut impl Surroundings) -> Result<Route, Refusal> {
    if !around.same_user() || !is_our_host(head, around.port()) {
        return Err(Refusal::Forbidden);
    }
    if status::is_ours(&head.path) {
        return status::admit(head, around.port()).map(Route::Status);
    }
    let path = known_path(head)?;
    let method = if matches!(path, Path::Open | Path::Forgot) { "POST" } else { "GET" };
    if head.method != method {
        return Err(Refusal::Method(method));
    }
    // None of these has one.
    if head.body > 0 {
        return Err(Refusal::Malformed);
    }
    match path {
        Path::Health => Ok(Route::Health { origin: admitted(page_origin(head, around.policy())?, around)? }),
        Path::Socket => {
            let origin = admitted(page_origin(head, around.policy())?, around)?;
            Ok(Route::Socket { origin, key: upgrade_key(head)? })
        }
        Path::Door => {
            check_navigation(head)?;
            let door = DoorRequest::parse(head.query.as_deref().unwrap_or_default(), around.policy())?;
            admitted(door.origin.clone(), around)?;
            Ok(Route::Door(Box::new(door)))
        }
        Path::Open => Ok(Route::Open { secret: command_secret(head)? }),
        Path::Forgot => Ok(Route::Forgot { secret: command_secret(head)? }),
    }
}

/// An origin that nobody blocked, with a place taken for it.
fn admitted(origin: Origin, around: &mut impl Surroundings) -> Result<Origin, Refusal> {
    if around.blocked(&origin) {
        return Err(Refusal::Forbidden);
    }
    if !around.take_place(&origin) {
        return Err(Refusal::TooMany);
    }
    Ok(origin)
}

/// `Host` is a literal loopback name with our port: a name that was rebound to 127.0.0.1 is not.
fn is_our_host(head: &Head, port: u16) -> bool {
    let Field::Once(host) = head.single("host") else { return false };
    ["127.0.0.1", "[::1]", "localhost"].iter().any(|name| host == format!("{name}:{port}"))
}

#[derive(Clone, Copy)]
enum Path {
    Health,
    Socket,
    Door,
    Open,
    Forgot,
}

fn known_path(head: &Head) -> Result<Path, Refusal> {
    match head.path.as_str() {
        "/v1/health" => Ok(Path::Health),
        "/v1/socket" => Ok(Path::Socket),
        "/v1/authenticate" => Ok(Path::Door),
        "/v1/open" => Ok(Path::Open),
        "/v1/forgot" => Ok(Path::Forgot),
        _ => Err(Refusal::NotFound),
    }
}

fn page_origin(head: &Head, policy: OriginPolicy) -> Result<Origin, Refusal> {
    match head.single("origin") {
        Field::Once(text) => Origin::parse(text, policy).map_err(|_| Refusal::Forbidden),
        Field::Absent | Field::Bad => Err(Refusal::Forbidden),
    }
}

/// The door opens to a top-level navigation alone, where the browser says what it is doing
/// (W3C Fetch Metadata): not to an image, a frame or a script.
fn check_navigation(head: &Head) -> Result<(), Refusal> {
    // A navigation by GET carries none (Fetch, "append a request Origin header").
    if head.single("origin") != Field::Absent {
        return Err(Refusal::Forbidden);
    }
    for (field, wanted) in [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")] {
        match head.single(field) {
            Field::Absent => {}
            Field::Once(value) if value == wanted => {}
            Field::Once(_) | Field::Bad => return Err(Refusal::Forbidden),
        }
    }
    Ok(())
}

/// What a command on this computer shows (RFC 6750, section 2.1). Browsers name themselves with each POST, so that no page
/// even gets to guess.
fn command_secret(head: &Head) -> Result<Key, Refusal> {
    let from_browser = ["origin", "sec-fetch-site"].iter().any(|field| head.single(field) != Field::Absent);
    match head.single("authorization") {
        Field::Once(value) if !from_browser => {
            value.strip_prefix("Bearer ").and_then(Key::parse).ok_or(Refusal::Forbidden)
        }
        _ => Err(Refusal::Forbidden),
    }
}

/// RFC 6455, section 4.2.1.
fn upgrade_key(head: &Head) -> Result<String, Refusal> {
    if !head.has_token("upgrade", "websocket") || !head.has_token("connection", "upgrade") {
        return Err(Refusal::NotAnUpgrade);
    }
    if head.single("sec-websocket-version") != Field::Once("13") {
        return Err(Refusal::NotAnUpgrade);
    }
    match head.single("sec-websocket-key") {
        // 16 bytes in base64.
        Field::Once(key) if key.len() == 24 && key.ends_with("==") => Ok(key.to_owned()),
        _ => Err(Refusal::Malformed),
    }
}
