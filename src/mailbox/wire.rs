//! The socket: every read and write has a deadline, a waiting read can be woken, and any thread can cut the line.
//!
//! A mailbox has one `Waker` for its whole life, made before there is a connection, so that the same bell ends an
//! IDLE, a pause before reconnecting, and a transfer that hangs.

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::fd::{AsFd, OwnedFd};

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Ends waits and connections of one mailbox from any thread. Cheap to clone.
#[derive(Clone)]
pub struct Waker(Arc<WakerInner>);

struct WakerInner {
    bell: OwnedFd,
    cut: AtomicBool,
    socket: Mutex<Option<Arc<TcpStream>>>,
}

impl std::fmt::Debug for Waker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Waker")
            .field("cut", &self.is_cut())
            .finish_non_exhaustive()
    }
}

impl Waker {
    pub fn new() -> io::Result<Self> {
        let bell = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        Ok(Self(Arc::new(WakerInner {
            bell,
            cut: AtomicBool::new(false),
            socket: Mutex::new(None),
        })))
    }

    /// Ends the wait that runs now, or else the next one. The connection stays.
    pub fn wake(&self) {
        // Full means that it has rung often enough.
        let _ = rustix::io::write(&self.0.bell, &1u64.to_ne_bytes());
    }

    /// Ends everything, for good: the connection is closed under whoever uses it, and no new one is made.
    pub fn cut(&self) {
        self.0.cut.store(true, Ordering::SeqCst);
        if let Some(socket) = &*self.0.socket.lock().unwrap_or_else(PoisonError::into_inner) {
            let _ = socket.shutdown(Shutdown::Both);
        }
        self.wake();
    }

    pub fn is_cut(&self) -> bool {
        self.0.cut.load(Ordering::SeqCst)
    }

    /// Waits without a connection; true when woken before the time was up.
    pub fn wait(&self, at_most: Duration) -> bool {
        let mut fds = [PollFd::new(&self.0.bell, PollFlags::IN)];
        let until = Instant::now() + at_most;
        while !self.is_cut() {
            let left = until.saturating_duration_since(Instant::now());
            match poll(&mut fds, Some(&timespec(left))) {
                Ok(0) => return false,
                Ok(_) => return self.clear_bell(),
                Err(rustix::io::Errno::INTR) => {}
                Err(_) => return false,
            }
        }
        true
    }

    fn clear_bell(&self) -> bool {
        let mut count = [0; 8];
        rustix::io::read(&self.0.bell, &mut count).is_ok()
    }

    /// Hands over the connection that `cut` is to close.
    fn attach(&self, socket: &Arc<TcpStream>) {
        *self.0.socket.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(socket));
        if self.is_cut() {
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

/// Deadlines of one connection, set by the session and obeyed by the wire beneath the TLS layer.
#[derive(Debug)]
pub(super) struct Pace {
    start: Instant,
    /// Milliseconds from `start` at which the running command must be over.
    deadline: AtomicU64,
    /// Reads wait for the bell too.
    waiting: AtomicBool,
    woken: AtomicBool,
}

impl Pace {
    fn new() -> Self {
        Self {
            start: Instant::now(),
            deadline: AtomicU64::new(u64::MAX),
            waiting: AtomicBool::new(false),
            woken: AtomicBool::new(false),
        }
    }

    /// The running command must be over after this long.
    pub(super) fn allow(&self, time: Duration) {
        let until = self.start.elapsed() + time;
        self.deadline.store(
            u64::try_from(until.as_millis()).unwrap_or(u64::MAX),
            Ordering::Relaxed,
        );
    }

    pub(super) fn set_waiting(&self, waiting: bool) {
        self.waiting.store(waiting, Ordering::Relaxed);
    }

    /// Whether the bell ended a wait since this was asked last.
    pub(super) fn take_woken(&self) -> bool {
        self.woken.swap(false, Ordering::Relaxed)
    }

    /// What is left of the time allowed; an error when nothing is.
    fn left(&self) -> io::Result<Duration> {
        let deadline = Duration::from_millis(self.deadline.load(Ordering::Relaxed));
        match deadline.checked_sub(self.start.elapsed()) {
            Some(left) if !left.is_zero() => Ok(left),
            _ => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}

/// A TCP connection under a deadline.
pub(super) struct Wire {
    socket: Arc<TcpStream>,
    pace: Arc<Pace>,
    waker: Waker,
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Wire")
    }
}

impl Wire {
    /// Takes over a connected socket. Silence longer than `silence` ends it, whatever the deadline.
    pub(super) fn new(socket: TcpStream, waker: &Waker, silence: Duration) -> io::Result<Self> {
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(silence))?;
        socket.set_write_timeout(Some(silence))?;
        let socket = Arc::new(socket);
        waker.attach(&socket);
        Ok(Self {
            socket,
            pace: Arc::new(Pace::new()),
            waker: waker.clone(),
        })
    }

    pub(super) fn pace(&self) -> Arc<Pace> {
        Arc::clone(&self.pace)
    }

    /// Waits for the server or the bell.
    fn wait(&self) -> io::Result<()> {
        loop {
            let left = self.pace.left()?;
            let mut fds = [
                PollFd::new(&*self.socket, PollFlags::IN),
                PollFd::from_borrowed_fd(self.waker.0.bell.as_fd(), PollFlags::IN),
            ];
            match poll(&mut fds, Some(&timespec(left))) {
                Ok(0) => return Err(io::ErrorKind::TimedOut.into()),
                Ok(_) if !fds[1].revents().is_empty() => {
                    self.waker.clear_bell();
                    self.pace.woken.store(true, Ordering::Relaxed);
                    return Err(io::ErrorKind::TimedOut.into());
                }
                Ok(_) => return Ok(()),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.pace.waiting.load(Ordering::Relaxed) {
            self.wait()?;
        } else {
            self.pace.left()?;
        }
        loop {
            match (&*self.socket).read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => return other.map_err(as_timeout),
            }
        }
    }
}

impl Write for Wire {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.pace.left()?;
        (&*self.socket).write(buffer).map_err(as_timeout)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A socket timeout reads as `WouldBlock` on Linux.
fn as_timeout(error: io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::WouldBlock {
        io::ErrorKind::TimedOut.into()
    } else {
        error
    }
}

fn timespec(duration: Duration) -> Timespec {
    // A day is longer than any wait here; the cap keeps the conversion from failing.
    Timespec::try_from(duration.min(Duration::from_hours(24))).unwrap_or(Timespec {
        tv_sec: 1,
        tv_nsec: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    fn pair(waker: &Waker) -> (Wire, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let far = listener.accept().unwrap().0;
        (
            Wire::new(near, waker, Duration::from_secs(30)).unwrap(),
            far,
        )
    }

    #[test]
    fn a_bell_rung_before_the_wait_still_ends_it() {
        let waker = Waker::new().unwrap();
        waker.wake();
        assert!(waker.wait(Duration::from_mins(1)));
        assert!(!waker.wait(Duration::from_millis(1)));
    }

    #[test]
    fn a_waiting_read_is_woken_and_the_connection_stays() {
        let waker = Waker::new().unwrap();
        let (mut wire, mut far) = pair(&waker);
        let pace = wire.pace();
        pace.allow(Duration::from_mins(1));
        pace.set_waiting(true);
        waker.wake();
        assert_eq!(
            wire.read(&mut [0; 9]).unwrap_err().kind(),
            io::ErrorKind::TimedOut
        );
        assert!(pace.take_woken());
        far.write_all(b"still here").unwrap();
        assert!(wire.read(&mut [0; 9]).unwrap() > 0);
    }

    #[test]
    fn a_cut_line_ends_a_read_in_another_thread_and_no_new_one_works() {
        let waker = Waker::new().unwrap();
        let (mut wire, _far) = pair(&waker);
        wire.pace().allow(Duration::from_mins(1));
        let reader = std::thread::spawn(move || wire.read(&mut [0; 9]).unwrap());
        waker.cut();
        assert_eq!(reader.join().unwrap(), 0);
        let (mut again, _far) = pair(&waker);
        again.pace().allow(Duration::from_mins(1));
        assert_eq!(again.read(&mut [0; 9]).unwrap(), 0);
        assert!(waker.wait(Duration::from_mins(1)));
    }

    #[test]
    fn a_drip_of_bytes_does_not_outlive_the_deadline() {
        let waker = Waker::new().unwrap();
        let (mut wire, mut far) = pair(&waker);
        wire.pace().allow(Duration::ZERO);
        far.write_all(b"drip").unwrap();
        assert_eq!(
            wire.read(&mut [0; 9]).unwrap_err().kind(),
            io::ErrorKind::TimedOut
        );
    }
}
