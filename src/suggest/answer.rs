//! What is said of a mail: the cases it may belong on, and whether it belongs on any.
//!
//! The ranking knows mails that people filed and no others: its confidences are those of a mail that belongs on some
//! case. What people are shown is the probability that the mail is for a case **and** that it is this one.

use chrono::{DateTime, Utc};

use super::{
    Engine, ForACase, Probability, Question, Signals, Suggestion, relevance::EvidenceSeen,
};
use crate::{
    domain::{access::Onlooker, mail::Mail},
    store::MailRow,
};

/// A mail that is inquiry about.
#[derive(Clone, Copy)]
pub struct Inquiry<'a> {
    /// Its text is not needed.
    pub mail: &'a Mail,
    /// The first lines of the text.
    pub beginning: &'a str,
    pub signals: &'a Signals,
}

#[derive(Clone, Debug)]
pub struct Answer {
    /// That the viewer may see, best first.
    pub cases: Vec<Suggestion>,
    pub for_a_case: ForACase,
}

impl<'a> Inquiry<'a> {
    pub fn of_row(row: &'a MailRow, signals: &'a Signals) -> Self {
        Self {
            mail: &row.envelope,
            beginning: &row.preview,
            signals,
        }
    }
}

impl Engine {
    pub fn answer(
        &self,
        inquiry: &Inquiry<'_>,
        viewer: &Onlooker,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Answer {
        let mut cases = self.suggest(inquiry.signals, viewer, now, limit);
        let question = Question {
            mail: inquiry.mail,
            beginning: inquiry.beginning,
            signals: inquiry.signals,
            evidence: EvidenceSeen::of(cases.first()),
        };
        let for_a_case = self.for_a_case(&question, &viewer.user);
        for case in &mut cases {
            case.confidence = case.confidence.and(for_a_case.probability);
        }
        Answer { cases, for_a_case }
    }
}

impl Answer {
    /// How sure the best suggestion is; of nothing, when there is none.
    pub fn confidence(&self) -> Probability {
        let best = self.cases.first();
        best.map_or_else(Probability::default, |best| best.confidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::mail::MailKind;
    use crate::suggest::{
        Organisation,
        tests::{case, index, mail, now, signals},
    };

    fn answer(mail: &Mail) -> Answer {
        let engine = Engine::new(Organisation::default());
        engine.put(index(&[&case(
            "2026-00001",
            "Julefrokost for hegnsudvalget",
        )]));
        let inquiry = Inquiry {
            mail,
            beginning: &mail.text,
            signals: &signals(mail),
        };
        engine.answer(&inquiry, &Onlooker::alone("birthe"), now(), 5)
    }

    fn lunch() -> Mail {
        mail(
            "per@x.example",
            "Julefrokost",
            "Hegnsudvalget spiser kl. 18.",
        )
    }

    #[test]
    fn a_case_is_never_likelier_than_that_the_mail_is_for_one() {
        let answer = answer(&lunch());
        assert_eq!(answer.cases.len(), 1);
        assert!(
            answer.confidence() < answer.for_a_case.probability,
            "{answer:?}"
        );
    }

    #[test]
    fn the_same_words_in_a_newsletter_make_a_case_less_likely() {
        let newsletter = Mail {
            kind: MailKind::Newsletter,
            ..lunch()
        };
        let (sent, received) = (answer(&lunch()), answer(&newsletter));
        assert!(received.confidence().value() < sent.confidence().value() / 2.0);
    }
}
