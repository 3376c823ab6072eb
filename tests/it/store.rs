//! What the store promises, on both databases.

use chrono::Duration;
use sagspost::{
    domain::{
        access::CaseAccess,
        case::{Case, CaseStatus},
    },
    journal::{self, Choice, Suggested},
    mime,
    store::{
        CaseFilter, CaseQuery, CaseRequest, Entry, EntryState, Follower, Following, MailFilter,
        NewCase, Store, StoreError,
    },
};
use uuid::Uuid;

use crate::support::store::{add_case, batch, case, day, eml, mailbox, user};

async fn only_mail(store: &Store, viewer: &str) -> Uuid {
    let mails = store
        .mails(&MailFilter::default(), viewer, 10)
        .await
        .unwrap();
    assert_eq!(mails.len(), 1);
    mails[0].id
}

pub(crate) async fn file(
    store: &Store,
    mail_id: Uuid,
    case_id: Uuid,
    actor: &str,
    key: &str,
) -> Result<Entry, journal::JournalError> {
    let row = store.mail(mail_id, actor).await?;
    let raw = store.blob(row.sha256).await?;
    let mail = mime::parse(&raw);
    let suggested = Suggested {
        title: "Hæk ved nabogrund".to_owned(),
        document_type: None,
        files: mail
            .attachments
            .iter()
            .map(|attachment| journal::SuggestedFile {
                name: attachment.name.clone(),
                document_type: None,
                document_date: day(2).date_naive(),
            })
            .collect(),
        direction: sagspost::domain::case::Direction::Incoming,
        document_date: day(2).date_naive(),
        parties: Vec::new(),
        deadline: None,
    };
    let request = journal::Request {
        only_for: None,
        case_id,
        choice: Choice::default(),
        type_lessons: None,
        suggestion_lesson: None,
        following: Following::Untouched,
        case_kle: None,
        idempotency_key: key.to_owned(),
    };
    journal::journal(
        store,
        journal::OpenMail {
            row: &row,
            raw: &raw,
            mail: &mail,
        },
        &suggested,
        &request,
        actor,
        day(3),
    )
    .await
}

/// A mail that shows nothing of its text's picture, so that only its repetition tells what it is.
fn with_picture(message_id: &str) -> Vec<u8> {
    format!(
        "Message-ID: <{message_id}>\r\nFrom: gerda@borger.example\r\nSubject: Hæk\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nGod dag\r\n--b\r\n\
         Content-Type: image/png; name=logo.png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--b--\r\n"
    )
    .into_bytes()
}

on_both! {
    a_case_that_is_asked_for_many_times_at_once_is_made_once(store) {
        user(store, "birthe").await;
        let new = |title: &str, number: Option<&str>, key: &str| NewCase {
            number: number.map(str::to_owned),
            request: Some(CaseRequest { idempotency_key: key.to_owned(), hash: *blake3::hash(title.as_bytes()).as_bytes() }),
            ..case(title)
        };
        for (key, number) in [("k1", None), ("k2", Some("A-1"))] {
            let wish = new("Hegn", number, key);
            let all = (0..8).map(|_| store.create_case(&wish, "birthe", |year, n| format!("{year}-{n:05}"), day(2)));
            let made: Vec<Case> = futures::future::join_all(all).await.into_iter().map(Result::unwrap).collect();
            assert!(made.iter().all(|case| case == &made[0]), "{made:?}");
        }
        assert_eq!(store.cases(&CaseQuery::default(), "birthe", 10).await.unwrap().len(), 2);
        for other in [new("Skel", None, "k1"), new("Skel", Some("A-1"), "k2")] {
            let refused = store.create_case(&other, "birthe", |_, _| "x".into(), day(2)).await;
            assert!(matches!(refused, Err(StoreError::IdempotencyConflict)), "{refused:?}");
        }
        let taken = store.create_case(&new("Skel", Some("A-1"), "k3"), "birthe", |_, _| "x".into(), day(2)).await;
        assert!(matches!(taken, Err(StoreError::Duplicate("case"))), "{taken:?}");
    }

    a_mail_in_two_mailboxes_is_stored_once(store) {
        user(store, "birthe").await;
        let (one, inbox) = mailbox(store, "leder", &["birthe"]).await;
        let (two, shared) = mailbox(store, "teknik", &["birthe"]).await;
        let raw = vec![eml("a@x", "Hæk", &[])];
        let first = store.commit_batch(&batch(one, inbox, 1, &raw), day(2)).await.unwrap();
        let again = store.commit_batch(&batch(two, shared, 7, &raw), day(2)).await.unwrap();
        assert!(first[0].new && !again[0].new);
        let id = only_mail(store, "birthe").await;
        assert_eq!(store.locations(id).await.unwrap().len(), 2);
    }

    a_small_picture_of_many_conversations_is_a_logo_and_of_few_a_document(store) {
        let (mailbox, inbox) = mailbox(store, "teknik", &[]).await;
        let mut mail = mime::parse_undigested(&with_picture("0@x"));
        for number in 0..5 {
            store.mark_logos(&mut mail).await.unwrap();
            assert!(!mail.attachments[0].inline, "after {number}");
            let raw = [with_picture(&format!("{number}@x"))];
            store.commit_batch(&batch(mailbox, inbox, number + 1, &raw), day(2)).await.unwrap();
        }
        store.mark_logos(&mut mail).await.unwrap();
        assert!(mail.attachments[0].inline);
    }

    the_same_mail_twice_in_one_batch_is_stored_once(store) {
        user(store, "birthe").await;
        let (one, inbox) = mailbox(store, "leder", &["birthe"]).await;
        let raw = vec![eml("a@x", "Hæk", &[]), eml("a@x", "Hæk", &[])];
        let stored = store.commit_batch(&batch(one, inbox, 1, &raw), day(2)).await.unwrap();
        assert_eq!(stored.iter().filter(|mail| mail.new).count(), 1);
        let id = only_mail(store, "birthe").await;
        let row = store.mail(id, "birthe").await.unwrap();
        assert_eq!(store.blob(row.sha256).await.unwrap(), raw[0]);
    }

    two_mails_with_one_message_id_are_two(store) {
        user(store, "birthe").await;
        let (one, inbox) = mailbox(store, "leder", &["birthe"]).await;
        let raws = [eml("a@x", "Hæk", &[]), eml("a@x", "Noget andet", &[])];
        store.commit_batch(&batch(one, inbox, 1, &raws), day(2)).await.unwrap();
        assert_eq!(store.mails_by_message_id("a@x", "birthe").await.unwrap().len(), 2);
    }

    a_batch_committed_again_changes_nothing(store) {
        user(store, "birthe").await;
        let (one, inbox) = mailbox(store, "leder", &["birthe"]).await;
        let raws = [eml("a@x", "Hæk", &[]), eml("b@x", "Skel", &[])];
        let first = store.commit_batch(&batch(one, inbox, 1, &raws), day(2)).await.unwrap();
        let again = store.commit_batch(&batch(one, inbox, 1, &raws), day(2)).await.unwrap();
        assert_eq!(first.iter().map(|m| m.id).collect::<Vec<_>>(), again.iter().map(|m| m.id).collect::<Vec<_>>());
        assert_eq!(store.known_uids(inbox, 1).await.unwrap(), [1, 2]);
    }

    a_mail_is_not_there_for_who_has_no_part_in_its_mailbox(store) {
        user(store, "birthe").await;
        user(store, "carl").await;
        let (one, inbox) = mailbox(store, "leder", &["birthe"]).await;
        let stored = store.commit_batch(&batch(one, inbox, 1, &[eml("a@x", "Hæk", &[])]), day(2)).await.unwrap();
        assert!(matches!(store.mail(stored[0].id, "carl").await, Err(StoreError::NotFound("mail"))));
        assert!(store.mails(&MailFilter::default(), "carl", 10).await.unwrap().is_empty());
        assert!(store.mails_by_message_id("a@x", "carl").await.unwrap().is_empty());
    }

    a_mail_on_an_open_case_is_seen_by_who_sees_the_case(store) {
        user(store, "birthe").await;
        user(store, "carl").await;
        let (one, inbox) = mailbox(store, "leder", &["birthe"]).await;
        let stored = store.commit_batch(&batch(one, inbox, 1, &[eml("a@x", "Hæk", &[])]), day(2)).await.unwrap();
        let open = add_case(store, case("Hæk")).await;
        file(store, stored[0].id, open.id, "birthe", "k1").await.unwrap();
        assert!(store.mail(stored[0].id, "carl").await.is_ok());
    }

    mails_are_found_by_the_beginning_of_their_words(store) {
        user(store, "birthe").await;
        let (one, inbox) = mailbox(store, "leder", &["birthe"]).await;
        store.commit_batch(&batch(one, inbox, 1, &[eml("a@x", "Lokalplan", &[])]), day(2)).await.unwrap();
        for (words, hits) in [("hækk nabo", 1), ("lokal", 1), ("gerda", 1), ("okalplan", 0), ("\" OR *", 0)] {
            let filter = MailFilter { words: Some(words.to_owned()), ..MailFilter::default() };
            assert_eq!(store.mails(&filter, "birthe", 10).await.unwrap().len(), hits, "{words}");
        }
    }

    mails_are_paged_newest_first_without_gap_or_repetition(store) {
        user(store, "birthe").await;
        let (one, inbox) = mailbox(store, "leder", &["birthe"]).await;
        let raws: Vec<_> = (0..7).map(|n| eml(&format!("{n}@x"), &format!("Emne {n}"), &[])).collect();
        store.commit_batch(&batch(one, inbox, 1, &raws), day(2)).await.unwrap();
        let mut seen = Vec::new();
        let mut filter = MailFilter::default();
        loop {
            let page = store.mails(&filter, "birthe", 3).await.unwrap();
            let Some(last) = page.last() else { break };
            filter.after = Some((last.received_at, last.id));
            seen.extend(page.iter().map(|mail| mail.id));
        }
        let mut unique = seen.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!((seen.len(), unique.len()), (7, 7));
    }

    a_reply_joins_the_thread_of_the_mail_it_answers(store) {
        user(store, "birthe").await;
        let (one, inbox) = mailbox(store, "leder", &["birthe"]).await;
        let raws = [eml("b@x", "SV: Hæk", &["In-Reply-To: <a@x>"]), eml("a@x", "Hæk", &[])];
        let stored = store.commit_batch(&batch(one, inbox, 1, &raws), day(2)).await.unwrap();
        assert_eq!(stored[0].thread_id, stored[1].thread_id);
    }

    threads_become_one_when_a_mail_refers_to_both(store) {
        user(store, "birthe").await;
        let (one, inbox) = mailbox(store, "leder", &["birthe"]).await;
        let raws = [eml("a@x", "Hæk", &[]), eml("b@x", "Skel", &[])];
        let apart = store.commit_batch(&batch(one, inbox, 1, &raws), day(2)).await.unwrap();
        assert_ne!(apart[0].thread_id, apart[1].thread_id);
        let both = [eml("c@x", "Hæk og skel", &["References: <a@x> <b@x>"])];
        store.commit_batch(&batch(one, inbox, 3, &both), day(2)).await.unwrap();
        let mails = store.mails(&MailFilter::default(), "birthe", 10).await.unwrap();
        assert!(mails.iter().all(|mail| mail.thread_id == mails[0].thread_id));
    }

    a_new_uidvalidity_makes_every_known_place_void_but_keeps_the_mails(store) {
        user(store, "birthe").await;
        let (one, inbox) = mailbox(store, "leder", &["birthe"]).await;
        store.commit_batch(&batch(one, inbox, 1, &[eml("a@x", "Hæk", &[])]), day(2)).await.unwrap();
        store.set_folder_position(inbox, 2, None, 1).await.unwrap();
        assert!(store.known_uids(inbox, 1).await.unwrap().is_empty());
        assert_eq!(store.mail_count().await.unwrap(), 1);
    }

    a_fenced_off_process_cannot_write(store) {
        user(store, "birthe").await;
        let (one, inbox) = mailbox(store, "leder", &["birthe"]).await;
        let old = store.acquire_lease("mailbox:1", "a", day(2), Duration::seconds(30)).await.unwrap().unwrap();
        assert!(store.acquire_lease("mailbox:1", "b", day(2), Duration::seconds(30)).await.unwrap().is_none());
        let later = day(2) + Duration::seconds(31);
        let new = store.acquire_lease("mailbox:1", "b", later, Duration::seconds(30)).await.unwrap().unwrap();
        assert!(new.fence > old.fence);
        assert!(!store.renew_lease(&old, later, Duration::seconds(30)).await.unwrap());
        let mut late = batch(one, inbox, 1, &[eml("a@x", "Hæk", &[])]);
        late.lease = Some(old);
        assert!(matches!(store.commit_batch(&late, later).await, Err(StoreError::LeaseLost(_))));
        assert_eq!(store.mail_count().await.unwrap(), 0);
    }

    the_same_mail_is_never_filed_twice_on_a_case(store) {
        user(store, "birthe").await;
        let (one, inbox) = mailbox(store, "leder", &["birthe"]).await;
        let stored = store.commit_batch(&batch(one, inbox, 1, &[eml("a@x", "Hæk", &[])]), day(2)).await.unwrap();
        let open = add_case(store, case("Hæk")).await;
        let entry = file(store, stored[0].id, open.id, "birthe", "k1").await.unwrap();
        match file(store, stored[0].id, open.id, "birthe", "k2").await {
            Err(journal::JournalError::Store(StoreError::AlreadyFiled(before))) => {
                assert_eq!((before.entry_id, before.created_by.as_str()), (entry.id, "birthe"));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(store.documents(open.id, "birthe").await.unwrap().len(), 1);
    }

    a_copy_that_differs_in_trace_headers_counts_as_the_same_mail(store) {
        user(store, "birthe").await;
        let (one, inbox) = mailbox(store, "leder", &["birthe"]).await;
        let copy = [b"Received: by mx2.example; Mon, 2 Mar 2026 10:00:01 +0100\r\n".as_slice(), &eml("a@x", "Hæk", &[])].concat();
        let stored = store.commit_batch(&batch(one, inbox, 1, &[eml("a@x", "Hæk", &[]), copy]), day(2)).await.unwrap();
        assert_ne!(stored[0].id, stored[1].id);
        let open = add_case(store, case("Hæk")).await;
        file(store, stored[0].id, open.id, "birthe", "k1").await.unwrap();
        let second = file(store, stored[1].id, open.id, "birthe", "k2").await;
        assert!(matches!(second, Err(journal::JournalError::Store(StoreError::AlreadyFiled(_)))));
    }

    a_repeated_request_returns_the_first_entry(store) {
        user(store, "birthe").await;
        let (one, inbox) = mailbox(store, "leder", &["birthe"]).await;
        let stored = store.commit_batch(&batch(one, inbox, 1, &[eml("a@x", "Hæk", &[])]), day(2)).await.unwrap();
        let open = add_case(store, case("Hæk")).await;
        let first = file(store, stored[0].id, open.id, "birthe", "k1").await.unwrap();
        let again = file(store, stored[0].id, open.id, "birthe", "k1").await.unwrap();
        assert_eq!(first.id, again.id);
        let other = add_case(store, case("Skel")).await;
        let conflict = file(store, stored[0].id, other.id, "birthe", "k1").await;
        assert!(matches!(conflict, Err(journal::JournalError::Store(StoreError::IdempotencyConflict))));
    }

    twenty_racing_clicks_file_a_mail_once(store) {
        user(store, "birthe").await;
        let (one, inbox) = mailbox(store, "leder", &["birthe"]).await;
        let stored = store.commit_batch(&batch(one, inbox, 1, &[eml("a@x", "Hæk", &[])]), day(2)).await.unwrap();
        let open = add_case(store, case("Hæk")).await;
        let id = stored[0].id;
        let clicks = (0..20).map(|n| {
            let store = store.clone();
            async move { file(&store, id, open.id, "birthe", &format!("k{n}")).await }
        });
        let outcomes = futures::future::join_all(clicks).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        assert_eq!(store.documents(open.id, "birthe").await.unwrap().len(), 1);
    }

    an_undone_mail_can_be_filed_again_and_its_documents_are_gone(store) {
        user(store, "birthe").await;
        let (one, inbox) = mailbox(store, "leder", &["birthe"]).await;
        let stored = store.commit_batch(&batch(one, inbox, 1, &[eml("a@x", "Hæk", &[])]), day(2)).await.unwrap();
        let open = add_case(store, case("Hæk")).await;
        let entry = file(store, stored[0].id, open.id, "birthe", "k1").await.unwrap();
        let late = journal::undo(store, entry.id, "birthe", Duration::hours(1), day(4)).await;
        assert!(matches!(late, Err(StoreError::UndoExpired)));
        let undone = journal::undo(store, entry.id, "birthe", Duration::hours(48), day(4)).await.unwrap();
        assert_eq!(undone.state, EntryState::Undone);
        assert!(store.documents(open.id, "birthe").await.unwrap().is_empty());
        file(store, stored[0].id, open.id, "birthe", "k2").await.unwrap();
    }

    a_closed_case_takes_no_mail(store) {
        user(store, "birthe").await;
        let (one, inbox) = mailbox(store, "leder", &["birthe"]).await;
        let stored = store.commit_batch(&batch(one, inbox, 1, &[eml("a@x", "Hæk", &[])]), day(2)).await.unwrap();
        let open = add_case(store, case("Hæk")).await;
        store.set_case_status(open.id, CaseStatus::Closed, Some(1), "birthe", day(2)).await.unwrap();
        let refused = file(store, stored[0].id, open.id, "birthe", "k1").await;
        assert!(matches!(refused, Err(journal::JournalError::Store(StoreError::CaseClosed(_)))));
    }

    a_restricted_case_does_not_exist_for_others(store) {
        user(store, "birthe").await;
        user(store, "carl").await;
        let hidden = add_case(store, NewCase {
            access: CaseAccess::of_users(["birthe"]), ..case("Personalesag")
        }).await;
        assert!(store.case(hidden.id, "birthe").await.is_ok());
        assert!(matches!(store.case(hidden.id, "carl").await, Err(StoreError::NotFound("case"))));
        assert!(matches!(store.case_by_number(&hidden.number, "carl").await, Err(StoreError::NotFound("case"))));
        assert!(store.cases(&CaseQuery::default(), "carl", 10).await.unwrap().is_empty());
        assert!(matches!(store.documents(hidden.id, "carl").await, Err(StoreError::NotFound("case"))));
    }

    cases_are_numbered_in_a_row_within_the_year(store) {
        assert_eq!(add_case(store, case("En")).await.number, "2026-00001");
        let given = NewCase { number: Some("2026-00002".to_owned()), ..case("To") };
        add_case(store, given).await;
        assert_eq!(add_case(store, case("Tre")).await.number, "2026-00003");
    }

    cases_are_found_by_words_and_kept_as_recents_and_favourites(store) {
        user(store, "birthe").await;
        let (one, inbox) = mailbox(store, "leder", &["birthe"]).await;
        let stored = store.commit_batch(&batch(one, inbox, 1, &[eml("a@x", "Hæk", &[])]), day(2)).await.unwrap();
        let open = add_case(store, case("Hegnsyn på Ærøvej")).await;
        add_case(store, case("100 % noget_andet")).await;
        for (words, hits) in [("hegn ærø", 1), ("egnsyn", 0), ("100 %", 1), ("nogetXandet", 0), ("2026-", 2)] {
            let query = CaseQuery { words: Some(words.to_owned()), ..CaseQuery::default() };
            assert_eq!(store.cases(&query, "birthe", 10).await.unwrap().len(), hits, "{words}");
        }
        file(store, stored[0].id, open.id, "birthe", "k1").await.unwrap();
        store.set_favourite(open.id, "birthe", true).await.unwrap();
        for filter in [CaseFilter::Recent, CaseFilter::Favourite] {
            let query = CaseQuery { filter, ..CaseQuery::default() };
            let found = store.cases(&query, "birthe", 10).await.unwrap();
            assert_eq!(found.iter().map(|c| c.id).collect::<Vec<_>>(), [open.id]);
        }
    }

    an_edit_of_an_outdated_case_is_refused(store) {
        user(store, "birthe").await;
        let open = add_case(store, case("Hæk")).await;
        store.set_case_status(open.id, CaseStatus::Closed, Some(open.version), "birthe", day(2)).await.unwrap();
        let stale = store.set_case_status(open.id, CaseStatus::Open, Some(open.version), "birthe", day(2)).await;
        assert!(matches!(stale, Err(StoreError::VersionConflict)));
    }

    a_job_runs_again_when_its_worker_died_and_the_late_worker_cannot_finish_it(store) {
        user(store, "birthe").await;
        let (one, inbox) = mailbox(store, "leder", &["birthe"]).await;
        let stored = store.commit_batch(&batch(one, inbox, 1, &[eml("a@x", "Hæk", &[])]), day(2)).await.unwrap();
        let lease = Duration::seconds(60);
        for looked_at in store.claim_jobs(10, day(3), lease).await.unwrap() {
            assert!(store.finish_job(&looked_at).await.unwrap());
        }
        let open = add_case(store, case("Hæk")).await;
        file(store, stored[0].id, open.id, "birthe", "k1").await.unwrap();
        let first = store.claim_jobs(10, day(3), lease).await.unwrap();
        let second = store.claim_jobs(10, day(3), lease).await.unwrap();
        assert_eq!((first.len(), second.len()), (1, 1), "one group each: the case and the mailbox");
        assert!(store.claim_jobs(10, day(3), lease).await.unwrap().is_empty());
        let taken_over = store.claim_jobs(10, day(4), lease).await.unwrap();
        assert_eq!(taken_over.len(), 1);
        let late = first.iter().chain(&second).find(|job| job.id == taken_over[0].id).unwrap();
        assert!(!store.finish_job(late).await.unwrap());
        assert!(store.finish_job(&taken_over[0]).await.unwrap());
    }

    everything_that_happens_is_told_once_however_much_it_is(store) {
        let mut follower = Follower::after(store.clone(), store.last_event().await.unwrap());
        for number in 0..600 {
            add_case(store, case(&format!("Sag {number}"))).await;
        }
        let mut told = Vec::new();
        while told.len() < 600 {
            told.extend(follower.next().await);
        }
        told.sort_by_key(|event| event.id);
        told.dedup_by_key(|event| event.id);
        assert_eq!(told.len(), 600);
        follower.put_back(&told[599..]);
        assert_eq!(follower.next().await, told[599..]);
    }

    what_happens_is_told_in_order(store) {
        user(store, "birthe").await;
        let (one, inbox) = mailbox(store, "leder", &["birthe"]).await;
        let before = store.last_event().await.unwrap();
        let stored = store.commit_batch(&batch(one, inbox, 1, &[eml("a@x", "Hæk", &[])]), day(2)).await.unwrap();
        let open = add_case(store, case("Hæk")).await;
        file(store, stored[0].id, open.id, "birthe", "k1").await.unwrap();
        let kinds: Vec<String> = store.events_after(before, 10).await.unwrap().iter()
            .map(|event| serde_json::to_value(&event.kind).unwrap()["kind"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(kinds, ["mails_stored", "case_changed", "entry_committed"]);
    }
}
