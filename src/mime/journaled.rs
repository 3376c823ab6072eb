//! Mails that Exchange copied to a journal: unwrapped, so that a copy is the mail that people know.
//!
//! Identity, text and attachments are those of the mail itself; who received it, blind copies too, is what the server noted.

use mail_parser::MessageRef;

use super::{
    Opening, contents,
    journal_report::{self, Recipient},
    note, read_itself,
};
use crate::domain::mail::{Address, Envelope, Mail, MailKind};

/// The mail that a journal report is about.
pub(super) fn mail(message: MessageRef<'_>) -> Option<MessageRef<'_>> {
    if !journal_report::is_report(message.headers()) {
        return None;
    }
    message.parts().find_map(|part| part.nested())
}

/// The mail that people know: of a journal report the one it is about, else the mail itself.
pub(super) fn meant(message: MessageRef<'_>) -> MessageRef<'_> {
    mail(message).unwrap_or(message)
}

pub(super) fn read(report: MessageRef<'_>, copied: MessageRef<'_>, opening: &Opening) -> Mail {
    let text = contents::of(report, &mut Vec::new())
        .body
        .text(&mut Vec::new());
    let noted = journal_report::envelope(&text);
    let mut mail = read_itself(copied, opening);
    if noted.not_decrypted {
        note(
            &mut mail.warnings,
            "journal_encrypted",
            "the mail was journaled as it was encrypted",
        );
    }
    if noted.cut {
        note(
            &mut mail.warnings,
            "journal_cut",
            "the journal report has more recipients than were read",
        );
    }
    let known: Vec<Address> = [&mail.from, &mail.to, &mail.cc, &mail.bcc]
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    let named = |address: Address| named(address, &known);
    let envelope = Envelope {
        sender: noted.sender.clone().map(named),
        on_behalf_of: noted.on_behalf_of.clone().map(named),
        kind: mail.kind,
    };
    if !noted.is_empty() {
        // Whom the mail does not name and the report names without a field was a blind copy.
        let is_named = |recipient: &Recipient| {
            known
                .iter()
                .any(|known| known.address == recipient.address.address)
        };
        let blind = noted
            .others
            .into_iter()
            .filter(|recipient| !is_named(recipient));
        add(&mut mail.to, noted.to, &known);
        add(&mut mail.cc, noted.cc, &known);
        add(&mut mail.bcc, noted.bcc, &known);
        add(&mut mail.bcc, blind, &known);
    }
    mail.kind = MailKind::JournalReport;
    mail.envelope = Some(envelope);
    mail
}

/// Adds those that the mail's own field does not have; members of a list stand beside the list.
fn add(list: &mut Vec<Address>, noted: impl IntoIterator<Item = Recipient>, known: &[Address]) {
    for recipient in noted {
        let address = named(recipient.address, known);
        if !list.iter().any(|has| has.address == address.address) {
            list.push(address);
        }
    }
}

/// The report has addresses alone; the mail tells whose they are.
fn named(address: Address, known: &[Address]) -> Address {
    let name = address.name.or_else(|| {
        known
            .iter()
            .find(|known| known.address == address.address)
            .and_then(|known| known.name.clone())
    });
    Address { name, ..address }
}
