//! Between the socket and the `imap` crate: lifts literals out of FETCH answers and holds back what the crate cannot take.
//!
//! The crate parses a response anew at each line, so a mail must not pass through it: the mail goes into the batch
//! buffer and the crate sees a short quoted key in its place. Everything that grows has a limit, and what is legal but
//! makes the crate panic or lose step (untagged NO, 8-bit text, unknown untagged responses) is put right or left out.

use imap::extensions::idle::SetReadTimeout;
use std::io::{self, Read, Write};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::wire::Pace;

/// One line, literals not counted. `SELECT` and `LIST` need little; COPYUID may be long.
const LINE_BYTES: usize = 256 << 10;
/// What one command may make the crate hold, lifted literals not counted.
const RESPONSE_BYTES: usize = 32 << 20;
/// A literal that the crate gets to see, e.g. a folder's name.
const SMALL_LITERAL_BYTES: u64 = 64 << 10;
/// Parentheses within parentheses; the parser recurses on them.
const DEPTH: usize = 24;
/// Read from the stream at once when no literal is under way.
const READ_BYTES: usize = 32 << 10;
/// The batch grows by at most this ahead of what has arrived, so that a claimed length costs nothing.
const GROWTH_BYTES: usize = 1 << 20;

/// Why the transport gave the connection up. Travels through the crate within an `io::Error`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    #[error("a line without end")]
    LineTooLong,
    #[error("a response without end")]
    ResponseTooLarge,
    #[error("a literal far above the limit")]
    LiteralTooLarge { uid: Option<u32>, bytes: u64 },
    #[error("a response nested too deeply")]
    TooDeep,
    #[error("a FETCH response that cannot be read")]
    FetchUnreadable,
}

impl From<Fault> for io::Error {
    fn from(fault: Fault) -> Self {
        io::Error::new(io::ErrorKind::InvalidData, fault)
    }
}

/// What became of one lifted literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Kept(Range<usize>),
    /// Above the limit for one literal; read and thrown away.
    TooLarge(u64),
    /// The batch was full; read and thrown away.
    NoRoom,
}

/// What the session and the transport share.
#[derive(Debug)]
pub(super) struct Lifted {
    literal_bytes: u64,
    /// Makes keys that no server can guess.
    nonce: u64,
    capture: Option<Capture>,
    /// Bytes handed to the crate since the command began.
    response_bytes: usize,
    news: bool,
    left_out: u64,
}

#[derive(Debug)]
struct Capture {
    /// Zeroed room; the first `used` bytes are filled.
    bytes: Vec<u8>,
    used: usize,
    limit: usize,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone)]
pub(super) struct SharedLifted(Arc<Mutex<Lifted>>);

impl SharedLifted {
    pub(super) fn new(literal_bytes: u64, nonce: u64) -> Self {
        Self(Arc::new(Mutex::new(Lifted {
            literal_bytes,
            nonce,
            capture: None,
            response_bytes: 0,
            news: false,
            left_out: 0,
        })))
    }

    fn lock(&self) -> MutexGuard<'_, Lifted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn begin_command(&self) {
        self.lock().response_bytes = 0;
    }

    /// From now on literals are kept: room for `planned`, and no more than `limit` in all.
    pub(super) fn begin_capture(&self, planned: usize, limit: usize) {
        self.lock().capture = Some(Capture {
            bytes: vec![0; planned],
            used: 0,
            limit,
            pieces: Vec::new(),
        });
    }

    /// What was kept since `begin_capture`.
    pub(super) fn end_capture(&self) -> (Vec<u8>, Vec<Piece>) {
        match self.lock().capture.take() {
            Some(mut capture) => {
                capture.bytes.truncate(capture.used);
                (capture.bytes, capture.pieces)
            }
            None => (Vec::new(), Vec::new()),
        }
    }

    /// The place in `end_capture` that a key stands for.
    pub(super) fn piece_of_key(&self, key: &[u8]) -> Option<usize> {
        let text = std::str::from_utf8(key).ok()?;
        let (nonce, index) = text.strip_prefix("literal-")?.split_once('-')?;
        (u64::from_str_radix(nonce, 16).ok()? == self.lock().nonce)
            .then(|| index.parse().ok())
            .flatten()
    }

    /// Whether the folder has grown or shrunk since this was asked last.
    pub(super) fn take_news(&self) -> bool {
        std::mem::take(&mut self.lock().news)
    }

    pub(super) fn has_news(&self) -> bool {
        self.lock().news
    }

    /// Untagged responses that the crate could not have parsed.
    #[cfg(test)]
    fn left_out(&self) -> u64 {
        self.lock().left_out
    }
}

/// The stream that the `imap` crate reads and writes.
#[derive(Debug)]
pub(super) struct Transport<S> {
    stream: S,
    pace: Arc<Pace>,
    /// What a command may take once an IDLE is over.
    command_time: Duration,
    lifted: SharedLifted,
    /// Read from the stream and not yet looked at: `raw[seen..filled]`.
    raw: Vec<u8>,
    seen: usize,
    filled: usize,
    /// The response under way, put together from its lines.
    response: Vec<u8>,
    kind: Kind,
    /// Ready for the crate: `out[given..]`.
    out: Vec<u8>,
    given: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// OK, NO, BAD, BYE, PREAUTH, tagged or not, and continuations: free text to the end of the line.
    Text,
    Fetch,
    Other,
}

impl<S: Read + Write> Transport<S> {
    pub(super) fn new(
        stream: S,
        pace: Arc<Pace>,
        command_time: Duration,
        lifted: SharedLifted,
    ) -> Self {
        Self {
            stream,
            pace,
            command_time,
            lifted,
            raw: Vec::new(),
            seen: 0,
            filled: 0,
            response: Vec::new(),
            kind: Kind::Other,
            out: Vec::new(),
            given: 0,
        }
    }

    /// Reads one line and what hangs on it; leaves something in `out`, or not yet.
    fn advance(&mut self) -> io::Result<Progress> {
        let Some(mut line) = self.take_line()? else {
            return Ok(Progress::End);
        };
        if self.response.is_empty() {
            self.kind = kind_of(&line);
        }
        if self.kind == Kind::Text {
            put_right(&mut line);
            self.response = line;
            return self.finish_response();
        }
        let Some((before, length)) = literal_at_end(&line) else {
            self.response.extend_from_slice(&line);
            return self.finish_response();
        };
        if self.response.len() + line.len() > LINE_BYTES {
            return Err(Fault::LineTooLong.into());
        }
        if self.kind == Kind::Fetch {
            self.response.extend_from_slice(&line[..before]);
            let key = self.lift(length)?;
            self.response.extend_from_slice(key.as_bytes());
        } else {
            if length > SMALL_LITERAL_BYTES {
                return Err(Fault::LiteralTooLarge {
                    uid: None,
                    bytes: length,
                }
                .into());
            }
            self.response.extend_from_slice(&line);
            self.copy_literal(length as usize)?;
        }
        Ok(Progress::Going)
    }

    /// The next line with its CRLF; `None` when the server has closed the connection.
    fn take_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        loop {
            if self.seen == self.filled && self.fill()? == 0 {
                return Ok(None);
            }
            let fresh = &self.raw[self.seen..self.filled];
            let end = fresh.iter().position(|&byte| byte == b'\n');
            let taken = end.map_or(fresh.len(), |at| at + 1);
            if line.len() + taken > LINE_BYTES {
                return Err(Fault::LineTooLong.into());
            }
            line.extend_from_slice(&fresh[..taken]);
            self.seen += taken;
            if end.is_some() {
                if !line.ends_with(b"\r\n") {
                    line.insert(line.len() - 1, b'\r');
                }
                return Ok(Some(line));
            }
        }
    }

    fn fill(&mut self) -> io::Result<usize> {
        if self.raw.is_empty() {
            self.raw = vec![0; READ_BYTES];
        }
        self.seen = 0;
        self.filled = 0;
        self.filled = self.stream.read(&mut self.raw)?;
        Ok(self.filled)
    }

    /// Takes a literal of a FETCH answer out of the stream; what the crate gets instead.
    fn lift(&mut self, length: u64) -> io::Result<String> {
        let lifted = self.lifted.clone();
        let mut shared = lifted.lock();
        let (limit, nonce) = (shared.literal_bytes, shared.nonce);
        if length > limit.saturating_mul(4) {
            // Throwing that much away would take as long as the server likes.
            let uid = uid_in(&self.response);
            return Err(Fault::LiteralTooLarge { uid, bytes: length }.into());
        }
        let Some(capture) = &mut shared.capture else {
            // Nobody asked for it.
            drop(shared);
            self.discard(length)?;
            return Ok("\"\"".to_owned());
        };
        let room = capture.limit.saturating_sub(capture.used) as u64;
        let piece = if length > limit {
            self.discard(length)?;
            Piece::TooLarge(length)
        } else if length > room {
            self.discard(length)?;
            Piece::NoRoom
        } else {
            let start = capture.used;
            self.keep(capture, length as usize)?;
            Piece::Kept(start..capture.used)
        };
        let key = format!("\"literal-{nonce:x}-{}\"", capture.pieces.len());
        capture.pieces.push(piece);
        Ok(key)
    }

    /// Reads a literal into the batch.
    fn keep(&mut self, capture: &mut Capture, length: usize) -> io::Result<()> {
        let end = capture.used + length;
        while capture.used < end {
            if capture.used == capture.bytes.len() {
                let ahead = end.min(capture.used + GROWTH_BYTES.max(capture.used / 4));
                capture.bytes.resize(ahead, 0);
            }
            let stop = end.min(capture.bytes.len());
            let room = &mut capture.bytes[capture.used..stop];
            let got = if self.seen < self.filled {
                let got = room.len().min(self.filled - self.seen);
                room[..got].copy_from_slice(&self.raw[self.seen..self.seen + got]);
                self.seen += got;
                got
            } else if room.len() < READ_BYTES / 2 {
                self.fill()?;
                if self.filled == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                continue;
            } else {
                self.stream.read(room)?
            };
            if got == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            capture.used += got;
        }
        Ok(())
    }

    fn discard(&mut self, mut length: u64) -> io::Result<()> {
        while length > 0 {
            if self.seen == self.filled && self.fill()? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let got = length.min((self.filled - self.seen) as u64);
            self.seen += got as usize;
            length -= got;
        }
        Ok(())
    }

    fn copy_literal(&mut self, length: usize) -> io::Result<()> {
        let end = self.response.len() + length;
        while self.response.len() < end {
            if self.seen == self.filled && self.fill()? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let got = (end - self.response.len()).min(self.filled - self.seen);
            self.response
                .extend_from_slice(&self.raw[self.seen..self.seen + got]);
            self.seen += got;
        }
        Ok(())
    }

    /// Hands a complete response to the crate, or leaves it out when the crate could only stumble over it.
    fn finish_response(&mut self) -> io::Result<Progress> {
        let response = std::mem::take(&mut self.response);
        let mut shared = self.lifted.lock();
        shared.response_bytes += response.len();
        if shared.response_bytes > RESPONSE_BYTES {
            return Err(Fault::ResponseTooLarge.into());
        }
        if depth(&response) > DEPTH {
            return Err(Fault::TooDeep.into());
        }
        if self.kind != Kind::Text {
            let readable = imap_proto::parser::parse_response(&response).is_ok();
            if !readable && self.kind == Kind::Fetch {
                return Err(Fault::FetchUnreadable.into());
            }
            if !readable && response.starts_with(b"* ") {
                shared.left_out += 1;
                return Ok(Progress::Going);
            }
            if response.ends_with(b" EXISTS\r\n") || response.ends_with(b" RECENT\r\n") {
                shared.news = true;
            }
        }
        drop(shared);
        self.out = response;
        self.given = 0;
        Ok(Progress::Ready)
    }
}

enum Progress {
    Ready,
    Going,
    End,
}

impl<S: Read + Write> Read for Transport<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.out.len() {
            match self.advance()? {
                Progress::Ready | Progress::Going => {}
                Progress::End => return Ok(0),
            }
        }
        let got = buffer.len().min(self.out.len() - self.given);
        buffer[..got].copy_from_slice(&self.out[self.given..self.given + got]);
        self.given += got;
        Ok(got)
    }
}

impl<S: Read + Write> Write for Transport<S> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.stream.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// Called by the crate around an IDLE: with a time when it begins, without one when it is over.
impl<S> SetReadTimeout for Transport<S> {
    fn set_read_timeout(&mut self, timeout: Option<Duration>) -> imap::Result<()> {
        self.pace.set_waiting(timeout.is_some());
        self.pace.allow(timeout.unwrap_or(self.command_time));
        if timeout.is_some() {
            // A thousand idle mailboxes need no buffers.
            if self.seen == self.filled {
                (self.raw, self.seen, self.filled) = (Vec::new(), 0, 0);
            }
            if self.given == self.out.len() {
                (self.out, self.given) = (Vec::new(), 0);
            }
            self.lifted.lock().response_bytes = 0;
        }
        Ok(())
    }
}

fn kind_of(line: &[u8]) -> Kind {
    let Some(rest) = line.strip_prefix(b"* ") else {
        return Kind::Text;
    };
    let mut words = rest.split(|byte| matches!(byte, b' ' | b'\r'));
    let first = words.next().unwrap_or_default();
    let is = |word: &[u8], name: &str| word.eq_ignore_ascii_case(name.as_bytes());
    if ["OK", "NO", "BAD", "BYE", "PREAUTH"]
        .iter()
        .any(|name| is(first, name))
    {
        Kind::Text
    } else if first.iter().all(u8::is_ascii_digit)
        && words.next().is_some_and(|word| is(word, "FETCH"))
    {
        Kind::Fetch
    } else {
        Kind::Other
    }
}

/// Makes free text readable for the crate: 7-bit, and an untagged NO or BAD, which is only a warning, an OK.
fn put_right(line: &mut Vec<u8>) {
    let end = line.len().saturating_sub(2);
    for byte in &mut line[..end] {
        if !matches!(byte, 0x20..=0x7e | b'\t') {
            *byte = b'?';
        }
    }
    for warning in ["* NO", "* BAD"] {
        let length = warning.len();
        if line.len() > length
            && line[..length].eq_ignore_ascii_case(warning.as_bytes())
            && matches!(line[length], b' ' | b'\r')
        {
            line.splice(2..length, *b"OK");
        }
    }
}

/// Where a literal's `{length}` begins at the end of this line, and the length.
fn literal_at_end(line: &[u8]) -> Option<(usize, u64)> {
    let line = line.strip_suffix(b"}\r\n")?;
    let brace = line.iter().rposition(|&byte| byte == b'{')?;
    let digits = std::str::from_utf8(&line[brace + 1..]).ok()?;
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    // More digits than fit are a length beyond every limit.
    Some((brace, digits.parse().unwrap_or(u64::MAX)))
}

fn uid_in(fetch: &[u8]) -> Option<u32> {
    let text = String::from_utf8_lossy(fetch);
    let after = text.split_once("UID ")?.1;
    let digits = after.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

/// How deeply parentheses stand within each other, outside quoted strings.
fn depth(response: &[u8]) -> usize {
    let (mut now, mut most, mut quoted, mut escaped) = (0usize, 0, false, false);
    for &byte in response {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'(' if !quoted => {
                now += 1;
                most = most.max(now);
            }
            b')' if !quoted => now = now.saturating_sub(1),
            _ => {}
        }
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mailbox::Waker;
    use crate::mailbox::wire::Wire;
    use std::net::{TcpListener, TcpStream};

    /// A server that has already said everything, in pieces of `step` bytes.
    struct Script {
        said: Vec<u8>,
        at: usize,
        step: usize,
    }

    impl Read for Script {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let got = buffer.len().min(self.step).min(self.said.len() - self.at);
            buffer[..got].copy_from_slice(&self.said[self.at..self.at + got]);
            self.at += got;
            Ok(got)
        }
    }

    impl Write for Script {
        fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
            Ok(buffer.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn pace() -> Arc<Pace> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let socket = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        Wire::new(socket, &Waker::new().unwrap(), Duration::from_secs(9))
            .unwrap()
            .pace()
    }

    fn over(said: impl Into<Vec<u8>>, step: usize) -> (Transport<Script>, SharedLifted) {
        let lifted = SharedLifted::new(1000, 0xab);
        let script = Script {
            said: said.into(),
            at: 0,
            step,
        };
        (
            Transport::new(script, pace(), Duration::from_secs(9), lifted.clone()),
            lifted,
        )
    }

    fn passed(said: impl Into<Vec<u8>>) -> String {
        let mut out = String::new();
        over(said, 7).0.read_to_string(&mut out).unwrap();
        out
    }

    fn fault(said: impl Into<Vec<u8>>) -> Fault {
        let mut out = Vec::new();
        let error = over(said, 4096).0.read_to_end(&mut out).unwrap_err();
        *error.get_ref().unwrap().downcast_ref().unwrap()
    }

    #[test]
    fn literals_of_a_fetch_go_to_the_batch_and_keys_to_the_crate() {
        for step in [1, 2, 3, 10, 10_000] {
            let (mut transport, lifted) = over(
                "* 1 FETCH (UID 7 BODY[] {5}\r\nab\r\nc FLAGS (\\Seen))\r\n* 2 FETCH (UID 8 BODY[] {3}\r\n{3})\r\na1 OK\r\n",
                step,
            );
            lifted.begin_capture(0, 100);
            let mut out = String::new();
            transport.read_to_string(&mut out).unwrap();
            assert_eq!(
                out,
                "* 1 FETCH (UID 7 BODY[] \"literal-ab-0\" FLAGS (\\Seen))\r\n\
                 * 2 FETCH (UID 8 BODY[] \"literal-ab-1\")\r\na1 OK\r\n"
            );
            let (bytes, pieces) = lifted.end_capture();
            assert_eq!(bytes, b"ab\r\nc{3}");
            assert_eq!(pieces, [Piece::Kept(0..5), Piece::Kept(5..8)]);
            assert_eq!(lifted.piece_of_key(b"literal-ab-1"), Some(1));
            assert_eq!(lifted.piece_of_key(b"literal-ac-1"), None);
        }
    }

    #[test]
    fn a_literal_above_the_limit_is_thrown_away_and_told() {
        let said = format!(
            "* 1 FETCH (UID 7 BODY[] {{2000}}\r\n{})\r\n* 2 FETCH (UID 8 BODY[] {{1}}\r\nx)\r\n",
            "y".repeat(2000)
        );
        let (mut transport, lifted) = over(said, 4096);
        lifted.begin_capture(0, 100_000);
        transport.read_to_end(&mut Vec::new()).unwrap();
        let (bytes, pieces) = lifted.end_capture();
        assert_eq!(
            (&*bytes, &*pieces),
            (&b"x"[..], &[Piece::TooLarge(2000), Piece::Kept(0..1)][..])
        );
    }

    #[test]
    fn a_full_batch_leaves_the_rest_for_later() {
        let (mut transport, lifted) = over(
            "* 1 FETCH (BODY[] {3}\r\nabc)\r\n* 2 FETCH (BODY[] {3}\r\ndef)\r\n",
            4096,
        );
        lifted.begin_capture(0, 5);
        transport.read_to_end(&mut Vec::new()).unwrap();
        assert_eq!(lifted.end_capture().1, [Piece::Kept(0..3), Piece::NoRoom]);
    }

    #[test]
    fn a_claimed_length_costs_no_memory_and_an_absurd_one_ends_the_connection() {
        let (mut transport, lifted) = over("* 1 FETCH (UID 9 BODY[] {999}\r\nfew", 4096);
        lifted.begin_capture(0, 100_000);
        assert!(transport.read_to_end(&mut Vec::new()).is_err());
        assert_eq!(lifted.end_capture().0.len(), 3);
        assert_eq!(
            fault("* 1 FETCH (UID 9 BODY[] {99999999999999999999999}\r\n"),
            Fault::LiteralTooLarge {
                uid: Some(9),
                bytes: u64::MAX
            }
        );
    }

    #[test]
    fn nothing_grows_without_bound() {
        assert_eq!(fault(vec![b'x'; LINE_BYTES + 1]), Fault::LineTooLong);
        assert_eq!(
            fault("* OK hm\r\n".repeat(RESPONSE_BYTES / 9 + 1)),
            Fault::ResponseTooLarge
        );
        assert_eq!(
            fault(format!(
                "* 1 FETCH (BODYSTRUCTURE {}\r\n",
                "(".repeat(100_000)
            )),
            Fault::TooDeep
        );
        assert_eq!(
            fault("* LIST () \"/\" {65537}\r\n"),
            Fault::LiteralTooLarge {
                uid: None,
                bytes: 65537
            }
        );
        assert_eq!(fault("* 1 FETCH what\r\n"), Fault::FetchUnreadable);
    }

    #[test]
    fn what_the_crate_cannot_take_is_put_right_or_left_out() {
        assert_eq!(
            passed("* NO Disken er næsten fuld\r\n"),
            "* OK Disken er n??sten fuld\r\n"
        );
        assert_eq!(passed("* BAD\r\n"), "* OK\r\n");
        assert_eq!(
            passed("a1 NO [OVERQUOTA] Fuld {5}\r\n"),
            "a1 NO [OVERQUOTA] Fuld {5}\r\n"
        );
        assert_eq!(
            passed("* LIST () \"/\" {5}\r\nINBOX\r\n"),
            "* LIST () \"/\" {5}\r\nINBOX\r\n"
        );
        let (mut transport, lifted) = over("* ESEARCH (TAG \"a\") ALL 1:3\r\n* 3 EXISTS\r\n", 4096);
        let mut out = String::new();
        transport.read_to_string(&mut out).unwrap();
        assert_eq!((&*out, lifted.left_out()), ("* 3 EXISTS\r\n", 1));
        assert!(lifted.take_news() && !lifted.take_news());
    }

    #[test]
    fn parentheses_within_quotes_are_no_nesting() {
        assert_eq!(depth(br#"* LIST (\A) "(((\"(((" ((x))"#), 2);
    }
}
