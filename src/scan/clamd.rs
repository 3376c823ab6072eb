//! clamd's own protocol: `INSTREAM`, the file in pieces, one line back (clamd(8)).

use bytes::Bytes;
use tokio::io::{AsyncWrite, AsyncWriteExt as _, split};

use super::{
    ScanError, Verdict,
    answer::{Incoming, exchange},
    clean_name,
    place::Connection,
};

const PIECE: usize = 64 << 10;
const MAX_ANSWER: usize = 4096;

pub(super) async fn ask(connection: Connection, bytes: &Bytes) -> Result<Verdict, ScanError> {
    let (reader, writer) = split(connection);
    let reading = async {
        let answer = Incoming::of(reader).until(b"\0", MAX_ANSWER).await?;
        verdict(&String::from_utf8_lossy(&answer))
    };
    exchange(send(writer, bytes), reading).await
}

async fn send(mut to: impl AsyncWrite + Unpin, bytes: &Bytes) -> std::io::Result<()> {
    to.write_all(b"zINSTREAM\0").await?;
    for piece in bytes.chunks(PIECE) {
        to.write_all(&(piece.len() as u32).to_be_bytes()).await?;
        to.write_all(piece).await?;
    }
    to.write_all(&0_u32.to_be_bytes()).await?;
    to.flush().await
}

/// `stream: OK`, `stream: NAME FOUND`, or an error.
fn verdict(answer: &str) -> Result<Verdict, ScanError> {
    let answer = answer.trim();
    if answer.starts_with("INSTREAM size limit exceeded") {
        return Err(ScanError::TooLarge);
    }
    let said = answer
        .split_once(": ")
        .map(|(_, said)| said)
        .ok_or(ScanError::Away("its answer cannot be read"))?;
    match said.strip_suffix(" FOUND") {
        Some(name) => Ok(Verdict::Found(clean_name(name))),
        None if said == "OK" => Ok(Verdict::Clean),
        None => Err(ScanError::Away("it could not scan the file")),
    }
}

pub(super) async fn look(mut connection: Connection) -> Result<(), ScanError> {
    let closed = |_| ScanError::Away("it closed the connection");
    connection.write_all(b"zPING\0").await.map_err(closed)?;
    let answer = Incoming::of(connection).until(b"\0", MAX_ANSWER).await?;
    if answer == b"PONG" {
        Ok(())
    } else {
        Err(ScanError::Away("its answer cannot be read"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_a_verdict_only_when_it_says_so() {
        assert_eq!(verdict("stream: OK"), Ok(Verdict::Clean));
        let found = Verdict::Found("Win.Test.EICAR_HDB-1".to_owned());
        assert_eq!(verdict("stream: Win.Test.EICAR_HDB-1 FOUND"), Ok(found));
        assert_eq!(
            verdict("INSTREAM size limit exceeded. ERROR"),
            Err(ScanError::TooLarge)
        );
        for unclear in [
            "",
            "OK",
            "stream: Can't allocate memory ERROR",
            "stream: NOT OK",
            "UNKNOWN COMMAND",
        ] {
            assert!(
                matches!(verdict(unclear), Err(ScanError::Away(_))),
                "{unclear}"
            );
        }
    }
}
