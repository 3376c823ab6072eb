//! The child's side: one file on standard input, its text on standard output.
//!
//! Limits are set before anything is read. No configuration, no threads, no log: a stranger's file is all it ever sees.

use std::io::{BufRead, BufReader, Read, Write};

use rustix::process::{Resource, Rlimit, setrlimit};
use serde::{Deserialize, Serialize};

use super::text::{self, Extracted};

/// What the process may take besides what its program is.
const MAX_MEMORY_BYTES: u64 = 256 * 1024 * 1024;
/// Address space also holds the program and its libraries.
const MAX_ADDRESS_BYTES: u64 = 2 * MAX_MEMORY_BYTES;
const MAX_CPU_SECS: u64 = 10;
const NICENESS: i32 = 10;
/// A file's name and type are a few hundred bytes.
const MAX_HEADER_BYTES: u64 = 64 * 1024;

/// What stands before the file's bytes, on one line.
#[derive(Serialize, Deserialize)]
pub struct Header {
    pub name: String,
    pub media_type: String,
    pub size: u64,
}

/// Reads one file from standard input and writes what it says, as one line of JSON, to standard output.
pub fn run() -> std::io::Result<()> {
    limit_myself()?;
    // Nobody waits for attachments: others go first.
    rustix::process::nice(NICENESS).ok();
    // What a panic says may be the file's content, and nobody reads it here.
    std::panic::set_hook(Box::new(|_| ()));
    let mut input = BufReader::new(std::io::stdin().lock());
    let mut line = Vec::new();
    input
        .by_ref()
        .take(MAX_HEADER_BYTES)
        .read_until(b'\n', &mut line)?;
    let header: Header = serde_json::from_slice(&line)?;
    let mut bytes = Vec::new();
    input.take(header.size).read_to_end(&mut bytes)?;
    let extracted: Extracted = text::extract(&bytes, &header.name, &header.media_type);
    let mut answer = serde_json::to_vec(&extracted)?;
    answer.push(b'\n');
    // A crate may have printed something: the answer is the last line.
    answer.insert(0, b'\n');
    let mut output = std::io::stdout().lock();
    output.write_all(&answer)?;
    output.flush()?;
    Ok(())
}

fn limit_myself() -> std::io::Result<()> {
    for (resource, limit, at_most) in [
        (Resource::Data, MAX_MEMORY_BYTES, MAX_MEMORY_BYTES),
        (Resource::As, MAX_ADDRESS_BYTES, MAX_ADDRESS_BYTES),
        // The first limit ends the process with a signal of its own, by which the parent knows why.
        (Resource::Cpu, MAX_CPU_SECS, MAX_CPU_SECS + 2),
        (Resource::Core, 0, 0),
        (Resource::Fsize, 0, 0),
        (Resource::Nproc, 0, 0),
        // Only what is open already; no file, no socket.
        (Resource::Nofile, 3, 3),
    ] {
        let limit = Rlimit {
            current: Some(limit),
            maximum: Some(at_most),
        };
        setrlimit(resource, limit)?;
    }
    Ok(())
}
