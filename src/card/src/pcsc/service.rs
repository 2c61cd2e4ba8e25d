//! Waiting for pcscd to come, on Linux: inotify on the folder of its socket.
//!
//! The watch comes in when the service is gone. [`Service::arm`] first, then try, then
//! [`Service::wait`]: what happens between the last two is kept by the kernel, so no start of the
//! daemon is missed and nothing polls.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::fs::inotify;

/// Where libpcsclite looks for the daemon, unless `PCSCLITE_CSOCK_NAME` says otherwise.
const SOCKET: &str = "/run/pcscd/pcscd.comm";

/// How long to wait before trying again where the kernel gave no inotify (its limits are reached).
const SLOW_RETRY: Duration = Duration::from_secs(5);

/// Ends a wait from another thread, once and for good.
#[derive(Debug)]
pub(super) struct Waker(OwnedFd);

impl Waker {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Waker(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?))
    }

    pub(super) fn wake(&self) {
        // The counter is never read, so it stays up; a write that finds it full changes nothing.
        if let Err(error) = rustix::io::write(&self.0, &1u64.to_ne_bytes()) {
            tracing::debug!("eventfd: {error}");
        }
    }
}

/// Tells when the service may have come.
#[derive(Debug)]
pub(super) struct Service {
    socket: PathBuf,
    watched: Option<Watched>,
}

#[derive(Debug)]
struct Watched {
    inotify: OwnedFd,
    /// The entry of the watched folder that leads to the socket.
    entry: std::ffi::OsString,
}

impl Service {
    pub(super) fn new() -> Self {
        Self::at(std::env::var_os("PCSCLITE_CSOCK_NAME").unwrap_or_else(|| SOCKET.into()).into())
    }

    fn at(socket: PathBuf) -> Self {
        Service { socket, watched: None }
    }

    /// Begins to keep events, from the nearest folder that exists.
    pub(super) fn arm(&mut self) {
        self.watched = watch_nearest(&self.socket).inspect_err(|error| tracing::debug!("inotify: {error}")).ok();
    }

    /// Blocks until something changed on the way to the socket (then true), `limit` passed, or
    /// `waker` woke.
    pub(super) fn wait(&self, waker: &Waker, limit: Option<Duration>) -> bool {
        let Some(watched) = &self.watched else {
            let limit = limit.unwrap_or(SLOW_RETRY);
            let mut woken = [PollFd::new(&waker.0, PollFlags::IN)];
            if let Err(error) = wait_readable(&mut woken, Some(limit)) {
                tracing::debug!("poll: {error}");
            }
            return false;
        };
        loop {
            let mut fds = [PollFd::new(&waker.0, PollFlags::IN), PollFd::new(&watched.inotify, PollFlags::IN)];
            let ready = wait_readable(&mut fds, limit);
            let [woken, _] = &fds;
            if !matches!(ready, Ok(true)) || !woken.revents().is_empty() {
                return false;
            }
            // In a busy folder like /run most events are about something else.
            if watched.concerned() {
                return true;
            }
        }
    }
}

impl Watched {
    /// Takes all kept events; whether one is about the way to the socket.
    fn concerned(&self) -> bool {
        let mut buffer = [MaybeUninit::uninit(); 1024];
        let mut events = inotify::Reader::new(&self.inotify, &mut buffer);
        let mut concerned = false;
        while let Ok(event) = events.next() {
            // Without a name it is the folder itself that went, or an overflow.
            concerned |= event.file_name().is_none_or(|name| name.to_bytes() == self.entry.as_encoded_bytes());
        }
        concerned
    }
}

fn watch_nearest(socket: &Path) -> io::Result<Watched> {
    let inotify = inotify::init(inotify::CreateFlags::CLOEXEC | inotify::CreateFlags::NONBLOCK)?;
    // ATTRIB: pcscd creates the socket, listens, and changes its mode, in this order.
    let events = inotify::WatchFlags::CREATE
        | inotify::WatchFlags::MOVED_TO
        | inotify::WatchFlags::ATTRIB
        | inotify::WatchFlags::DELETE_SELF
        | inotify::WatchFlags::MOVE_SELF
        | inotify::WatchFlags::ONLYDIR;
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    let mut path = socket;
    while let (Some(folder), Some(entry)) = (path.parent(), path.file_name()) {
        let folder_or_here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        match inotify::add_watch(&inotify, folder_or_here, events) {
            Ok(_) => return Ok(Watched { inotify, entry: entry.to_owned() }),
            Err(error) => last = error.into(),
        }
        path = folder;
    }
    Err(last)
}

/// Whether one of `fds` became readable within `limit`.
fn wait_readable(fds: &mut [PollFd<'_>], limit: Option<Duration>) -> io::Result<bool> {
    let limit = limit.and_then(|limit| Timespec::try_from(limit).ok());
    loop {
        match poll(fds, limit.as_ref()) {
            Err(rustix::io::Errno::INTR) => {}
            outcome => return Ok(outcome? > 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::thread;

    use super::*;

    /// Longer than any of these waits, which end by events.
    const PATIENCE: Option<Duration> = Some(Duration::from_secs(60));

    #[test]
    fn a_socket_that_comes_between_trying_and_waiting_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("pcscd.comm");
        let mut service = Service::at(socket.clone());
        service.arm();
        fs::write(&socket, "").unwrap();
        assert!(service.wait(&Waker::new().unwrap(), PATIENCE));
    }

    #[test]
    fn a_folder_on_the_way_to_the_socket_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let way = folder.path().join("a").join("b");
        let mut service = Service::at(way.join("pcscd.comm"));
        for part in [folder.path().join("a"), way.clone()] {
            service.arm();
            fs::create_dir(part).unwrap();
            assert!(service.wait(&Waker::new().unwrap(), PATIENCE));
        }
        service.arm();
        fs::remove_dir(way).unwrap();
        assert!(service.wait(&Waker::new().unwrap(), PATIENCE));
    }

    #[test]
    fn what_happens_beside_the_way_wakes_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let mut service = Service::at(folder.path().join("pcscd.comm"));
        service.arm();
        let watched = service.watched.unwrap();
        fs::write(folder.path().join("pcscd.pid"), "").unwrap();
        assert!(!watched.concerned());
        fs::write(folder.path().join("pcscd.comm"), "").unwrap();
        assert!(watched.concerned());
    }

    #[test]
    fn a_wait_ends_when_woken_before_or_during_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut service = Service::at(folder.path().join("pcscd.comm"));
        service.arm();
        let waker = Waker::new().unwrap();
        thread::scope(|scope| {
            scope.spawn(|| waker.wake());
            assert!(!service.wait(&waker, None));
        });
        assert!(!service.wait(&waker, None));
    }
}
