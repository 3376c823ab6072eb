//! The parent's side: each file is read by a process of its own, so that it can cost no more than its text.
//!
//! The child is this very program. It gets no environment, its errors are looked at only to tell how it died, and
//! whoever takes longer than allowed is killed.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

use super::{
    child::Header,
    text::{self, Extracted, Format},
};
use crate::domain::mail::{Attachment, Warning};
use crate::store::AttachmentText;

/// The hidden subcommand that is the child.
pub const SUBCOMMAND: &str = "read-attachment";
/// Of the clock, for a child that waits for something; one that works is ended by its limit of CPU, which a busy machine
/// does not shorten.
const MAX_TIME: Duration = Duration::from_secs(30);
/// Text in JSON may be twice as long as it is.
const MAX_ANSWER_BYTES: u64 = 20 * 1024 * 1024;
/// Larger files are not looked at: they would fill the child's memory alone.
const MAX_FILE_BYTES: usize = 100 * 1024 * 1024;
const MAX_LAST_WORDS_BYTES: u64 = 4 * 1024;

/// Reads files in processes of their own.
#[derive(Clone, Debug)]
pub struct Reader {
    program: PathBuf,
    max_time: Duration,
}

impl Reader {
    /// Which runs this program, also when its file was replaced meanwhile.
    pub fn of_this_program() -> std::io::Result<Self> {
        let itself = Path::new("/proc/self/exe");
        Ok(Self::of(if itself.exists() {
            itself.to_owned()
        } else {
            std::env::current_exe()?
        }))
    }

    pub fn of(program: PathBuf) -> Self {
        Self {
            program,
            max_time: MAX_TIME,
        }
    }

    #[must_use]
    pub fn within(self, max_time: Duration) -> Self {
        Self { max_time, ..self }
    }

    /// What an attachment says, as it is kept beside its mail.
    pub async fn read_attachment(
        &self,
        position: usize,
        attachment: &Attachment,
        bytes: &[u8],
    ) -> AttachmentText {
        let read = self
            .read(bytes, &attachment.name, &attachment.media_type)
            .await;
        AttachmentText {
            position,
            format: read.format.name(),
            text: read.text,
            title: read.title,
            heading: read.heading,
            language: read.language,
            notes: read.notes,
        }
    }

    /// What the file says. Never fails: what went wrong is a note.
    pub async fn read(&self, bytes: &[u8], name: &str, media_type: &str) -> Extracted {
        if bytes.len() > MAX_FILE_BYTES {
            return nothing("file_too_large", "files above 100 MB are not read");
        }
        if !text::may_have_text(bytes) {
            return text::extract(bytes, name, media_type);
        }
        match tokio::time::timeout(self.max_time, self.ask(bytes, name, media_type)).await {
            Ok(Ok(extracted)) => extracted,
            Ok(Err(Death::OutOfMemory)) => nothing(
                "reader_out_of_memory",
                "reading the file takes more memory than is allowed",
            ),
            Ok(Err(Death::TookTooLong)) | Err(_) => {
                nothing("reader_took_too_long", "the file takes too long to read")
            }
            Ok(Err(Death::Failed)) => nothing("reader_failed", "the file could not be read"),
        }
    }

    async fn ask(&self, bytes: &[u8], name: &str, media_type: &str) -> Result<Extracted, Death> {
        let header = Header {
            name: name.to_owned(),
            media_type: media_type.to_owned(),
            size: bytes.len() as u64,
        };
        let mut header = serde_json::to_vec(&header).map_err(|_| Death::Failed)?;
        header.push(b'\n');
        let mut child = self.start().map_err(|_| Death::Failed)?;
        let (Some(mut input), Some(output), Some(errors)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(Death::Failed);
        };
        let tell = async move {
            // A child that died does not listen to the end; its status says why.
            if input.write_all(&header).await.is_ok() {
                input.write_all(bytes).await.ok();
            }
        };
        let ((), answer, last_words) = tokio::join!(
            tell,
            all(output, MAX_ANSWER_BYTES),
            all(errors, MAX_LAST_WORDS_BYTES)
        );
        let status = child.wait().await.map_err(|_| Death::Failed)?;
        if !status.success() {
            return Err(Death::of(status, &last_words));
        }
        let last_line = answer
            .trim_ascii_end()
            .rsplit(|byte| *byte == b'\n')
            .next()
            .unwrap_or_default();
        serde_json::from_slice(last_line).map_err(|_| Death::Failed)
    }

    fn start(&self) -> std::io::Result<Child> {
        Command::new(&self.program)
            .arg(SUBCOMMAND)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
    }
}

/// Everything, up to a limit; the rest is read and dropped, so that nobody waits for room.
async fn all(mut from: impl AsyncRead + Unpin, limit: u64) -> Vec<u8> {
    let mut read = Vec::new();
    (&mut from).take(limit).read_to_end(&mut read).await.ok();
    tokio::io::copy(&mut from, &mut tokio::io::sink())
        .await
        .ok();
    read
}

enum Death {
    OutOfMemory,
    TookTooLong,
    Failed,
}

impl Death {
    /// By how it ended and, as running out of memory ends like any abort, by its last words.
    fn of(status: ExitStatus, last_words: &[u8]) -> Self {
        use std::os::unix::process::ExitStatusExt;
        const OUT_OF_MEMORY: &[u8] = b"memory allocation of";
        let out_of_time = rustix::process::Signal::XCPU.as_raw();
        if last_words
            .windows(OUT_OF_MEMORY.len())
            .any(|words| words == OUT_OF_MEMORY)
        {
            Self::OutOfMemory
        } else if status.signal() == Some(out_of_time) {
            Self::TookTooLong
        } else {
            Self::Failed
        }
    }
}

fn nothing(code: &str, detail: &str) -> Extracted {
    Extracted::nothing(
        Format::Unknown,
        Warning {
            code: code.to_owned(),
            detail: detail.to_owned(),
        },
    )
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;

    #[test]
    fn how_a_child_died_is_told_by_its_signal_and_its_last_words() {
        let death = |raw, words: &[u8]| Death::of(ExitStatus::from_raw(raw), words);
        let out_of_time = rustix::process::Signal::XCPU.as_raw();
        let aborted = rustix::process::Signal::ABORT.as_raw();
        assert!(matches!(death(out_of_time, b""), Death::TookTooLong));
        assert!(matches!(
            death(aborted, b"memory allocation of 600 bytes failed\n"),
            Death::OutOfMemory
        ));
        assert!(matches!(death(aborted, b"stack overflow"), Death::Failed));
        assert!(matches!(death(1 << 8, b""), Death::Failed));
    }
}
