//! The doing of what a rule says, in the name of whom it acts for and with no more rights than theirs.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::super::{Filing, House, filing::journal, opened::Opened};
use super::told::{Did, State};
use crate::{
    domain::{
        access::{AccessCode, CaseAccess},
        case::{CaseStatus, Party, PartyKind},
        file_name,
        role::Principal,
        working_days::{Calendar, danish_day},
    },
    journal::{Choice, ChosenAttachment, JournalError},
    rules::{self, Action, Attachments, Journal, Mark, Target},
    store::{
        Call, CaseRequest, CaseTemplate, JobKind, KeptRule, MailAbout, MailTemplate, MailTo,
        MarkByRule, MarkPayload, NewCase, NewJob, Origin, RuleOwner, StoreError, WithDecision,
    },
};

const MAX_TITLE_CHARS: usize = 300;
const MAX_NAME_BYTES: usize = 150;

/// Whose rule acts on which mail.
#[derive(Clone, Copy)]
pub(super) struct Actor<'a> {
    pub house: House<'a>,
    pub mail: &'a Opened,
    pub mailbox_id: Uuid,
    pub rule: &'a KeptRule,
    pub user: &'a str,
    pub now: DateTime<Utc>,
}

impl Actor<'_> {
    /// Does one thing that the rule says; an error is worth another attempt.
    pub async fn act(
        &self,
        action: &Action,
        case: Option<&str>,
        with: &mut WithDecision,
    ) -> Result<Did, StoreError> {
        let done = Did::new(action, State::Done);
        Ok(match action {
            Action::Journal(filing) => self.file(filing, case, done).await?,
            Action::NeverJournal(_) => {
                let said = self.say_not_for_a_case().await;
                outcome(said, done)?
            }
            Action::Tag(tags) => {
                with.tags.extend(tags.iter().cloned());
                done
            }
            Action::Mark(mark) => {
                let place = (self.mailbox_id, self.mail.row.id);
                with.jobs.push(mark_job(place, mark, JobKind::MarkByRule));
                done
            }
            Action::AssignPerson(name) => self.assign(&Principal::User(name.clone()), done).await?,
            Action::AssignUnit(code) => self.assign(&Principal::Unit(code.clone()), done).await?,
            Action::DeadlineWorkingDays(days) => self.set_deadline(*days, done).await?,
            Action::FollowThread => self.follow(done).await?,
            Action::Notify(names) => {
                let users = names.iter().cloned().map(MailTo::User).collect();
                self.send((MailTemplate::Notice, users), with, done)
            }
            Action::Forward(address) => {
                let to = vec![MailTo::Address(address.clone())];
                self.send((MailTemplate::Forwarded, to), with, done)
            }
            Action::Acknowledge(_) => {
                let to = vec![MailTo::Address(self.mail.sender().to_owned())];
                self.send((MailTemplate::Acknowledgement, to), with, done)
            }
        })
    }

    async fn file(&self, wish: &Journal, case: Option<&str>, done: Did) -> Result<Did, StoreError> {
        let store = self.house.store;
        let found = match (&wish.on, case) {
            (Target::NewCase(new), _) => self.new_case(new).await,
            (_, Some(number)) => store
                .case_by_number(number, self.user)
                .await
                .map(|case| Some((case.id, case.number))),
            (_, None) => Err(StoreError::NotFound("case")),
        };
        let (case_id, number) = match found {
            Ok(Some(case)) => case,
            // Another mailbox's copy of the mail made the case.
            Ok(None) => return Ok(done.because(State::Withheld, "already_filed")),
            Err(error) => return self.not_filed(wish, error, done).await,
        };
        let filing = Filing {
            case_id,
            actor: self.user.to_owned(),
            choice: self.choice(wish),
            only_for: wish
                .access
                .filter(|access| *access == AccessCode::Restricted)
                .map(|_| Vec::new()),
            why: self.why(),
            idempotency_key: format!("rule:{}:{}:{case_id}", self.rule.id, self.mail.row.id),
        };
        let done = done.on(Some(number));
        let filed = Call::new(Origin::default()).scope(async {
            Call::note_why(&self.why());
            journal(self.house, self.mail, filing).await
        });
        match filed.await {
            Ok(entry) => {
                let mut done = done;
                done.entry_id = Some(entry.id);
                Ok(done)
            }
            Err(JournalError::Store(
                StoreError::AlreadyFiled(_) | StoreError::AlreadyFiledUnseen,
            )) => Ok(done.because(State::Withheld, "already_filed")),
            Err(JournalError::Store(error)) => self.not_filed(wish, error, done).await,
            Err(error) => {
                tracing::info!(mail = %self.mail.row.id, %error, "a rule could not file a mail");
                Ok(done.because(State::Failed, "not_filed"))
            }
        }
    }

    /// A rule whose only case is gone, closed or another's, or whose template is gone, does nothing before somebody has
    /// looked at it.
    async fn not_filed(
        &self,
        wish: &Journal,
        error: StoreError,
        done: Did,
    ) -> Result<Did, StoreError> {
        let code = match error {
            StoreError::CaseClosed(_) => "case_closed",
            StoreError::NotFound("case template") => "template_gone",
            StoreError::NotFound(_) => "case_gone",
            StoreError::NotAllowed(_) => "not_allowed",
            error if error.is_transient() => return Err(error),
            error => {
                tracing::info!(mail = %self.mail.row.id, %error, "a rule could not file a mail");
                return Ok(done.because(State::Failed, "not_filed"));
            }
        };
        // A rule of all may act for others, who may file there.
        let is_of_all = self.rule.owner == RuleOwner::Organisation;
        let (lasts, case) = match &wish.on {
            Target::Case(number) => (code == "case_closed" || !is_of_all, Some(number.as_str())),
            _ => (code == "template_gone", None),
        };
        if lasts {
            let store = self.house.store;
            store
                .suspend_rule(self.rule.id, code, case, self.now)
                .await?;
        }
        Ok(done.because(State::Failed, code))
    }

    /// The case that is made of the mail; `None` where a copy of it in another mailbox is what it is made of.
    async fn new_case(&self, wish: &rules::NewCase) -> Result<Option<(Uuid, String)>, StoreError> {
        let (store, row) = (self.house.store, &self.mail.row);
        // Without its template nobody knows who may see the case.
        let begun = match &wish.template {
            Some(name) => store.case_template(name).await?,
            None => CaseTemplate::default(),
        };
        let first = store.claim_new_case(self.rule.id, &row.fingerprint, self.mailbox_id);
        if !first.await? {
            return Ok(None);
        }
        let mail = &self.mail.mail;
        let pattern = begun.title.as_deref();
        let title = (wish.title.clone())
            .or_else(|| pattern.map(|title| rules::filled_from(title, mail, row.received_at)));
        let title = title.as_deref().and_then(titled);
        let title = title.unwrap_or_else(|| {
            let engine = self.house.engine;
            engine.describe(mail, &[], row.received_at).title
        });
        let responsible = wish.responsible.clone().or(begun.responsible);
        let key = format!("rule:{}:{}", self.rule.id, row.id);
        let new = NewCase {
            number: None,
            title,
            facet: begun.facet.filter(|_| wish.kle.is_none()),
            kle: wish.kle.as_ref().map(ToString::to_string).or(begun.kle),
            access: match wish.access {
                Some(AccessCode::Restricted) => {
                    CaseAccess::of_users(responsible.as_deref().into_iter().chain([self.user]))
                }
                Some(AccessCode::Open) => CaseAccess::open(),
                None => begun.access,
            },
            responsible: Some(responsible.unwrap_or_else(|| self.user.to_owned())),
            unit: begun.unit,
            parties: self.parties(),
            status: CaseStatus::Open,
            created_at: self.now,
            request: Some(CaseRequest {
                hash: *blake3::hash(key.as_bytes()).as_bytes(),
                idempotency_key: key,
            }),
        };
        let made = Call::new(Origin::default()).scope(async {
            Call::note_why(&self.why());
            self.house.cases.create(&new, self.user, self.now).await
        });
        match made.await {
            Ok(case) => Ok(Some((case.id, case.number))),
            Err(crate::cases::CaseError::Store(error)) => Err(error),
            Err(error) => {
                tracing::warn!(%error, "the case system made no case for a rule");
                Err(StoreError::Interrupted)
            }
        }
    }

    /// Who wrote, when it was somebody from outside.
    fn parties(&self) -> Vec<Party> {
        let own = &self.house.engine.organisation().domains;
        let from = self.mail.mail.from.iter();
        from.filter(|from| !from.address.is_empty() && !own.has(&from.address))
            .take(1)
            .map(|from| Party {
                kind: PartyKind::Other,
                name: from.name.clone().unwrap_or_else(|| from.address.clone()),
                identifier: None,
                address: None,
                mail: Some(from.address.clone()),
            })
            .collect()
    }

    fn choice(&self, wish: &Journal) -> Choice {
        let name = wish.file_name.as_deref().map(file_name::clean);
        let is_chosen = |file: &crate::domain::mail::Attachment| match &wish.attachments {
            Attachments::All => !file.inline,
            Attachments::None => false,
            Attachments::NameEnds(ends) => {
                let name = file.name.to_lowercase();
                ends.iter().any(|end| name.ends_with(end.as_str()))
            }
            Attachments::TypeStarts(starts) => {
                let kind = file.media_type.to_lowercase();
                starts.iter().any(|start| kind.starts_with(start.as_str()))
            }
            Attachments::AtMostBytes(most) => !file.inline && file.size <= *most,
        };
        let files = self.mail.mail.attachments.iter().enumerate();
        let chosen = files
            .filter(|(_, file)| is_chosen(file))
            .map(|(index, file)| {
                let extension = file_name::split_extension(&file.name).1;
                ChosenAttachment {
                    index,
                    name: name.as_ref().filter(|name| !name.is_empty()).map(|name| {
                        let end = name.floor_char_boundary(MAX_NAME_BYTES);
                        file_name::clean(&format!("{}{extension}", &name[..end]))
                    }),
                    ..ChosenAttachment::default()
                }
            });
        Choice {
            title: wish.title.as_deref().and_then(titled),
            document_type: wish.document_type,
            direction: wish.direction,
            attachments: Some(chosen.collect()),
            ..Choice::default()
        }
    }

    async fn say_not_for_a_case(&self) -> Result<(), StoreError> {
        let said = Call::new(Origin::default()).scope(async {
            Call::note_why(&self.why());
            let (id, user) = (self.mail.row.id, self.user);
            self.house
                .store
                .say_not_for_a_case(id, user, self.now)
                .await
        });
        said.await.map(|_| ())
    }

    /// To the queue of a person or a unit.
    async fn assign(&self, to: &Principal, done: Did) -> Result<Did, StoreError> {
        let (store, mail_id) = (self.house.store, self.mail.row.id);
        let assigned = Call::new(Origin::default()).scope(async {
            Call::note_why(&self.why());
            let place = (mail_id, self.mailbox_id);
            store
                .assign_mail(place.0, place.1, to, self.user, self.now)
                .await
        });
        match assigned.await {
            Err(StoreError::NotFound(_)) => Ok(done.because(State::Failed, "nobody")),
            other => other.map(|()| done),
        }
    }

    /// Working days from receipt.
    async fn set_deadline(&self, working_days: u32, done: Did) -> Result<Did, StoreError> {
        let (store, row) = (self.house.store, &self.mail.row);
        let received = danish_day(row.received_at);
        let date = Calendar::default().add_working_days(received, working_days);
        let set = Call::new(Origin::default()).scope(async {
            Call::note_why(&self.why());
            store
                .set_mail_deadline(row.id, date, self.user, self.now)
                .await
        });
        set.await.map(|()| done)
    }

    /// What follows in the conversation goes to the case that the mail is on.
    async fn follow(&self, done: Did) -> Result<Did, StoreError> {
        let (store, row) = (self.house.store, &self.mail.row);
        let filed = store.entries_of_mail(&row.fingerprint, self.user).await?;
        let [entry] = filed.as_slice() else {
            let why = if filed.is_empty() {
                "no_case"
            } else {
                "several_cases"
            };
            return Ok(done.because(State::Withheld, why));
        };
        let followed = Call::new(Origin::default()).scope(async {
            Call::note_why(&self.why());
            store
                .follow_thread(row.id, entry.case_id, self.user, self.now)
                .await
        });
        outcome(followed.await, done)
    }

    /// Mails of ours, which leave with the decision, each once however often the mail is looked at.
    fn send(
        &self,
        (template, to): (MailTemplate, Vec<MailTo>),
        with: &mut WithDecision,
        done: Did,
    ) -> Did {
        if !self.house.filing.mail_out {
            return done.because(State::NotSent, "no_mail_out");
        }
        with.jobs.extend(to.into_iter().map(|to| {
            let about = MailAbout {
                mail_id: Some(self.mail.row.id),
                note: Some(self.rule.name.clone()),
                ..MailAbout::default()
            };
            NewJob::send_mail(template, to, about)
        }));
        done
    }

    /// For the audit log: which rule, in which version.
    fn why(&self) -> String {
        format!("rule:{}:{}", self.rule.id, self.rule.version)
    }
}

/// The job that flags or moves a mail of a mailbox, or takes that back.
pub(super) fn mark_job((mailbox_id, mail_id): (Uuid, Uuid), mark: &Mark, kind: JobKind) -> NewJob {
    let place = MarkPayload {
        by_rule: Some(match mark {
            Mark::Flag => MarkByRule::Flag,
            Mark::Move(folder) => MarkByRule::Move(folder.clone()),
        }),
        ..MarkPayload::new(mailbox_id, mail_id)
    };
    NewJob::in_mailbox(kind, &place)
}

fn titled(title: &str) -> Option<String> {
    let title: String = title.trim().chars().take(MAX_TITLE_CHARS).collect();
    Some(title).filter(|title| !title.is_empty())
}

fn outcome(acted: Result<(), StoreError>, done: Did) -> Result<Did, StoreError> {
    match acted {
        Ok(()) => Ok(done),
        Err(StoreError::AlreadyFiled(_)) => Ok(done.because(State::Withheld, "already_filed")),
        Err(error) if error.is_transient() => Err(error),
        Err(_) => Ok(done.because(State::Failed, "not_allowed")),
    }
}
