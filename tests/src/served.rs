//! A software card in a private pcscd's reader, served from a thread of the test. Tests that need a card behind real
//! PC/SC come in; what the card does stays in `jpki-softcard`.

use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use jpki_softcard::Rig;
use jpki_softcard::vpcd::{self, Event, Stop};

use crate::Result;
use crate::pcscd::Pcscd;

/// A card in a reader; taken out when dropped.
#[derive(Debug)]
pub struct ServedCard {
    stop: Stop,
    thread: Option<JoinHandle<Rig>>,
}

impl ServedCard {
    /// Puts the card into the instance's reader and returns when the reader has it. Clients notice it up to half a second
    /// later, when pcscd looks next: let them wait for the event.
    ///
    /// # Errors
    /// If the card's thread ends before the reader takes it.
    pub fn insert(mut rig: Rig, pcscd: &Pcscd) -> Result<Self> {
        let (sender, connected) = mpsc::channel();
        let (stop, address) = (Stop::new(), pcscd.vpcd_address());
        let stopped = stop.clone();
        let thread = thread::spawn(move || {
            vpcd::serve(&mut rig, &address, &stopped, &mut |event| {
                if matches!(event, Event::Connected) {
                    // After the first time nobody listens.
                    let _ = sender.send(());
                }
            });
            rig
        });
        let card = Self { stop, thread: Some(thread) };
        connected.recv()?;
        Ok(card)
    }

    /// Takes the card out.
    ///
    /// # Errors
    /// If its thread panicked.
    pub fn remove(mut self) -> Result<Rig> {
        self.end().ok_or_else(|| "the card's thread panicked".into())
    }

    fn end(&mut self) -> Option<Rig> {
        self.stop.stop();
        let rig = self.thread.take().and_then(|thread| thread.join().ok())?;
        // Whatever a test is about: no program of this project reads the My Number, and no other that tests run here.
        assert!(
            thread::panicking() || rig.card().tally().my_number_accesses == 0,
            "the file with the My Number was touched"
        );
        Some(rig)
    }
}

impl Drop for ServedCard {
    fn drop(&mut self) {
        self.end();
    }
}
