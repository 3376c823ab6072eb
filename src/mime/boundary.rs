//! Lines that cut a mail's parts from each other (RFC 2046), told from the parts where the header does not tell.

/// Lines of a part that may be its boundary and are looked at.
const MAX_BOUNDARY_LINES: usize = 1_000;
/// RFC 2046 allows 70; software writes more.
const MAX_BOUNDARY_BYTES: usize = 200;

/// Whether lines of the body are that boundary.
pub(super) fn cuts(body: &[u8], boundary: &[u8]) -> bool {
    dashed_lines(body).any(|(line, _)| line.starts_with(boundary))
}

/// The lines that begin with two dashes, without these, and what follows each.
fn dashed_lines(body: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = body;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let end = rest
                .iter()
                .position(|byte| *byte == b'\n')
                .map_or(rest.len(), |at| at + 1);
            let (line, after) = rest.split_at(end);
            rest = after;
            if let Some(line) = line.strip_prefix(b"--") {
                return Some((line.trim_ascii_end(), after));
            }
        }
        None
    })
}

/// The boundary that cuts the body: the one said, else the first line like one that fields of MIME follow.
pub(super) fn of<'b>(body: &'b [u8], declared: &str) -> Option<&'b str> {
    let mut seen: Vec<&[u8]> = Vec::new();
    for (line, after) in dashed_lines(body).take(MAX_BOUNDARY_LINES) {
        let is_boundary = (1..=MAX_BOUNDARY_BYTES).contains(&line.len())
            && line
                .iter()
                .all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\'));
        if !is_boundary {
            continue;
        }
        let of_mime = after
            .get(..8)
            .is_some_and(|word| word.eq_ignore_ascii_case(b"content-"));
        let ends_before = line
            .strip_suffix(b"--")
            .is_some_and(|open| seen.contains(&open));
        if of_mime || (!declared.is_empty() && line == declared.as_bytes()) {
            return std::str::from_utf8(line).ok();
        }
        if ends_before {
            return std::str::from_utf8(line.strip_suffix(b"--")?).ok();
        }
        // A line of dashes alone is one that people draw.
        if line.iter().any(u8::is_ascii_alphanumeric) && seen.len() < 20 {
            seen.push(line);
        }
    }
    None
}

/// The parameters with the name of one made another.
pub(super) fn renamed(parameters: &str, name: &str) -> String {
    let lower = parameters.to_ascii_lowercase();
    let mut out = String::with_capacity(parameters.len());
    let mut done = 0;
    for (at, _) in lower.match_indices(name) {
        out.push_str(parameters.get(done..at).unwrap_or_default());
        out.push_str("x-");
        done = at;
    }
    out.push_str(parameters.get(done..).unwrap_or_default());
    out
}
