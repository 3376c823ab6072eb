//! What follows the act of journaling: tried again while it may help, told when it does not, taken back on undo.

use std::sync::{Arc, Mutex};

use chrono::{Duration, Utc};
use futures::future::{BoxFuture, FutureExt as _};
use sagspost::cases::{Answer, CaseError, CaseSystem};
use sagspost::domain::access::CaseAccess;
use sagspost::domain::case::{Case, CaseStatus};
use sagspost::journal;
use sagspost::outbox::{MarkError, Marker, Outbox};
use sagspost::store::{
    AuditFilter, CaseQuery, Entry, EntryState, EventKind, MailFilter, MarkPayload, NewCase, Store,
};
use uuid::Uuid;

use crate::store::file;
use crate::support::outbox;
use crate::support::store::{add_case, batch, case, day, eml, mailbox, user};

/// A case system that answers as it is told.
#[derive(Default)]
struct Elsewhere {
    answer: Mutex<Option<CaseError>>,
    taken: Mutex<Vec<Uuid>>,
}

impl CaseSystem for Elsewhere {
    fn name(&self) -> &'static str {
        "elsewhere"
    }

    fn search<'a>(&'a self, _: &'a CaseQuery, _: &'a str, _: i64) -> Answer<'a, Vec<Case>> {
        unreachable()
    }

    fn get<'a>(&'a self, _: Uuid, _: &'a str) -> Answer<'a, Case> {
        unreachable()
    }

    fn create<'a>(
        &'a self,
        _: &'a NewCase,
        _: &'a str,
        _: chrono::DateTime<Utc>,
    ) -> Answer<'a, Case> {
        unreachable()
    }

    fn set_status<'a>(
        &'a self,
        _: Uuid,
        _: CaseStatus,
        _: Option<i64>,
        _: &'a str,
        _: chrono::DateTime<Utc>,
    ) -> Answer<'a, Case> {
        unreachable()
    }

    fn set_access<'a>(
        &'a self,
        _: Uuid,
        _: &'a CaseAccess,
        _: Option<i64>,
        _: &'a str,
        _: chrono::DateTime<Utc>,
    ) -> Answer<'a, Case> {
        unreachable()
    }

    fn deliver<'a>(&'a self, entry: &'a Entry) -> Answer<'a, ()> {
        async move {
            let answer = self.answer.lock().unwrap().take();
            if let Some(error) = answer {
                return Err(error);
            }
            self.taken.lock().unwrap().push(entry.id);
            Ok(())
        }
        .boxed()
    }
}

fn unreachable<'a, T: Send + 'a>() -> Answer<'a, T> {
    async { Err(CaseError::Unreachable) }.boxed()
}

/// Remembers what was marked, or refuses.
#[derive(Default)]
struct Notebook {
    refuses: Mutex<Option<(&'static str, bool)>>,
    marked: Mutex<Vec<(Uuid, bool)>>,
}

impl Marker for Notebook {
    fn mark(&self, place: MarkPayload, journaled: bool) -> BoxFuture<'_, Result<(), MarkError>> {
        async move {
            if let Some((reason, passing)) = *self.refuses.lock().unwrap() {
                return Err(MarkError {
                    reason: reason.to_owned(),
                    passing,
                });
            }
            self.marked
                .lock()
                .unwrap()
                .push((place.mailbox_id, journaled));
            Ok(())
        }
        .boxed()
    }
}

struct House {
    outbox: Outbox,
    elsewhere: Arc<Elsewhere>,
    notebook: Arc<Notebook>,
    mailbox: Uuid,
    mail: Uuid,
}

impl House {
    /// One mail in Birthe's mailbox.
    async fn new(store: &Store) -> Self {
        user(store, "birthe").await;
        user(store, "carl").await;
        let (mailbox, inbox) = mailbox(store, "leder", &["birthe"]).await;
        let raws = [eml("a@x", "Hæk", &[])];
        let stored = store
            .commit_batch(&batch(mailbox, inbox, 1, &raws), day(2))
            .await
            .unwrap();
        let (elsewhere, notebook) = (Arc::<Elsewhere>::default(), Arc::<Notebook>::default());
        Self {
            outbox: Outbox {
                case_system: elsewhere.clone(),
                marker: notebook.clone(),
                ..outbox::of(store)
            },
            elsewhere,
            notebook,
            mailbox,
            mail: stored[0].id,
        }
    }

    async fn file(&self, key: &str) -> Entry {
        let store = &self.outbox.store;
        let case = add_case(store, case("Hegn")).await;
        file(store, self.mail, case.id, "birthe", key)
            .await
            .unwrap()
    }

    async fn undo(&self, entry: Uuid) {
        let (window, now) = (Duration::days(1), day(3));
        journal::undo(&self.outbox.store, entry, "birthe", window, now)
            .await
            .unwrap();
    }

    /// Runs everything that is due.
    async fn run(&self) {
        while self.outbox.run_due().await.unwrap() > 0 {}
    }

    /// What was marked since the last look.
    fn marked(&self) -> Vec<(Uuid, bool)> {
        let mut marked = std::mem::take(&mut *self.notebook.marked.lock().unwrap());
        marked.sort();
        marked
    }

    async fn state(&self, entry: Uuid) -> (EntryState, Option<String>) {
        let entry = self.outbox.store.entry(entry, "birthe").await.unwrap();
        (entry.state, entry.state_reason)
    }

    async fn mark(&self, entry: Uuid) -> (String, Option<String>) {
        let mut marks = self
            .outbox
            .store
            .marks_of_entry(entry, "birthe")
            .await
            .unwrap();
        assert_eq!(marks.len(), 1, "{marks:?}");
        let mark = marks.remove(0);
        assert_eq!(mark.mailbox, "leder");
        (mark.state, mark.reason)
    }
}

on_both! {
    a_refusing_case_system_makes_the_entry_failed_until_somebody_asks_again(store) {
        let house = House::new(store).await;
        *house.elsewhere.answer.lock().unwrap() = Some(CaseError::Refused("case_system_away"));
        let entry = house.file("k1").await;
        house.run().await;
        assert_eq!(house.state(entry.id).await, (EntryState::Failed, Some("case_system_away".into())));
        assert_eq!(store.failed_reasons().await.unwrap(), [("case_system_away".to_owned(), 1)]);
        house.run().await;
        assert!(house.elsewhere.taken.lock().unwrap().is_empty(), "nobody asked");

        assert_eq!(store.retry_entry(entry.id, "birthe", Utc::now()).await.unwrap(), 1);
        assert_eq!(house.state(entry.id).await, (EntryState::Pending, None));
        house.run().await;
        assert_eq!(house.state(entry.id).await, (EntryState::Delivered, None));
        assert_eq!(*house.elsewhere.taken.lock().unwrap(), [entry.id]);
        assert!(store.failed_reasons().await.unwrap().is_empty());
        let asked = AuditFilter { about: Some(entry.id.to_string()), ..AuditFilter::default() };
        let found = store.audit_found(&asked, None, 10).await.unwrap();
        let retry = found.into_iter().map(|(_, record)| record).find(|record| record.action == "journal.retry");
        assert_eq!(retry.unwrap().case_id, Some(entry.case_id.to_string()), "whoever asks about the case is told of it");
    }

    a_case_system_that_is_away_is_tried_again_by_itself(store) {
        let house = House::new(store).await;
        *house.elsewhere.answer.lock().unwrap() = Some(CaseError::Unreachable);
        let entry = house.file("k1").await;
        house.run().await;
        assert_eq!(house.state(entry.id).await.0, EntryState::Pending);
        let later = Utc::now() + Duration::seconds(2);
        let jobs = store.claim_jobs(10, later, Duration::seconds(1)).await.unwrap();
        assert_eq!(jobs.iter().map(|job| job.attempts).collect::<Vec<_>>(), [2]);
    }

    a_mark_that_cannot_be_set_is_told_and_the_entry_stays_delivered(store) {
        let house = House::new(store).await;
        *house.notebook.refuses.lock().unwrap() = Some(("flag_not_kept", false));
        let entry = house.file("k1").await;
        assert_eq!(house.mark(entry.id).await, ("waiting".into(), None));
        house.run().await;
        assert_eq!(house.mark(entry.id).await, ("failed".into(), Some("flag_not_kept".into())));
        assert_eq!(house.state(entry.id).await.0, EntryState::Delivered);
        assert!(store.marks_of_entry(entry.id, "carl").await.unwrap().is_empty(), "not Carl's mailbox");

        *house.notebook.refuses.lock().unwrap() = Some(("quota_full", true));
        store.retry_entry(entry.id, "birthe", Utc::now()).await.unwrap();
        house.run().await;
        assert_eq!(house.mark(entry.id).await, ("waiting".into(), Some("quota_full".into())));
        *house.notebook.refuses.lock().unwrap() = None;
        store.retry_entry(entry.id, "birthe", Utc::now()).await.unwrap();
        house.run().await;
        assert_eq!(house.mark(entry.id).await, ("done".into(), None));
        assert!(store.job_counts().await.unwrap().is_empty());
    }

    a_mail_on_two_cases_keeps_its_mark_until_the_last_is_undone(store) {
        let house = House::new(store).await;
        let (one, two) = (house.file("k1").await, house.file("k2").await);
        house.run().await;
        house.notebook.marked.lock().unwrap().clear();
        house.undo(one.id).await;
        house.run().await;
        assert!(house.notebook.marked.lock().unwrap().is_empty());
        house.undo(two.id).await;
        house.run().await;
        assert_eq!(*house.notebook.marked.lock().unwrap(), [(house.mailbox, false)]);
    }

    an_undone_entry_leaves_no_job_that_would_mark_it_later(store) {
        let house = House::new(store).await;
        *house.notebook.refuses.lock().unwrap() = Some(("flag_not_kept", false));
        let entry = house.file("k1").await;
        house.run().await;
        house.undo(entry.id).await;
        *house.notebook.refuses.lock().unwrap() = None;
        store.retry_entry(entry.id, "birthe", Utc::now()).await.unwrap();
        house.run().await;
        assert_eq!(house.state(entry.id).await.0, EntryState::Undone);
        assert_eq!(*house.notebook.marked.lock().unwrap(), [(house.mailbox, false)]);
        assert!(store.job_counts().await.unwrap().is_empty());
    }

    a_copy_that_arrives_after_the_filing_is_marked_once_for_each_entry_and_unmarked_with_the_last(store) {
        let house = House::new(store).await;
        let (one, two) = (house.file("k1").await, house.file("k2").await);
        house.run().await;
        house.marked();
        let (teknik, shared) = mailbox(store, "teknik", &["birthe"]).await;
        let copy = [eml("a@x", "Hæk", &["Received: from mx2.egelund.example; Mon, 2 Mar 2026 10:00:09 +0100"])];
        let arrives = async |uid| {
            let twice = batch(teknik, shared, uid, &[copy[0].clone(), copy[0].clone()]);
            store.commit_batch(&twice, day(4)).await.unwrap();
            house.run().await;
        };
        arrives(1).await;
        assert_eq!(house.marked(), [(teknik, true), (teknik, true)]);
        let marks = store.marks_of_entry(two.id, "birthe").await.unwrap();
        assert_eq!(marks.iter().map(|m| (&*m.mailbox, &*m.state)).collect::<Vec<_>>(), [("leder", "done"), ("teknik", "done")]);

        // Told again, and at another place, as after a move: its mark is there.
        arrives(1).await;
        arrives(7).await;
        assert_eq!(house.marked(), []);

        house.undo(one.id).await;
        house.run().await;
        assert_eq!(house.marked(), []);
        house.undo(two.id).await;
        house.run().await;
        let mut both = [(house.mailbox, false), (teknik, false)];
        both.sort();
        assert_eq!(house.marked(), both);

        arrives(11).await;
        assert_eq!(house.marked(), [], "nothing is filed");
    }

    what_failed_after_a_filing_is_told_and_found_until_it_is_mended(store) {
        let house = House::new(store).await;
        *house.notebook.refuses.lock().unwrap() = Some(("flag_not_kept", false));
        let entry = house.file("k1").await;
        let found = async |failed| {
            let filter = MailFilter { failed: Some(failed), ..MailFilter::default() };
            let mails = store.mails(&filter, "birthe", 10).await.unwrap();
            mails.iter().map(|mail| mail.id).collect::<Vec<_>>()
        };
        assert_eq!((found(true).await, found(false).await), (vec![], vec![house.mail]));
        let before = store.last_event().await.unwrap();
        house.run().await;
        assert_eq!((found(true).await, found(false).await), (vec![house.mail], vec![]));
        let told = store.events_after(before, 10).await.unwrap();
        let (entry_id, case_id, mail_id) = (entry.id, entry.case_id, house.mail);
        assert!(told.iter().any(|event| event.kind == EventKind::MarkFailed { entry_id, case_id, mail_id }), "{told:?}");

        *house.notebook.refuses.lock().unwrap() = None;
        store.retry_entry(entry.id, "birthe", Utc::now()).await.unwrap();
        house.run().await;
        assert!(found(true).await.is_empty());
    }

    where_a_mail_was_moved_from_is_known_to_each_of_its_entries(store) {
        let house = House::new(store).await;
        let one = house.file("k1").await;
        house.run().await;
        let place = store.locations(house.mail).await.unwrap().remove(0);
        store.note_moved(house.mailbox, house.mail, "Byggesager").await.unwrap();
        store.forget_locations(place.folder_id, 1, &[1]).await.unwrap();
        let two = house.file("k2").await;
        house.run().await;
        for entry in [one, two] {
            house.undo(entry.id).await;
            let jobs = store.claim_jobs(10, Utc::now(), Duration::minutes(1)).await.unwrap();
            let payloads: Vec<_> = jobs.iter().map(|job| &job.payload["moved_from"]).collect();
            assert_eq!(payloads, ["Byggesager"]);
            store.finish_job(&jobs[0]).await.unwrap();
        }
    }

    a_copy_that_arrives_marked_or_where_nothing_is_marked_gets_no_mark(store) {
        let house = House::new(store).await;
        house.file("k1").await;
        house.run().await;
        house.marked();
        let (teknik, shared) = mailbox(store, "teknik", &["birthe"]).await;
        let mut arriving = batch(teknik, shared, 1, &[eml("a@x", "Hæk", &[]), eml("b@x", "Skel", &[])]);
        arriving.mails[0].place.as_mut().unwrap().mark_due = false;
        store.commit_batch(&arriving, day(4)).await.unwrap();
        house.run().await;
        assert_eq!(house.marked(), []);
    }

    every_mailbox_that_holds_a_copy_is_marked(store) {
        let house = House::new(store).await;
        let (two, shared) = mailbox(store, "teknik", &["birthe"]).await;
        let copy = eml("a@x", "Hæk", &["Received: from mx2.egelund.example; Mon, 2 Mar 2026 10:00:09 +0100"]);
        store.commit_batch(&batch(two, shared, 1, &[copy]), day(2)).await.unwrap();
        let entry = house.file("k1").await;
        house.run().await;
        let mut both = [(house.mailbox, true), (two, true)];
        both.sort();
        assert_eq!(house.marked(), both);
        house.undo(entry.id).await;
        house.run().await;
        assert_eq!(house.marked(), both.map(|(mailbox, _)| (mailbox, false)));
    }
}
