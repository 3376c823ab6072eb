//! What a scanner sends back, read within limits: it is a program that has just opened a stranger's file.

use tokio::io::{AsyncRead, AsyncReadExt as _};

use super::{ScanError, Verdict};

const PIECE: usize = 8 << 10;
const CLOSED: ScanError = ScanError::Away("it closed the connection");

/// Sends and reads at once: a scanner may answer before it has everything, and send as much as it gets.
pub(super) async fn exchange(
    sending: impl Future<Output = std::io::Result<()>>,
    reading: impl Future<Output = Result<Verdict, ScanError>>,
) -> Result<Verdict, ScanError> {
    tokio::pin!(sending, reading);
    tokio::select! {
        biased;
        verdict = &mut reading => verdict,
        // One that has had enough closes: its answer counts, not that we could not go on.
        _ = &mut sending => reading.await,
    }
}

/// What has come and is not read yet.
pub(super) struct Incoming<R> {
    from: R,
    held: Vec<u8>,
}

impl<R: AsyncRead + Unpin> Incoming<R> {
    pub fn of(from: R) -> Self {
        Self {
            from,
            held: Vec::new(),
        }
    }

    /// Up to this end and without it; an error when it is longer than that or ends before.
    pub async fn until(&mut self, end: &[u8], at_most: usize) -> Result<Vec<u8>, ScanError> {
        let mut looked = 0;
        loop {
            let from = looked.min(self.held.len());
            if let Some(at) = self.held[from..]
                .windows(end.len())
                .position(|window| window == end)
            {
                let mut found: Vec<u8> = self.held.drain(..from + at + end.len()).collect();
                found.truncate(from + at);
                return Ok(found);
            }
            if self.held.len() > at_most {
                return Err(ScanError::Away("its answer is too long"));
            }
            looked = self.held.len().saturating_sub(end.len() - 1);
            self.more().await?;
        }
    }

    /// So many bytes.
    pub async fn exactly(&mut self, count: usize) -> Result<Vec<u8>, ScanError> {
        while self.held.len() < count {
            self.more().await?;
        }
        Ok(self.held.drain(..count).collect())
    }

    async fn more(&mut self) -> Result<(), ScanError> {
        self.held.reserve(PIECE);
        match self.from.read_buf(&mut self.held).await {
            Ok(0) | Err(_) => Err(CLOSED),
            Ok(_) => Ok(()),
        }
    }
}
