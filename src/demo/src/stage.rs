//! Everything on one machine: the card in its reader, the agent, the site, the portal and the service.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::thread;

use jpki_bridge::virtual_card::VirtualCard;
use jpki_bridge::{Listeners, PATIENCE, Parts, PromptProgram, Sites};
use jpki_card::Backend;
use jpki_card::pcsc::PcscBackend;
use jpki_demo::site::{self, SiteConfig};
use jpki_protocol::{Language, Origin, OriginPolicy};
use jpki_softcard::{CardOptions, Rig, SoftCard, vpcd};
use jpki_trust::{Environment, TrustStore};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::Result;
use crate::portal::{self, Addresses};

/// The port tried first: easy to type.
const SITE_PORT: u16 = 8080;

/// Where the software card is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// In this process, without PC/SC.
    InProcess,
    /// In pcscd's virtual reader.
    Vpcd,
}

/// The running whole. Dropping it ends every part.
pub(crate) struct Stage {
    site: Origin,
    addresses: Addresses,
    agent_port: u16,
    stop: Option<oneshot::Sender<()>>,
    agent: Option<JoinHandle<()>>,
    runtime: Runtime,
    /// The person's decisions about sites, which the demo must not mix with real ones, and the portal's database.
    _folder: tempfile::TempDir,
}

impl Stage {
    /// Starts everything; the agent asks by this program's hidden command `prompt`.
    pub(crate) fn set(reader: Reader, prompt: &str) -> Result<Self> {
        let card = SoftCard::for_tests(&CardOptions::default())?;
        let mut roots = TrustStore::new();
        roots.add_pem(&card.file().authorities_pem(), Environment::Test)?;
        let folder = tempfile::tempdir()?;
        let parts = parts(reader, card, prompt, folder.path())?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let (agent_port, stop, agent) = runtime.block_on(async { start_agent(parts) })?;
        let (listener, site) = listen(SITE_PORT)?;
        let addresses = runtime.block_on(portal::start(folder.path(), roots.clone(), agent_port))?;
        let config = SiteConfig { origin: site.clone(), roots, agent_port: Some(agent_port) };
        runtime.spawn(async move {
            let served = async { site::serve(tokio::net::TcpListener::from_std(listener)?, config).await };
            if let Err(error) = served.await {
                eprintln!("jpki-demo: the site ended: {error}");
            }
        });
        Ok(Self { site, addresses, agent_port, stop: Some(stop), agent: Some(agent), runtime, _folder: folder })
    }

    pub(crate) fn site(&self) -> &Origin {
        &self.site
    }

    pub(crate) fn portal(&self) -> &Origin {
        &self.addresses.portal
    }

    pub(crate) fn service(&self) -> &Origin {
        &self.addresses.service
    }

    pub(crate) fn agent_port(&self) -> u16 {
        self.agent_port
    }

    /// Waits to be interrupted, then ends in order.
    pub(crate) fn wait(self) -> Result<()> {
        Ok(self.runtime.block_on(stopped())?)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(agent) = self.agent.take() {
            // An agent that failed has said so itself.
            let _ = self.runtime.block_on(agent);
        }
    }
}

fn parts(reader: Reader, card: SoftCard, prompt: &str, folder: &Path) -> Result<Parts> {
    let backend: Arc<dyn Backend> = match reader {
        Reader::InProcess => Arc::new(VirtualCard::new(card)),
        Reader::Vpcd => {
            put_into_vpcd(card);
            Arc::new(PcscBackend::new())
        }
    };
    Ok(Parts {
        backend,
        prompt: PromptProgram { program: std::env::current_exe()?, arguments: vec![prompt.into()] },
        sites: Arc::new(Sites::open(folder)?),
        history: None,
        language: Language::Ja,
        virtual_card: true,
        patience: PATIENCE,
    })
}

/// Serves the card to pcscd for as long as this process lives.
fn put_into_vpcd(card: SoftCard) {
    thread::spawn(move || {
        let mut rig = Rig::new(card);
        vpcd::serve(&mut rig, vpcd::DEFAULT_ADDRESS, &vpcd::Stop::new(), &mut |event| {
            if let vpcd::Event::Waiting(error) = event {
                eprintln!(
                    "jpki-demo: no virtual reader at {} ({error}). Install vsmartcard-vpcd and start pcscd",
                    vpcd::DEFAULT_ADDRESS
                );
            }
        });
    });
}

fn start_agent(parts: Parts) -> Result<(u16, oneshot::Sender<()>, JoinHandle<()>)> {
    // Any port: the usual ones may belong to an agent that is installed here.
    let listeners = Listeners::bind(Some(0))?;
    let port = listeners.port();
    let (stop, stopped) = oneshot::channel();
    let agent = tokio::spawn(jpki_bridge::serve(listeners, parts, OriginPolicy::Developer, async {
        // Sent or dropped: both mean the end.
        let _ = stopped.await;
    }));
    Ok((port, stop, agent))
}

/// Listens on a port, or on any if that one is taken.
pub(crate) fn listen(port: u16) -> Result<(TcpListener, Origin)> {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).or_else(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
    listener.set_nonblocking(true)?;
    let origin = format!("http://localhost:{}", listener.local_addr()?.port());
    Ok((listener, Origin::parse(&origin, OriginPolicy::Developer)?))
}

/// Ctrl-C, and what service managers send: the portal listens for both, so neither ends this process by itself.
async fn stopped() -> std::io::Result<()> {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminated = signal(SignalKind::terminate())?;
        tokio::select! { _ = terminated.recv() => Ok(()), done = interrupted => done }
    }
    #[cfg(not(unix))]
    interrupted.await
}

/// Whether there is a screen for window and browser.
pub(crate) fn has_display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(not(target_os = "linux")) || set("WAYLAND_DISPLAY") || set("DISPLAY")
}
