//! Where an attachment stands in a mail: its place among the mail's attachments, then among those of the attachment, and
//! so on. Written `1.0`: the first of what the second attachment holds.

/// Mails are opened no deeper than this, and an address longer than that names nothing.
const MAX_LEVELS: usize = 16;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AttachmentPath(Vec<usize>);

impl AttachmentPath {
    /// Parses numbers with dots between them.
    pub fn parse(text: &str) -> Option<Self> {
        let places: Option<Vec<usize>> = text
            .split('.')
            .take(MAX_LEVELS + 1)
            .map(|place| {
                let is_number = (1..=6).contains(&place.len())
                    && place.bytes().all(|byte| byte.is_ascii_digit());
                is_number.then(|| place.parse().ok())?
            })
            .collect();
        places.filter(|places| places.len() <= MAX_LEVELS).map(Self)
    }

    pub fn places(&self) -> &[usize] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_with_dots_between_them_are_a_path() {
        assert_eq!(AttachmentPath::parse("3").unwrap().places(), [3]);
        assert_eq!(
            AttachmentPath::parse("1.0.12").unwrap().places(),
            [1, 0, 12]
        );
        for text in [
            "",
            ".",
            "1.",
            "-1",
            "+1",
            "1,0",
            "a",
            "1234567",
            &"0.".repeat(20),
            "0x1",
        ] {
            assert_eq!(AttachmentPath::parse(text), None, "{text}");
        }
    }
}
