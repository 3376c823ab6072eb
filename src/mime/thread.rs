//! What a conversation is known by.

use crate::domain::{mail::Mail, title};

/// How a mail finds its thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadMarks {
    /// Message-IDs the mail has, answers or refers to, and Exchange's conversation root.
    pub keys: Vec<String>,
    /// The subject without reply and forward prefixes, lower case.
    pub base_subject: String,
    /// A reply by its subject that names no other mail.
    pub by_subject: bool,
}

pub fn of(mail: &Mail) -> ThreadMarks {
    // A bounce belongs to the letter that came back.
    let reported = mail.report.as_ref();
    let mut keys: Vec<String> = mail
        .message_id
        .iter()
        .chain(&mail.in_reply_to)
        .chain(mail.references.iter().rev())
        .chain(reported.and_then(|report| report.original_message_id.as_ref()))
        .map(|id| format!("id:{}", normalised(id)))
        .collect();
    keys.extend(mail.thread_index.iter().map(|root| format!("ti:{root}")));
    keys.dedup();
    let base_subject = title::base_subject(&mail.subject).to_lowercase();
    let is_reply = base_subject.chars().count() < mail.subject.trim().chars().count();
    let by_subject = is_reply
        && !base_subject.is_empty()
        && mail.in_reply_to.is_empty()
        && mail.references.is_empty()
        && mail.thread_index.is_none();
    ThreadMarks {
        keys,
        base_subject,
        by_subject,
    }
}

/// A Message-ID as it is compared: without brackets, spaces or NUL, bounded in length.
fn normalised(id: &str) -> String {
    id.chars()
        .filter(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>'))
        .take(500)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_known_by_what_it_answers() {
        let mail = Mail {
            message_id: Some("c@x".to_owned()),
            in_reply_to: vec!["b@x".to_owned()],
            references: vec!["a@x".to_owned(), "b@x".to_owned()],
            subject: "SV: Hæk".to_owned(),
            ..Mail::default()
        };
        let marks = of(&mail);
        assert!(
            ["id:a@x", "id:b@x", "id:c@x"]
                .iter()
                .all(|key| marks.keys.iter().any(|k| k == key))
        );
        assert_eq!(
            (marks.base_subject.as_str(), marks.by_subject),
            ("hæk", false)
        );
    }

    #[test]
    fn only_a_reply_that_names_no_mail_goes_by_its_subject() {
        let with = |subject: &str| {
            of(&Mail {
                subject: subject.to_owned(),
                ..Mail::default()
            })
            .by_subject
        };
        assert!(with("SV: Hæk"));
        assert!(!with("Hæk"));
        assert!(!with("SV:"));
    }
}
