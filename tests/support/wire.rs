//! Bad lines and bad servers: a proxy that cuts a connection after so many bytes, and a server that reads from a script.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Forwards to a server, and cuts each connection once it has sent so many bytes.
pub struct CuttingProxy {
    pub port: u16,
    cut_after: Arc<AtomicU64>,
    connections: Arc<AtomicUsize>,
}

impl CuttingProxy {
    pub fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Self {
            port: listener.local_addr().unwrap().port(),
            cut_after: Arc::new(AtomicU64::new(u64::MAX)),
            connections: Arc::default(),
        };
        let (cut_after, connections) =
            (Arc::clone(&proxy.cut_after), Arc::clone(&proxy.connections));
        std::thread::spawn(move || {
            for near in listener.incoming() {
                let Ok(near) = near else { return };
                connections.fetch_add(1, Ordering::SeqCst);
                let Ok(far) = TcpStream::connect(("127.0.0.1", port)) else {
                    continue;
                };
                let (to_far, to_near) = (far.try_clone().unwrap(), near.try_clone().unwrap());
                let limit = cut_after.load(Ordering::SeqCst);
                std::thread::spawn(move || forward(&near, &to_far, u64::MAX));
                std::thread::spawn(move || forward(&far, &to_near, limit));
            }
        });
        proxy
    }

    /// From the next connection on; `u64::MAX` for never.
    pub fn cut_after(&self, bytes: u64) {
        self.cut_after.store(bytes, Ordering::SeqCst);
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

fn forward(from: &TcpStream, mut to: &TcpStream, limit: u64) {
    let _ = std::io::copy(&mut from.take(limit), &mut to);
    for socket in [from, to] {
        let _ = socket.shutdown(Shutdown::Both);
    }
}

/// A server that greets and then answers each line as it is told to. `{tag}` in an answer is the line's first word.
pub struct ScriptedServer {
    pub port: u16,
}

impl ScriptedServer {
    /// `answer` gets each line of the client; `None` closes the connection.
    pub fn start(
        greeting: &'static str,
        answer: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let answer = Arc::new(answer);
        std::thread::spawn(move || {
            for socket in listener.incoming() {
                let Ok(mut socket) = socket else { return };
                let answer = Arc::clone(&answer);
                std::thread::spawn(move || {
                    let _ = socket.write_all(greeting.as_bytes());
                    for line in BufReader::new(socket.try_clone().unwrap()).lines() {
                        let Ok(line) = line else { return };
                        let tag = line.split(' ').next().unwrap_or_default();
                        let said = answer(&line).map(|text| text.replace("{tag}", tag));
                        if said.is_none_or(|said| socket.write_all(said.as_bytes()).is_err()) {
                            let _ = socket.shutdown(Shutdown::Both);
                            return;
                        }
                    }
                });
            }
        });
        Self { port }
    }

    /// Signs anybody in and leaves everything after that to `answer`.
    pub fn after_login(answer: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self::start("* OK ready\r\n", move |line| {
            if line.contains("CAPABILITY") {
                Some("* CAPABILITY IMAP4rev1 IDLE MOVE\r\n{tag} OK done\r\n".into())
            } else if line.contains("LOGIN") {
                Some("{tag} OK in\r\n".into())
            } else {
                answer(line)
            }
        })
    }
}
