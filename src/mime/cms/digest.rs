//! Digests of what was signed, each made once.

use std::borrow::Cow;

use sha2::{Digest, Sha256, Sha384, Sha512};

use super::State;

/// NIST's hash algorithms; the last byte tells which.
const NIST_HASHES: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2];

#[derive(Clone, Copy, PartialEq)]
enum Algorithm {
    Sha256,
    Sha384,
    Sha512,
}

pub(super) struct Digests<'c> {
    /// The content as it may have been signed.
    forms: Vec<Cow<'c, [u8]>>,
    made: Vec<(Algorithm, Vec<Vec<u8>>)>,
}

impl<'c> Digests<'c> {
    pub(super) fn of(content: &'c [u8]) -> Self {
        Self {
            forms: vec![Cow::Borrowed(content)],
            made: Vec::new(),
        }
    }

    /// Of a part that may have been stored with other line ends, or cut out with the one before the boundary.
    pub(super) fn of_text(content: &'c [u8]) -> Self {
        let mut forms = vec![Cow::Borrowed(content)];
        if let Some(canonical) = with_crlf(content) {
            forms.push(Cow::Owned(canonical));
        }
        let shorter: Vec<_> = forms.iter().filter_map(without_last_line_end).collect();
        forms.extend(shorter);
        Self {
            forms,
            made: Vec::new(),
        }
    }

    pub(super) fn compare(&mut self, algorithm: &[u8], signed: &[u8]) -> State {
        let algorithm = match algorithm.strip_prefix(NIST_HASHES) {
            Some([1]) => Algorithm::Sha256,
            Some([2]) => Algorithm::Sha384,
            Some([3]) => Algorithm::Sha512,
            _ => return State::Unchecked,
        };
        if self.made.iter().all(|(made, _)| *made != algorithm) {
            let digests = self
                .forms
                .iter()
                .map(|form| digest(algorithm, form))
                .collect();
            self.made.push((algorithm, digests));
        }
        let is_found = self.made.iter().any(|(made, digests)| {
            *made == algorithm && digests.iter().any(|digest| digest == signed)
        });
        if is_found {
            State::Intact
        } else {
            State::Altered
        }
    }
}

fn digest(algorithm: Algorithm, bytes: &[u8]) -> Vec<u8> {
    match algorithm {
        Algorithm::Sha256 => Sha256::digest(bytes).to_vec(),
        Algorithm::Sha384 => Sha384::digest(bytes).to_vec(),
        Algorithm::Sha512 => Sha512::digest(bytes).to_vec(),
    }
}

/// `None` when every line ends so already.
fn with_crlf(content: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(content.len() + content.len() / 32);
    for line in crate::mime::embedded::lines(content) {
        match line.strip_suffix(b"\n") {
            Some(text) => {
                out.extend_from_slice(text.strip_suffix(b"\r").unwrap_or(text));
                out.extend_from_slice(b"\r\n");
            }
            None => out.extend_from_slice(line),
        }
    }
    (out != content).then_some(out)
}

fn without_last_line_end<'c>(form: &Cow<'c, [u8]>) -> Option<Cow<'c, [u8]>> {
    let shorter = |bytes: &[u8]| {
        let bytes = bytes.strip_suffix(b"\n")?;
        Some(bytes.strip_suffix(b"\r").unwrap_or(bytes).len())
    };
    let length = shorter(form)?;
    match form {
        Cow::Borrowed(bytes) => bytes.get(..length).map(Cow::Borrowed),
        Cow::Owned(bytes) => bytes.get(..length).map(|bytes| Cow::Owned(bytes.to_vec())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_are_made_what_they_were_on_the_way() {
        assert_eq!(
            with_crlf(b"a\nb\r\n\nc").as_deref(),
            Some(&b"a\r\nb\r\n\r\nc"[..])
        );
        assert_eq!(with_crlf(b"a\r\nb"), None);
    }

    #[test]
    fn an_algorithm_that_is_not_known_tells_nothing() {
        let sha_1 = [0x2b, 0x0e, 3, 2, 0x1a];
        assert_eq!(Digests::of(b"x").compare(&sha_1, b""), State::Unchecked);
    }
}
