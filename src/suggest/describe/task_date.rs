//! The deadline that a mail names, as a date for a task on its case.

use super::files::File;
use super::reasons::Reason;
use super::{Subject, kinds};
use crate::domain::deadline::{self, Deadline};
use crate::domain::mail::MailKind;
use crate::domain::working_days::{self, Calendar};
use chrono::NaiveDate;
use serde::Serialize;

/// Documents that are looked at when the mail itself names none.
const MAX_FILES: usize = 5;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TaskDate {
    pub date: NaiveDate,
    /// The sentence it stands in; none where it is a field of Digital Post.
    pub sentence: Option<String>,
    /// The attachment it stands in, by its place.
    pub attachment: Option<usize>,
    pub reason: Reason,
}

/// What a field of Digital Post says, else the mail's own text, else the first document that names one.
pub(super) fn of(
    subject: &Subject<'_>,
    files: &[File<'_>],
    written: NaiveDate,
) -> Option<TaskDate> {
    let mail = subject.mail;
    // What machines and meetings say on every mail is no task.
    if !matches!(
        mail.kind,
        MailKind::Personal | MailKind::System | MailKind::JournalReport
    ) {
        return None;
    }
    if let Some(reply_by) = mail.digital_post.as_ref().and_then(|post| post.reply_by) {
        return Some(TaskDate {
            date: working_days::danish_day(reply_by),
            sentence: None,
            attachment: None,
            reason: Reason::DeadlineOfDigitalPost,
        });
    }
    let calendar = Calendar::default();
    let in_mail = deadline::find(&kinds::own_text(&mail.text), written, &calendar);
    in_mail
        .map(|found| task_date(found, None, Reason::DeadlineInMail))
        .or_else(|| in_files(files, written, &calendar))
}

fn in_files(files: &[File<'_>], written: NaiveDate, calendar: &Calendar) -> Option<TaskDate> {
    files
        .iter()
        .enumerate()
        .filter(|(_, file)| !file.attachment.inline)
        .filter_map(|(index, file)| Some((index, file, file.read?)))
        .take(MAX_FILES)
        .find_map(|(index, file, read)| {
            let found = deadline::find(&read.text, file.date_or(written), calendar)?;
            // Counted from an old letter it may be over long before the mail.
            (found.date >= written).then(|| {
                let reason = Reason::DeadlineInFile {
                    name: file.attachment.clean_name.clone(),
                };
                task_date(found, Some(index), reason)
            })
        })
}

fn task_date(found: Deadline, attachment: Option<usize>, reason: Reason) -> TaskDate {
    TaskDate {
        date: found.date,
        sentence: Some(found.sentence),
        attachment,
        reason,
    }
}
