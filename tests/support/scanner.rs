//! Virus scanners that speak clamd's protocol and ICAP byte for byte, find the EICAR test file, and can be told to fail.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// The test file that every scanner knows (eicar.org), in two halves so that none finds it here.
pub fn eicar() -> Vec<u8> {
    [
        r"X5O!P%@AP[4\PZX54(P^)7CC)7}$",
        "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
    ]
    .concat()
    .into_bytes()
}

/// As where no scanner is configured.
pub fn none() -> Arc<sagspost::scan::Scanner> {
    let config = sagspost::config::Config::load(None, std::iter::empty()).unwrap();
    Arc::new(sagspost::scan::Scanner::new(&config.scan))
}

/// What a scanner does with what it gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Scans,
    /// Takes everything and never answers.
    Hangs,
    /// Closes the connection in the middle of the file.
    Closes,
    /// Has taken enough after so many bytes, says so and closes.
    TakesAtMost(usize),
    /// Answers with what nobody understands.
    Babbles,
    /// ICAP without 204: what is clean comes back whole.
    SendsBack,
    /// ICAP: puts a page of its own in the place of what it found, and says no more.
    PutsAPage,
}

/// One file that came.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub content: Vec<u8>,
    /// How long each piece of it was.
    pub pieces: Vec<usize>,
}

/// How a connection over TCP is answered.
type Speak = fn(BufReader<TcpStream>, TcpStream, Mood, &Mutex<Vec<Seen>>) -> std::io::Result<()>;

pub struct Scanner {
    pub url: String,
    mood: Arc<Mutex<Mood>>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Scanner {
    pub fn clamd() -> Self {
        Self::on_tcp("clamd", "", clamd)
    }

    pub fn icap() -> Self {
        Self::on_tcp("icap", "/avscan", icap)
    }

    /// clamd on a socket of the file system.
    pub fn clamd_at(path: &Path) -> Self {
        let listener = UnixListener::bind(path).unwrap();
        let scanner = Self::named(format!("clamd:{}", path.display()));
        let (mood, seen) = (Arc::clone(&scanner.mood), Arc::clone(&scanner.seen));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (mood, seen) = (*mood.lock().unwrap(), Arc::clone(&seen));
                std::thread::spawn(move || {
                    let reader = BufReader::new(stream.try_clone().unwrap());
                    let _ = clamd(reader, stream, mood, &seen);
                });
            }
        });
        scanner
    }

    fn on_tcp(scheme: &str, path: &str, speak: Speak) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let scanner = Self::named(format!(
            "{scheme}://{}{path}",
            listener.local_addr().unwrap()
        ));
        let (mood, seen) = (Arc::clone(&scanner.mood), Arc::clone(&scanner.seen));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (mood, seen) = (*mood.lock().unwrap(), Arc::clone(&seen));
                std::thread::spawn(move || {
                    let reader = BufReader::new(stream.try_clone().unwrap());
                    let socket = stream.try_clone().unwrap();
                    let _ = speak(reader, stream, mood, &seen);
                    let _ = socket.shutdown(Shutdown::Both);
                });
            }
        });
        scanner
    }

    fn named(url: String) -> Self {
        Self {
            url,
            mood: Arc::new(Mutex::new(Mood::Scans)),
            seen: Arc::default(),
        }
    }

    pub fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

fn finds(content: &[u8]) -> bool {
    let eicar = eicar();
    content.windows(eicar.len()).any(|window| window == eicar)
}

/// Reads on without answering, until the other side goes.
fn never_answer(reader: &mut impl Read) -> std::io::Result<()> {
    std::io::copy(reader, &mut std::io::sink()).map(|_| ())
}

fn clamd<S: Read, W: Write>(
    mut reader: BufReader<S>,
    mut writer: W,
    mood: Mood,
    seen: &Mutex<Vec<Seen>>,
) -> std::io::Result<()> {
    let mut command = Vec::new();
    reader.read_until(0, &mut command)?;
    if command == b"zPING\0" {
        return writer.write_all(b"PONG\0");
    }
    assert_eq!(command, b"zINSTREAM\0");
    let mut got = Seen::default();
    loop {
        let mut length = [0; 4];
        reader.read_exact(&mut length)?;
        let length = u32::from_be_bytes(length) as usize;
        if length == 0 {
            break;
        }
        let mut piece = vec![0; length];
        reader.read_exact(&mut piece)?;
        got.pieces.push(length);
        got.content.extend(piece);
        match mood {
            Mood::Closes => return Ok(()),
            Mood::TakesAtMost(most) if got.content.len() > most => {
                writer.write_all(b"INSTREAM size limit exceeded. ERROR\0")?;
                // Everything is read before it closes, so that the answer is not lost to a reset.
                return never_answer(&mut reader);
            }
            _ => {}
        }
    }
    let found = finds(&got.content);
    seen.lock().unwrap().push(got);
    match mood {
        Mood::Hangs => never_answer(&mut reader),
        Mood::Babbles => writer.write_all(b"\x01\x02\0"),
        _ if found => writer.write_all(b"stream: Eicar-Test-Signature FOUND\0"),
        _ => writer.write_all(b"stream: OK\0"),
    }
}

fn line(reader: &mut impl BufRead) -> std::io::Result<String> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    assert!(line.ends_with("\r\n"), "{line:?}");
    Ok(line.trim_end().to_owned())
}

/// First line and headers.
fn head(reader: &mut impl BufRead) -> std::io::Result<Vec<String>> {
    let mut lines = Vec::new();
    loop {
        match line(reader)? {
            last if last.is_empty() => return Ok(lines),
            next => lines.push(next),
        }
    }
}

fn icap<S: Read, W: Write>(
    mut reader: BufReader<S>,
    mut writer: W,
    mood: Mood,
    seen: &Mutex<Vec<Seen>>,
) -> std::io::Result<()> {
    let asked = head(&mut reader)?;
    let header = |name: &str| {
        let named = asked.iter().filter_map(|line| line.split_once(": "));
        named
            .into_iter()
            .find(|(own, _)| *own == name)
            .map(|(_, value)| value.to_owned())
    };
    let service = asked[0]
        .split(' ')
        .nth(1)
        .unwrap()
        .rsplit('/')
        .next()
        .unwrap();
    if service != "avscan" {
        return writer.write_all(b"ICAP/1.0 404 Service not found\r\nISTag: \"1\"\r\n\r\n");
    }
    if asked[0].starts_with("OPTIONS ") {
        return writer.write_all(
            b"ICAP/1.0 200 OK\r\nMethods: RESPMOD, REQMOD\r\nISTag: \"1\"\r\nAllow: 204\r\nEncapsulated: null-body=0\r\n\r\n",
        );
    }
    assert!(
        asked[0].starts_with("RESPMOD icap://127.0.0.1:"),
        "{asked:?}"
    );
    assert!(asked[0].ends_with("/avscan ICAP/1.0"), "{asked:?}");
    assert_eq!(header("Host").as_deref(), Some("127.0.0.1"));
    assert_eq!(header("Allow").as_deref(), Some("204"));
    // The offsets must lead to where each part begins.
    let places: Vec<(String, usize)> = header("Encapsulated")
        .unwrap()
        .split(", ")
        .map(|part| part.split_once('=').unwrap())
        .map(|(name, at)| (name.to_owned(), at.parse().unwrap()))
        .collect();
    let names: Vec<&str> = places.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["req-hdr", "res-hdr", "res-body"]);
    let mut request = vec![0; places[1].1];
    reader.read_exact(&mut request)?;
    assert!(request.starts_with(b"GET http") && request.ends_with(b"\r\n\r\n"));
    let mut response = vec![0; places[2].1 - places[1].1];
    reader.read_exact(&mut response)?;
    assert!(response.starts_with(b"HTTP/1.1 200 OK\r\n") && response.ends_with(b"\r\n\r\n"));
    let mut got = Seen::default();
    loop {
        let length = usize::from_str_radix(&line(&mut reader)?, 16).unwrap();
        if length > 0 {
            let mut piece = vec![0; length];
            reader.read_exact(&mut piece)?;
            got.pieces.push(length);
            got.content.extend(piece);
        }
        assert_eq!(line(&mut reader)?, "");
        match mood {
            Mood::Closes => return Ok(()),
            Mood::TakesAtMost(most) if got.content.len() > most => {
                writer
                    .write_all(b"ICAP/1.0 413 Request entity too large\r\nISTag: \"1\"\r\n\r\n")?;
                return never_answer(&mut reader);
            }
            _ => {}
        }
        if length == 0 {
            break;
        }
    }
    let content = got.content.clone();
    let found = finds(&content);
    seen.lock().unwrap().push(got);
    let page = "HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n";
    let back = "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n";
    let carried = |headers: &str, http: &str, body: &[u8]| {
        let at = http.len();
        let mut answer = format!(
            "ICAP/1.0 200 OK\r\nISTag: \"1\"\r\n{headers}Encapsulated: res-hdr=0, res-body={at}\r\n\r\n{http}"
        )
        .into_bytes();
        for piece in body.chunks(7000) {
            answer.extend(format!("{:x}\r\n", piece.len()).bytes());
            answer.extend(piece);
            answer.extend(b"\r\n");
        }
        answer.extend(b"0\r\n\r\n");
        answer
    };
    let threat = "X-Infection-Found: Type=0; Resolution=2; Threat=Eicar-Test-Signature;\r\n";
    match mood {
        Mood::Hangs => never_answer(&mut reader),
        Mood::Babbles => writer.write_all(b"HELLO\r\n\r\n"),
        Mood::PutsAPage if found => writer.write_all(&carried("", page, b"<p>Blocked</p>")),
        Mood::SendsBack if !found => writer.write_all(&carried("", back, &content)),
        _ if found => writer.write_all(&carried(threat, page, b"<p>Blocked</p>")),
        _ => writer.write_all(b"ICAP/1.0 204 No Modifications\r\nISTag: \"1\"\r\n\r\n"),
    }
}
