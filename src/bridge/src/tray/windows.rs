//! Windows: a thread with the messages of the tray.

use tokio::sync::oneshot;
use tokio::sync::watch;

use super::Ends;
use super::face::Face;
use super::native::{Failure, Hanging};
use crate::os::messages::{MessageThread, handle_messages};
use crate::threads;

/// Shows the tray for as long as somebody changes the face.
pub(super) async fn show(ends: Ends) {
    let Ends { faces: mut changes, notices, choices } = ends;
    // `tray-icon` shows none: the icon and its tooltip tell the same.
    drop(notices);
    let (started, thread) = oneshot::channel();
    let faces = changes.clone();
    threads::spawn("tray", move || {
        let hung = Hanging::hang(&faces, choices);
        if let Err(error) = hung.and_then(|hanging| follow(hanging, faces, started)) {
            tracing::warn!("there is no tray: {error}");
        }
    });
    let Ok(thread) = thread.await else { return };
    while changes.changed().await.is_ok() {
        thread.wake();
    }
}

/// Handles the thread's messages, and looks for a new face after each.
fn follow(
    mut hanging: Hanging,
    mut faces: watch::Receiver<Face>,
    started: oneshot::Sender<MessageThread>,
) -> Result<(), Failure> {
    if started.send(MessageThread::this()).is_err() {
        return Ok(());
    }
    handle_messages(|| {
        if faces.has_changed().unwrap_or(false) {
            let face = faces.borrow_and_update().clone();
            if let Err(error) = hanging.show(face) {
                tracing::warn!("the tray can't be changed: {error}");
            }
        }
    });
    Ok(())
}
