//! ICAP (RFC 3507): the file as the answer of a web server that the scanner may change (`RESPMOD`).
//!
//! 204 says that it has nothing to change. One that cannot say that sends the file back: the same bytes mean the same. Any
//! other answer in the file's place is the scanner's own page, so something was found.

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, split};

use super::{
    ScanError, Verdict,
    answer::{Incoming, exchange},
    clean_name,
    place::Connection,
};

const PIECE: usize = 64 << 10;
const MAX_HEAD: usize = 64 << 10;
const MAX_LINE: usize = 1024;
/// Where scanners write what they found.
const FOUND_IN: [&str; 4] = [
    "x-infection-found",
    "x-virus-id",
    "x-violations-found",
    "x-virus-name",
];
const UNREADABLE: ScanError = ScanError::Away("its answer cannot be read");
const CLOSED: ScanError = ScanError::Away("it closed the connection");

pub(super) async fn ask(
    connection: Connection,
    host: &str,
    url: &str,
    bytes: &Bytes,
) -> Result<Verdict, ScanError> {
    let (reader, writer) = split(connection);
    let mut incoming = Incoming::of(reader);
    exchange(send(writer, host, url, bytes), read(&mut incoming, bytes)).await
}

async fn send(
    mut to: impl AsyncWrite + Unpin,
    host: &str,
    url: &str,
    bytes: &Bytes,
) -> std::io::Result<()> {
    let asked = "GET http://sagspost.invalid/file HTTP/1.1\r\nHost: sagspost.invalid\r\n\r\n";
    let answered = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: {}\r\n\r\n",
        bytes.len()
    );
    let (header, body) = (asked.len(), asked.len() + answered.len());
    let head = format!(
        "RESPMOD {url} ICAP/1.0\r\nHost: {host}\r\nUser-Agent: Sagspost\r\nAllow: 204\r\nConnection: close\r\n\
         Encapsulated: req-hdr=0, res-hdr={header}, res-body={body}\r\n\r\n{asked}{answered}"
    );
    to.write_all(head.as_bytes()).await?;
    for piece in bytes.chunks(PIECE) {
        let size = format!("{:x}\r\n", piece.len());
        to.write_all(size.as_bytes()).await?;
        to.write_all(piece).await?;
        to.write_all(b"\r\n").await?;
    }
    to.write_all(b"0\r\n\r\n").await?;
    to.flush().await
}

async fn read<R: AsyncRead + Unpin>(
    incoming: &mut Incoming<R>,
    bytes: &Bytes,
) -> Result<Verdict, ScanError> {
    let head = Head::read(incoming).await?;
    if let Some(name) = FOUND_IN.iter().find_map(|name| head.header(name)) {
        return Ok(Verdict::Found(threat(name)));
    }
    match head.status {
        204 => return Ok(Verdict::Clean),
        200 => {}
        // RFC 3507, 4.3.3: of HTTP, for what cannot be taken.
        413 => return Err(ScanError::TooLarge),
        _ => return Err(ScanError::Away("it could not scan the file")),
    }
    let encapsulated = head.header("encapsulated").unwrap_or_default();
    let has = |part: &str| {
        let named = |word: &str| word.trim().split('=').next() == Some(part);
        encapsulated.split(',').any(named)
    };
    if !has("res-hdr") {
        return Err(UNREADABLE);
    }
    let answer = Head::read(incoming).await?;
    if let Some(name) = FOUND_IN.iter().find_map(|name| answer.header(name)) {
        return Ok(Verdict::Found(threat(name)));
    }
    if answer.status == 200 && has("res-body") && is_same(incoming, bytes).await? {
        Ok(Verdict::Clean)
    } else {
        Ok(Verdict::Found("?".to_owned()))
    }
}

/// Whether the body that comes is this one.
async fn is_same<R: AsyncRead + Unpin>(
    incoming: &mut Incoming<R>,
    bytes: &Bytes,
) -> Result<bool, ScanError> {
    let mut at = 0;
    loop {
        let line = incoming.until(b"\r\n", MAX_LINE).await?;
        let line = String::from_utf8_lossy(&line);
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(|_| UNREADABLE)?;
        if size == 0 {
            return Ok(at == bytes.len());
        }
        if size > bytes.len() - at {
            return Ok(false);
        }
        let mut left = size;
        while left > 0 {
            let piece = incoming.exactly(left.min(PIECE)).await?;
            if piece != bytes[at..at + piece.len()] {
                return Ok(false);
            }
            at += piece.len();
            left -= piece.len();
        }
        incoming.exactly(2).await?;
    }
}

/// The name in `Type=0; Resolution=2; Threat=EICAR;`, or all of it.
fn threat(value: &str) -> String {
    let named = value
        .split(';')
        .find_map(|part| part.trim().strip_prefix("Threat="));
    clean_name(named.unwrap_or(value))
}

/// First line and headers, of ICAP as of HTTP.
struct Head {
    status: u16,
    lines: Vec<String>,
}

impl Head {
    async fn read<R: AsyncRead + Unpin>(incoming: &mut Incoming<R>) -> Result<Self, ScanError> {
        let head = incoming.until(b"\r\n\r\n", MAX_HEAD).await?;
        let text = String::from_utf8_lossy(&head);
        let mut lines = text.split("\r\n").map(str::to_owned);
        let first = lines.next().unwrap_or_default();
        let mut words = first.split(' ');
        let protocol = words.next().unwrap_or_default();
        let status = words.next().and_then(|status| status.parse().ok());
        if !protocol.starts_with("ICAP/1.") && !protocol.starts_with("HTTP/1.") {
            return Err(UNREADABLE);
        }
        Ok(Self {
            status: status.ok_or(UNREADABLE)?,
            lines: lines.collect(),
        })
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.lines.iter().find_map(|line| {
            let (own, value) = line.split_once(':')?;
            own.trim().eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

pub(super) async fn look(
    mut connection: Connection,
    host: &str,
    url: &str,
) -> Result<(), ScanError> {
    let head = format!(
        "OPTIONS {url} ICAP/1.0\r\nHost: {host}\r\nUser-Agent: Sagspost\r\nConnection: close\r\n\r\n"
    );
    connection
        .write_all(head.as_bytes())
        .await
        .map_err(|_| CLOSED)?;
    let head = Head::read(&mut Incoming::of(connection)).await?;
    let methods = head.header("methods").unwrap_or_default();
    if head.status != 200 {
        Err(ScanError::Away("it knows no such service"))
    } else if !methods.to_ascii_uppercase().contains("RESPMOD") {
        Err(ScanError::Away("its service does not take RESPMOD"))
    } else {
        Ok(())
    }
}
