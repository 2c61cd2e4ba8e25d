//! An agent in this process, without readers, and a raw socket to it.

use std::sync::Arc;

use jpki_bridge::{Decision, Listeners, PATIENCE, Parts, PromptProgram, Sites};
use jpki_card::{Backend, Connection, Error, Insertion, ReaderWatch};
use jpki_protocol::{Language, Origin, OriginPolicy};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

/// PC/SC on a machine that has none.
struct NoReaders;

impl Backend for NoReaders {
    fn watch(&self) -> Result<Box<dyn ReaderWatch>, Error> {
        Err(Error::ServiceUnavailable(None))
    }

    fn connect(&self, _: &str, _: Option<Insertion>) -> Result<Box<dyn Connection>, Error> {
        Err(Error::ServiceUnavailable(None))
    }
}

/// A running agent. Dropping it tells it to stop.
pub(crate) struct TestAgent {
    pub(crate) port: u16,
    pub(crate) sites: Arc<Sites>,
    stop: Option<oneshot::Sender<()>>,
    _folder: TempDir,
}

impl TestAgent {
    /// Starts an agent whose prompt is a program that waits until it is closed.
    pub(crate) fn start(policy: OriginPolicy) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sites = Arc::new(Sites::open(folder.path()).unwrap());
        let listeners = Listeners::bind(Some(0)).unwrap();
        let port = listeners.port();
        let parts = Parts {
            backend: Arc::new(NoReaders),
            prompt: PromptProgram { program: "sh".into(), arguments: vec!["-c".into(), "cat >/dev/null".into()] },
            sites: Arc::clone(&sites),
            history: None,
            language: Language::Ja,
            virtual_card: false,
            patience: PATIENCE,
        };
        let (stop, stopped) = oneshot::channel();
        tokio::spawn(jpki_bridge::serve(listeners, parts, policy, async {
            let _ = stopped.await;
        }));
        Self { port, sites, stop: Some(stop), _folder: folder }
    }

    /// Tells the agent to stop.
    pub(crate) fn stop(&mut self) {
        self.stop.take();
    }

    pub(crate) fn block(&self, origin: &str) {
        let origin = Origin::parse(origin, OriginPolicy::Developer).unwrap();
        self.sites.set(&origin, Some(Decision::Block)).unwrap();
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.port)).await.unwrap()
    }

    /// Sends bytes and reads what comes back until the end, or until the upgrade is made.
    pub(crate) async fn exchange(&self, request: &[u8]) -> String {
        let mut stream = self.connect().await;
        // The agent may refuse before it has read all of a request that is too large.
        let _ = stream.write_all(request).await;
        read_response(&mut stream).await
    }
}

/// Reads a response: to the end of its head for an upgrade, else to the end of the connection.
pub(crate) async fn read_response(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let mut part = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut part).await {
        text.extend_from_slice(&part[..read]);
        if text.starts_with(b"HTTP/1.1 101") && text.ends_with(b"\r\n\r\n") {
            break;
        }
    }
    String::from_utf8(text).unwrap()
}

/// The status of a response; 0 if the connection ended without one.
pub(crate) fn status(response: &str) -> u16 {
    response.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}
