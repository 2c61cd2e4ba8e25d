//! The card in vpcd, pcscd's virtual reader of the vsmartcard project, as a TCP client of it. Messages both ways are a
//! two-byte big-endian length and a payload; a payload of one byte from the reader is a control code. It reconnects for
//! as long as it is wanted: pcscd may start later, restart, or go away.

use std::{
    fmt,
    io::{self, Read as _, Write as _},
    net::{Shutdown, TcpStream},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::{Outcome, Rig};

/// Where Debian's vpcd listens for its first reader.
pub const DEFAULT_ADDRESS: &str = "127.0.0.1:35963";

const POWER_OFF: u8 = 0x00;
const POWER_ON: u8 = 0x01;
const RESET: u8 = 0x02;
const GET_ATR: u8 = 0x04;

const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// What happens while a card is served.
#[derive(Debug)]
pub enum Event<'a> {
    /// The card is in the reader.
    Connected,
    /// The reader ended the connection.
    Disconnected,
    /// No connection yet; said once until one succeeds.
    Waiting(&'a io::Error),
    /// A fault took the card out.
    Removed {
        /// When it comes back.
        back_after: Option<Duration>,
    },
}

/// Ends [`serve`] from another thread; clones are one.
#[derive(Clone, Default)]
pub struct Stop(Arc<(Mutex<StopState>, Condvar)>);

#[derive(Default)]
struct StopState {
    stopped: bool,
    stream: Option<TcpStream>,
}

impl fmt::Debug for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stop").field("stopped", &self.is_stopped()).finish()
    }
}

impl Stop {
    /// Nothing is stopped yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the card out and ends [`serve`] once the command in hand is done.
    pub fn stop(&self) {
        let mut state = self.state();
        state.stopped = true;
        if let Some(stream) = &state.stream {
            // An error means that the connection is gone already.
            let _ = stream.shutdown(Shutdown::Both);
        }
        self.0.1.notify_all();
    }

    /// Whether [`Stop::stop`] was called.
    pub fn is_stopped(&self) -> bool {
        self.state().stopped
    }

    fn state(&self) -> MutexGuard<'_, StopState> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes `stream` the connection to cut. A stop that came before cuts it at once.
    fn watch(&self, stream: Option<TcpStream>) {
        let mut state = self.state();
        state.stream = stream;
        if state.stopped
            && let Some(stream) = &state.stream
        {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Waits until stopped, or for `time`.
    fn wait(&self, time: Option<Duration>) {
        let end = time.map(|time| Instant::now() + time);
        let mut state = self.state();
        while !state.stopped {
            state = match end.map(|end| end.saturating_duration_since(Instant::now())) {
                None => self.0.1.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(Duration::ZERO) => return,
                Some(left) => self.0.1.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0,
            };
        }
    }
}

/// Serves the card at a vpcd's address (`host:port`) until stopped; connects again whenever the connection is lost.
pub fn serve(rig: &mut Rig, address: &str, stop: &Stop, report: &mut dyn FnMut(Event<'_>)) {
    let mut wait = FIRST_WAIT;
    let mut waiting = false;
    while !stop.is_stopped() {
        match connect(address, stop) {
            Ok(mut stream) => {
                (wait, waiting) = (FIRST_WAIT, false);
                if !rig.is_present() {
                    rig.insert();
                }
                report(Event::Connected);
                let end = converse(rig, &mut stream);
                stop.watch(None);
                drop(stream);
                after(end, rig, stop, report);
            }
            Err(error) => {
                if !waiting {
                    report(Event::Waiting(&error));
                }
                waiting = true;
                stop.wait(Some(wait));
                wait = (wait * 2).min(LONGEST_WAIT);
            }
        }
    }
}

/// Why a connection ended.
enum End {
    Lost,
    Removed(Option<Duration>),
    /// A connection that breaks is the one way to tell vpcd that no answer comes: an empty one makes it wait for ever.
    NoAnswer,
}

fn after(end: End, rig: &mut Rig, stop: &Stop, report: &mut dyn FnMut(Event<'_>)) {
    match end {
        _ if stop.is_stopped() => rig.remove(),
        End::Lost => {
            report(Event::Disconnected);
            rig.remove();
            // A vpcd that takes connections and ends them at once must not be run against in a circle.
            stop.wait(Some(FIRST_WAIT));
        }
        End::Removed(back_after) => {
            report(Event::Removed { back_after });
            stop.wait(back_after);
        }
        // pcscd seldom notices: it meets the same card again, with power but without its states.
        End::NoAnswer => {}
    }
}

fn connect(address: &str, stop: &Stop) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    // vpcd writes length and payload apart and waits for our acknowledgement in between.
    stream.set_nodelay(true)?;
    stop.watch(Some(stream.try_clone()?));
    Ok(stream)
}

fn converse(rig: &mut Rig, stream: &mut TcpStream) -> End {
    loop {
        let Ok(message) = receive(stream) else {
            return End::Lost;
        };
        let answer = match message.as_slice() {
            [POWER_OFF] => {
                rig.power_off();
                continue;
            }
            [POWER_ON] => {
                rig.power_on();
                continue;
            }
            [RESET] => {
                rig.warm_reset();
                continue;
            }
            [GET_ATR] => rig.atr().to_vec(),
            // Another control code: none is known that wants an answer.
            [_] => continue,
            command => match rig.exchange(command) {
                Outcome::Answer(answer) => answer,
                Outcome::Silence => continue,
                Outcome::Reset | Outcome::NoPower => return End::NoAnswer,
                Outcome::Removed { back_after } => return End::Removed(back_after),
            },
        };
        if send(stream, &answer).is_err() {
            return End::Lost;
        }
    }
}

fn receive(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    acknowledge_quickly(stream)?;
    let mut length = [0; 2];
    stream.read_exact(&mut length)?;
    acknowledge_quickly(stream)?;
    let mut payload = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut payload)?;
    acknowledge_quickly(stream)?;
    Ok(payload)
}

/// vpcd sends with Nagle's algorithm on: a delayed acknowledgement costs 40 ms a command. Linux takes the setting back
/// by itself, so it is repeated around every read.
#[cfg(target_os = "linux")]
fn acknowledge_quickly(stream: &TcpStream) -> io::Result<()> {
    socket2::SockRef::from(stream).set_tcp_quickack(true)
}

#[cfg(not(target_os = "linux"))]
fn acknowledge_quickly(_: &TcpStream) -> io::Result<()> {
    Ok(())
}

fn send(stream: &mut TcpStream, payload: &[u8]) -> io::Result<()> {
    // The longest answer, an extended read of 65536 bytes and its status, doesn't fit; no file here is that long.
    let length = u16::try_from(payload.len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes(), payload].concat())
}

#[cfg(test)]
mod tests;
