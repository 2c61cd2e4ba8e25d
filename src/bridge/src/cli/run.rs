//! `jpki-bridge run`

use jpki_protocol::OriginPolicy;

use super::instance::Instance;
use super::surroundings::stop_signal;
use super::{Failure, RunArguments};
use crate::Listeners;
use crate::settings::{self, Settings};

pub(super) fn run(arguments: RunArguments) -> Result<(), Failure> {
    let flags =
        Settings { port: arguments.port, developer: arguments.developer.then_some(true), ..Settings::default() };
    let settings = arguments.surroundings.settings(flags)?;
    let folder = settings::folder()?;
    let mut instance = Instance::take(&folder, settings.port)?;
    let policy = if settings.developer == Some(true) { OriginPolicy::Developer } else { OriginPolicy::Secure };
    let port = settings.port;
    let parts = arguments.surroundings.parts(settings, &folder)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let stop = stop_signal()?;
        let listeners = Listeners::bind(port)?;
        instance.note(listeners.port())?;
        println!("JPKI Bridge {} is ready on port {}", env!("CARGO_PKG_VERSION"), listeners.port());
        crate::serve(listeners, parts, policy, stop).await;
        Ok(())
    })
}
