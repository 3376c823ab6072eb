//! A signature in its pieces: what stands alone on a line, between bars, or between commas.

use crate::domain::mail_text;

const MAX_LINES: usize = 40;
const MAX_LINE_BYTES: usize = 300;
const MAX_PIECES: usize = 120;
/// What stands between two things on one line.
const BARS: [&str; 10] = ["|", "·", "•", "●", "■", "\t", "   ", " // ", " – ", " - "];

/// In their order, without closing words and what devices put under a mail.
pub(super) fn of(signature: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    for line in signature.lines().take(MAX_LINES) {
        let line = line.trim().trim_start_matches(['>', ' ']);
        if mail_text::is_by_device(line) || is_rule(line) {
            continue;
        }
        let line = mail_text::after_closing(line).unwrap_or(line);
        let mut line = line[..line.floor_char_boundary(MAX_LINE_BYTES)].replace('\u{a0}', " ");
        for bar in BARS {
            // "DK - 8000 Aarhus" is one thing.
            line = line.replace(&format!("DK{bar}"), "DK-").replace(bar, "\n");
        }
        for piece in line.split(['\n', ',', ';']) {
            let piece = piece
                .trim()
                .trim_matches(['*', '_', '"', '/', '<', '>', '[', ']'])
                .trim();
            let piece = mail_text::after_closing(piece).unwrap_or(piece);
            if !piece.is_empty() && pieces.len() < MAX_PIECES {
                pieces.push(piece.split_whitespace().collect::<Vec<_>>().join(" "));
            }
        }
    }
    pieces
}

/// `-----`, `_____`, `--`.
fn is_rule(line: &str) -> bool {
    line.chars().all(|c| !c.is_alphanumeric())
}
