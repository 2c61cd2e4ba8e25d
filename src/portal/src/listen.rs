//! Accepting connections, and ending them in time: whoever sends slowly or nothing takes a connection for a while, never for good.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tower::ServiceExt as _;

/// How long the head of a request may take, and a connection may wait for its next.
const HEAD: Duration = Duration::from_secs(30);
/// How long requests under way may take when the portal stops.
const PARTING: Duration = Duration::from_secs(10);
/// How long nobody is accepted when the system has no more sockets.
const BREATH: Duration = Duration::from_secs(1);

/// Serves what a router answers until `stop` is ready; then what is under way may end.
pub(crate) async fn listen(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD);
    let open = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "nobody can connect just now; it is tried again");
                tokio::time::sleep(BREATH).await;
                continue;
            }
        };
        let router = router.clone();
        let service = service_fn(move |request| answer(router.clone(), peer, request));
        let connection = open.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // Whoever went away needs no answer.
            let _ = connection.await;
        });
    }
    drop(listener);
    if tokio::time::timeout(PARTING, open.shutdown()).await.is_err() {
        tracing::warn!("some connections didn't end in time and are cut");
    }
}

async fn answer(
    router: Router,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<axum::response::Response, Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    router.oneshot(request).await
}

#[cfg(test)]
mod tests {
    use axum::routing::post;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;
    use tokio::sync::oneshot;

    use super::*;

    /// A server that reads bodies, what stops it, and its end.
    async fn served() -> (SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let router = Router::new().route("/", post(async |body: String| body));
        let stopped = async {
            let _ = stopped.await;
        };
        (address, stop, tokio::spawn(listen(listener, router, stopped)))
    }

    async fn send(address: SocketAddr, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    // Time jumps as soon as everybody waits.
    #[tokio::test(start_paused = true)]
    async fn half_a_head_is_waited_for_for_a_while() {
        let (address, _stop, _) = served().await;
        let mut stream = send(address, "GET / HTTP/1.1\r\nHos").await;
        assert_eq!(stream.read(&mut [0; 1]).await.unwrap_or(0), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn somebody_who_stalls_does_not_keep_the_portal_from_stopping() {
        let (address, stop, end) = served().await;
        let mut stream = send(address, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab").await;
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200");
        let _stalled = send(address, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc").await;
        stop.send(()).unwrap();
        end.await.unwrap();
    }
}
