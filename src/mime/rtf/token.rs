//! The words of RTF, one after the other.

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token<'r> {
    Open,
    Close,
    /// `\par`, `\fs20`.
    Word(&'r [u8], Option<i32>),
    /// `\~`, a control of one sign.
    Symbol(u8),
    /// `\'e6`, a byte of a letter.
    Byte(u8),
    /// Text as it stands, without line ends.
    Text(&'r [u8]),
}

pub(super) struct Tokens<'r> {
    rest: &'r [u8],
}

impl<'r> Tokens<'r> {
    pub(super) fn new(rtf: &'r [u8]) -> Self {
        Self { rest: rtf }
    }

    fn advance(&mut self, length: usize) -> &'r [u8] {
        let (taken, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.rest = rest;
        taken
    }

    /// What stands behind a backslash.
    fn control(&mut self) -> Option<Token<'r>> {
        let first = *self.rest.first()?;
        if first == b'\'' {
            self.advance(1);
            let digits = self.rest.get(..2).unwrap_or_default();
            let mut byte = [0];
            // Without two digits it stands for nothing.
            return Some(match hex::decode_to_slice(digits, &mut byte) {
                Ok(()) => {
                    self.advance(2);
                    Token::Byte(byte[0])
                }
                Err(_) => Token::Symbol(b'\''),
            });
        }
        if !first.is_ascii_alphabetic() {
            self.advance(1);
            return Some(Token::Symbol(first));
        }
        let word = self.advance(count(self.rest, u8::is_ascii_alphabetic));
        let number = self.number();
        if self.rest.first() == Some(&b' ') {
            self.advance(1);
        }
        if word == b"bin" {
            let length = number.and_then(|length| usize::try_from(length).ok());
            self.advance(length.unwrap_or_default());
        }
        Some(Token::Word(word, number))
    }

    fn number(&mut self) -> Option<i32> {
        /// More digits fit no number of 32 bits.
        const MAX_DIGITS: usize = 10;
        let sign = usize::from(self.rest.first() == Some(&b'-'));
        let digits = count(self.rest.get(sign..)?, u8::is_ascii_digit);
        if digits == 0 {
            return None;
        }
        let text = std::str::from_utf8(self.advance(sign + digits)).ok()?;
        if digits > MAX_DIGITS {
            return None;
        }
        text.parse().ok()
    }
}

impl<'r> Iterator for Tokens<'r> {
    type Item = Token<'r>;

    fn next(&mut self) -> Option<Token<'r>> {
        loop {
            match self.rest.first()? {
                b'{' => {
                    self.advance(1);
                    return Some(Token::Open);
                }
                b'}' => {
                    self.advance(1);
                    return Some(Token::Close);
                }
                b'\\' => {
                    self.advance(1);
                    return self.control();
                }
                b'\r' | b'\n' | 0 => {
                    self.advance(1);
                }
                _ => {
                    let is_text =
                        |byte: &u8| !matches!(byte, b'{' | b'}' | b'\\' | b'\r' | b'\n' | 0);
                    return Some(Token::Text(self.advance(count(self.rest, is_text))));
                }
            }
        }
    }
}

fn count(bytes: &[u8], is_one: impl Fn(&u8) -> bool) -> usize {
    bytes
        .iter()
        .position(|byte| !is_one(byte))
        .unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_numbers_and_signs_are_told_apart() {
        let tokens: Vec<Token<'_>> =
            Tokens::new(b"{\\fs-20 a\\b\\'e6\\'x\\~\r\n\\bin2 }}c\\f99999999999}").collect();
        assert_eq!(
            tokens,
            [
                Token::Open,
                Token::Word(b"fs", Some(-20)),
                Token::Text(b"a"),
                Token::Word(b"b", None),
                Token::Byte(0xe6),
                Token::Symbol(b'\''),
                Token::Text(b"x"),
                Token::Symbol(b'~'),
                Token::Word(b"bin", Some(2)),
                Token::Text(b"c"),
                Token::Word(b"f", None),
                Token::Close,
            ]
        );
    }
}
