//! Listening, the work in the background, and an orderly end.

use std::time::Duration;

use tokio::net::TcpListener;

use crate::listen::listen;
use crate::{App, RevocationLists, bring_due, observe, outbox, router};

/// How often expired rows are looked for.
const SWEEP: Duration = Duration::from_secs(10);

/// Serves the portal until the process is told to stop; requests under way are finished.
pub async fn serve(app: App, listener: TcpListener, metrics: Option<TcpListener>, lists: Option<RevocationLists>) {
    if let Some(lists) = lists.clone() {
        app.observe().needs(lists);
    }
    let inward = metrics.map(|listener| {
        let inward = observe::inward(app.clone());
        tokio::spawn(listen(listener, inward, std::future::pending()))
    });
    let sweeper = tokio::spawn(sweep(app.clone(), lists));
    let messenger = tokio::spawn(outbox::run(app.clone()));
    listen(listener, router(app.clone()), stopped()).await;
    sweeper.abort();
    messenger.abort();
    if let Some(inward) = inward {
        inward.abort();
    }
    app.store().close().await;
}

async fn sweep(app: App, lists: Option<RevocationLists>) {
    let mut ticks = tokio::time::interval(SWEEP);
    loop {
        ticks.tick().await;
        if let Err(error) = app.store().sweep(app.now()).await {
            tracing::warn!(%error, "what expired couldn't be dropped; it is tried again");
        }
        if let Err(error) = bring_due(&app).await {
            tracing::warn!(%error, "what was announced for today couldn't be brought; it is tried again");
        }
        if let Some(lists) = lists.clone() {
            // Reading a long list takes a while and the disk.
            let _ = tokio::task::spawn_blocking(move || lists.refresh()).await;
        }
    }
}

/// Ctrl-C, and what service managers send.
async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! { _ = interrupted => {}, _ = terminated.recv() => {} }
            return;
        }
    }
    let _ = interrupted.await;
}
