//! What every handler shares.

use std::sync::Arc;

use jiff::Timestamp;
use jpki_trust::{Clock, Verifier};

use crate::clients::KeyCache;
use crate::identity::Marks;
use crate::observe::Observe;
use crate::outbound::Outbound;
use crate::outbox::Bell;
use crate::{Config, Secrets, Store, keys};

/// The portal as handlers see it.
pub type App = Arc<Portal>;

/// One portal: its settings, its database, its secrets, its clock, and whose certificates it believes.
pub struct Portal {
    config: Config,
    store: Store,
    secrets: Secrets,
    clock: Arc<dyn Clock>,
    verifier: Verifier,
    outbound: Outbound,
    outbox: Bell,
    keys: keys::Cache,
    client_keys: KeyCache,
    marks: Marks,
    observe: Observe,
}

impl Portal {
    /// Puts a portal together; of the secrets it takes those of its environment. The verifier must be one for [`Config::origin`], with the same clock.
    pub fn new(config: Config, store: Store, secrets: Secrets, clock: Arc<dyn Clock>, verifier: Verifier) -> App {
        let secrets = secrets.of(config.environment());
        let outbound = Outbound::new(config.allows_private_clients());
        let (keys, client_keys) = (keys::Cache::default(), KeyCache::default());
        let marks = Marks::default();
        let observe = Observe::new(&config);
        let outbox = Bell::default();
        Arc::new(Self { config, store, secrets, clock, verifier, outbound, outbox, keys, client_keys, marks, observe })
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The secrets.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Judges what cards signed for this portal.
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// Calls to addresses that services named.
    pub(crate) fn outbound(&self) -> &Outbound {
        &self.outbound
    }

    /// Wakes what delivers messages to services in the background.
    pub(crate) fn outbox(&self) -> &Bell {
        &self.outbox
    }

    /// The signing keys, as they were read last.
    pub(crate) fn keys(&self) -> &keys::Cache {
        &self.keys
    }

    /// The keys of services, as they were fetched last.
    pub(crate) fn client_keys(&self) -> &KeyCache {
        &self.client_keys
    }

    /// Where it will be written that a challenge was used.
    pub(crate) fn marks(&self) -> &Marks {
        &self.marks
    }

    /// What is counted and limited in this process.
    pub(crate) fn observe(&self) -> &Observe {
        &self.observe
    }
}
