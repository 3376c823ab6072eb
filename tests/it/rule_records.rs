//! What the database keeps of what rules did, and tells rules of cases and people: the same on both databases.

use chrono::Duration;
use sagspost::domain::access::CaseAccess;
use sagspost::domain::case::{Party, PartyKind};
use sagspost::store::{
    JobKind, MailDecision, MarkPayload, NewCase, NewJob, RuleMode, RuleOwner, RuleText, Store,
    WithDecision,
};
use serde_json::json;
use uuid::Uuid;

use crate::support::store::{add_case, batch, case, day, eml, file_mail, mailbox, user};

/// Birthe's mailbox with mails in it, and a rule of hers.
struct Scene {
    mailbox: Uuid,
    mails: Vec<Uuid>,
    rule: Uuid,
}

impl Scene {
    async fn of(store: &Store) -> Self {
        for name in ["birthe", "carl"] {
            user(store, name).await;
        }
        let (mailbox, folder) = mailbox(store, "leder", &["birthe"]).await;
        let raws: Vec<Vec<u8>> = (1..=3)
            .map(|n| eml(&format!("{n}@x"), &format!("Hegn {n}"), &[]))
            .collect();
        let stored = store
            .commit_batch(&batch(mailbox, folder, 1, &raws), day(2))
            .await
            .unwrap();
        let text = RuleText {
            name: "Hegn",
            text: "x",
            cases: &[],
            what: "created",
        };
        let owner = RuleOwner::Person("birthe".to_owned());
        let rule = store.create_rule(&owner, text, RuleMode::Live, "birthe", day(1));
        Self {
            mailbox,
            mails: stored.iter().map(|mail| mail.id).collect(),
            rule: rule.await.unwrap().id,
        }
    }

    fn decision(&self, mail: usize, live: bool) -> MailDecision {
        MailDecision {
            id: Uuid::now_v7(),
            mail_id: self.mails[mail],
            mailbox_id: self.mailbox,
            rule_id: self.rule,
            rule_name: "Hegn".to_owned(),
            owner: RuleOwner::Person("birthe".to_owned()),
            rule_version: 1,
            live,
            at: day(2),
            outcome: "matched".to_owned(),
            causes: json!([{ "holds": "yes" }]),
            followed: json!([]),
            acted_for: Some("birthe".to_owned()),
            undone_at: None,
        }
    }

    fn with_tag(&self) -> WithDecision {
        let place = MarkPayload::new(self.mailbox, self.mails[0]);
        WithDecision {
            tags: vec!["hegn".to_owned()],
            jobs: vec![NewJob::in_mailbox(JobKind::MarkByRule, &place)],
        }
    }
}

on_both! {
    what_a_rule_said_is_kept_once_and_counted_once(store) {
        let scene = Scene::of(store).await;
        let first = scene.decision(0, true);
        for _ in 0..2 {
            let again = MailDecision { id: Uuid::now_v7(), ..first.clone() };
            store.keep_decisions(&[(again, scene.with_tag())], day(2)).await.unwrap();
        }
        let kept = store.decisions_of_mail(scene.mails[0]).await.unwrap();
        assert_eq!(kept.len(), 1);
        assert_eq!(MailDecision { id: first.id, ..kept[0].clone() }, first);
        assert_eq!(store.mail_tags(scene.mails[0]).await.unwrap(), ["hegn"]);
        let rule = store.rule(scene.rule, "birthe").await.unwrap();
        assert_eq!((rule.hits, rule.last_hit_at), (1, Some(day(2))));
        let decided = store.decided_rules(scene.mails[0], scene.mailbox).await.unwrap();
        assert_eq!(decided, [scene.rule]);
        // Which mails are to be looked at is a job each; of the mark there is one, not two.
        let due = store.job_counts().await.unwrap();
        assert_eq!(due, [("waiting".to_owned(), 4)]);
    }

    what_a_rule_said_is_told_page_by_page_to_those_who_see_the_mail(store) {
        let scene = Scene::of(store).await;
        for mail in 0..3 {
            let at = day(2) + Duration::minutes(mail as i64);
            let kept = [(scene.decision(mail, true), WithDecision::default())];
            store.keep_decisions(&kept, at).await.unwrap();
        }
        let page = store.decisions_of_rule(scene.rule, "birthe", None, 2).await.unwrap();
        let mails: Vec<Uuid> = page.iter().map(|(one, ..)| one.mail_id).collect();
        assert_eq!(mails, [scene.mails[2], scene.mails[1]]);
        assert_eq!(page[0].1.subject, "Hegn 3");
        let last = &page[1].0;
        let rest = store.decisions_of_rule(scene.rule, "birthe", Some((last.at, last.id)), 2).await.unwrap();
        assert_eq!(rest.len(), 1);
        assert!(store.decisions_of_rule(scene.rule, "carl", None, 2).await.unwrap().is_empty());
    }

    what_was_taken_back_is_not_taken_back_again(store) {
        let scene = Scene::of(store).await;
        let (live, shadow) = (scene.decision(0, true), scene.decision(1, false));
        let kept = [(live.clone(), scene.with_tag()), (shadow.clone(), WithDecision::default())];
        store.keep_decisions(&kept, day(2)).await.unwrap();
        let since = store.decisions_to_take_back(scene.rule, Some(day(1)), &[]).await.unwrap();
        assert_eq!(since.len(), 1);
        let named = store.decisions_to_take_back(scene.rule, None, &[live.id, shadow.id]).await.unwrap();
        assert_eq!(named, since);
        store.take_back_decision(&since[0], &json!([{ "state": "undone" }]), &[], day(3)).await.unwrap();
        assert!(store.decisions_to_take_back(scene.rule, Some(day(1)), &[]).await.unwrap().is_empty());
        let kept = store.decisions_of_mail(scene.mails[0]).await.unwrap();
        assert_eq!(kept[0].undone_at, Some(day(3)));
        assert_eq!(kept[0].followed, json!([{ "state": "undone" }]));
        assert!(store.mail_tags(scene.mails[0]).await.unwrap().is_empty());
    }

    one_mailbox_makes_the_case_of_a_mail_however_often_it_asks(store) {
        let scene = Scene::of(store).await;
        let other = Uuid::now_v7();
        for _ in 0..2 {
            assert!(store.claim_new_case(scene.rule, &[7; 32], scene.mailbox).await.unwrap());
            assert!(!store.claim_new_case(scene.rule, &[7; 32], other).await.unwrap());
        }
    }

    rules_know_of_cases_what_whom_they_act_for_may_file_on(store) {
        let scene = Scene::of(store).await;
        let open = add_case(store, case("Åben")).await;
        let party = Party {
            kind: PartyKind::Other,
            name: "Gerda".to_owned(),
            identifier: None,
            address: None,
            mail: Some("gerda@borger.example".to_owned()),
        };
        let hidden = add_case(store, NewCase {
            access: CaseAccess::of_users(["birthe"]),
            parties: vec![party],
            ..case("Skjult")
        }).await;
        let numbers = [open.number.clone(), hidden.number.clone(), "2026-99999".to_owned()];
        let of_birthe = store.writable_cases(&numbers, "birthe").await.unwrap();
        assert_eq!(of_birthe, [open.number.clone(), hidden.number.clone()]);
        assert_eq!(store.writable_cases(&numbers, "carl").await.unwrap(), [open.number]);
        assert!(store.is_party("gerda@borger.example", "birthe").await.unwrap());
        assert!(!store.is_party("gerda@borger.example", "carl").await.unwrap());
        file_mail(store, scene.mails[0], hidden.id, "birthe").await;
        let thread = store.mail_unchecked(scene.mails[0]).await.unwrap().thread_id;
        assert_eq!(store.writable_cases_of_thread(thread, "birthe").await.unwrap(), [hidden.number]);
        assert!(store.writable_cases_of_thread(thread, "carl").await.unwrap().is_empty());
    }

    a_dry_run_is_told_what_people_did_and_where_mails_lie(store) {
        let scene = Scene::of(store).await;
        let hidden = add_case(store, NewCase {
            access: CaseAccess::of_users(["birthe"]),
            ..case("Skjult")
        }).await;
        file_mail(store, scene.mails[0], hidden.id, "birthe").await;
        let print = store.mail_unchecked(scene.mails[0]).await.unwrap().fingerprint;
        let filed = store.filed_by_people(&[print, [9; 32]], "birthe").await.unwrap();
        assert_eq!((filed.len(), &*filed[&print][0].case_number), (1, &*hidden.number));
        assert!(store.filed_by_people(&[print], "carl").await.unwrap().is_empty());
        let places = store.places_seen(&scene.mails, "birthe").await.unwrap();
        assert_eq!(places[&scene.mails[1]], ("leder".to_owned(), "INBOX".to_owned()));
        assert!(store.places_seen(&scene.mails, "carl").await.unwrap().is_empty());
        assert!(store.texts_of_attachments(&scene.mails).await.unwrap().is_empty());
    }

    why_a_mail_waits_is_told_as_it_was_noted_last(store) {
        let scene = Scene::of(store).await;
        assert_eq!(store.waiting_reason(scene.mails[0]).await.unwrap(), None);
        for code in ["several_senders", "rule_failed"] {
            store.note_waiting(scene.mails[0], code, day(2)).await.unwrap();
        }
        assert_eq!(store.waiting_reason(scene.mails[0]).await.unwrap().as_deref(), Some("rule_failed"));
    }
}
