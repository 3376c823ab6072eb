//! Rules as a registrar writes them, against mails.

use proptest::prelude::*;

use super::any_rule;
use super::*;
use crate::domain::mail::{Address, Mail, MailKind, Warning};
use crate::messages::Lang;

fn set(text: &str) -> RuleSet {
    RuleSet::new(read(text).unwrap_or_else(|mistakes| panic!("{mistakes:#?}")))
}

fn mail(from: &str, subject: &str) -> Mail {
    Mail {
        from: vec![Address {
            name: None,
            address: from.to_owned(),
        }],
        subject: subject.to_owned(),
        ..Mail::default()
    }
}

fn proven() -> Facts {
    Facts {
        headers: Some(Vec::new()),
        authentication: Some(Authentication {
            dmarc: Verdict::Pass,
            spf: Verdict::Pass,
            dkim: Verdict::None,
        }),
        ..Facts::default()
    }
}

/// What is done, in the words of a file.
fn done(decision: &Decision) -> Vec<&'static str> {
    let done = decision
        .followed
        .iter()
        .filter(|one| one.withheld.is_none());
    done.map(|one| one.action.name()).collect()
}

/// Line, column and code of what is wrong.
fn mistakes(text: &str) -> Vec<(usize, usize, &'static str)> {
    let mistakes = read(text).err().unwrap_or_default();
    mistakes
        .iter()
        .map(|one| (one.line, one.column, one.code))
        .collect()
}

const INVOICES: &str = r#"
[[rule]]
name = "Fakturaer"
stop = true
when.subject.regex = 'faktura (?<nummer>\d+)'
when.not.is = "newsletter"
then.journal = { on = "case", case = "2026-00001", title = "Faktura {nummer}" }
then.tag = "faktura"

[[rule]]
name = "Resten"
when.has = ["case_number", "cpr"]
then.assign.unit = "journalen"
"#;

#[test]
fn a_rule_files_with_what_its_pattern_met_and_stops() {
    let decision = set(INVOICES).decide(&mail("a@b.example", "SV: FAKTURA 0042"), &proven());
    let Action::Journal(journal) = &decision.followed[0].action else {
        panic!("{decision:?}")
    };
    assert_eq!(journal.title.as_deref(), Some("Faktura 0042"));
    assert_eq!(decision.followed[0].case.as_deref(), Some("2026-00001"));
    assert_eq!(done(&decision), ["journal", "tag"]);
    assert_eq!(decision.tried.len(), 1);
}

#[test]
fn why_a_rule_is_met_or_not_is_told_by_the_conditions_that_decided() {
    let told = |subject: &str| {
        let decision = set(INVOICES).explain(&mail("a@b.example", subject), &proven());
        let words = Words(Lang::Da);
        let causes = |tried: &Tried| {
            tried
                .causes
                .iter()
                .map(|cause| words.cause(cause))
                .collect::<Vec<_>>()
                .join("; ")
        };
        decision
            .tried
            .iter()
            .map(|tried| (tried.outcome, causes(tried)))
            .collect::<Vec<_>>()
    };
    let met = told("Faktura 7");
    assert_eq!(met[0].0, Outcome::Matched);
    assert_eq!(
        met[0].1,
        "emnet passer til mønsteret faktura (?<nummer>\\d+) (fandt »Faktura 7«); det ikke er sådan, at mailen er et nyhedsbrev"
    );
    assert_eq!(met[1].0, Outcome::AfterStop);
    let other = told("Hej");
    assert!(
        other[0].1.starts_with("det ikke er sådan, at emnet passer"),
        "{}",
        other[0].1
    );
    assert_eq!(other[1].0, Outcome::NotMatched);
}

#[test]
fn what_is_not_known_is_neither_met_nor_unmet() {
    let rules = set(
        "[[rule]]\nname = \"a\"\nwhen = { not = { sender_is_party = true } }\nthen = { tag = \"ukendt\" }\n",
    );
    let with = |sender_is_party| {
        let facts = Facts {
            sender_is_party,
            ..proven()
        };
        rules
            .decide(&mail("a@b.example", ""), &facts)
            .tried
            .first()
            .map(|tried| tried.outcome)
    };
    assert_eq!(with(None), Some(Outcome::Unknown));
    assert_eq!(with(Some(false)), Some(Outcome::Matched));
    assert_eq!(with(Some(true)), None);
}

#[test]
fn a_rule_that_cannot_be_told_yet_holds_back_what_it_would_forbid() {
    let rules = |first: &str| {
        set(&format!(
            "[[rule]]\nname = \"a\"\nwhen = {{ attachment_text = {{ word = \"fortroligt\" }} }}\n{first}\n\
             [[rule]]\nname = \"b\"\nwhen = {{ has = \"cpr\" }}\nthen = {{ journal = {{ on = \"case\", case = \"1\" }}, tag = \"x\" }}\n"
        ))
    };
    let mail = mail("a@b.example", "Vedr. 070761-4285");
    let done_with = |first: &str, attachment_texts| {
        let facts = Facts {
            attachment_texts,
            ..proven()
        };
        done(&rules(first).decide(&mail, &facts))
    };
    let never = "then = { never_journal = \"Fortroligt\" }";
    assert_eq!(done_with(never, None), ["tag"]);
    assert_eq!(
        done_with("stop = true\nthen = { tag = \"y\" }", None),
        [""; 0]
    );
    assert_eq!(
        done_with("then = { tag = \"y\" }", None),
        ["journal", "tag"]
    );
    assert_eq!(done_with(never, Some(Vec::new())), ["journal", "tag"]);
    assert_eq!(
        done_with(never, Some(vec!["Fortroligt!".to_owned()])),
        ["never_journal", "tag"]
    );
}

const OF_A_SENDER: &str = r#"
[[rule]]
name = "Revisor"
when.from.domain = "revisor.example"
then.journal = { on = "case", case = "2026-00001" }
then.tag = "revision"
"#;

#[test]
fn a_borrowed_name_files_nothing_unless_the_rule_says_that_it_may() {
    let rules = set(OF_A_SENDER);
    let mail = mail("x@post.revisor.example", "Regnskab");
    assert_eq!(done(&rules.decide(&mail, &proven())), ["journal", "tag"]);
    for unproven in [
        Facts::default(),
        Facts {
            authentication: Some(Authentication {
                dmarc: Verdict::Fail,
                spf: Verdict::Pass,
                dkim: Verdict::Pass,
            }),
            ..Facts::default()
        },
    ] {
        let decision = rules.decide(&mail, &unproven);
        assert_eq!(done(&decision), ["tag"]);
        assert_eq!(
            decision.followed[0].withheld,
            Some(Withheld::SenderUnproven)
        );
    }
    let waived = OF_A_SENDER.replace("when.from", "unauthenticated = \"allowed\"\nwhen.from");
    assert_eq!(
        done(&set(&waived).decide(&mail, &Facts::default())),
        ["journal", "tag"]
    );
}

#[test]
fn being_a_stranger_needs_no_proof_and_being_one_of_ours_does() {
    for (when, asks) in [
        ("direction = \"incoming\"", false),
        ("from = { internal = false }", false),
        ("subject = { word = \"a\" }", false),
        ("not = { direction = \"incoming\" }", true),
        ("direction = \"internal\"", true),
        ("not = { from = { internal = false } }", true),
        ("not = { from = { domain = \"b.example\" } }", true),
        ("sender_is_party = true", true),
        (
            "header = { name = \"Reply-To\", contains = \"@b.example\" }",
            true,
        ),
    ] {
        let rule = format!(
            "[[rule]]\nname = \"a\"\nwhen = {{ {when} }}\nthen = {{ follow_thread = true }}\n"
        );
        assert_eq!(read(&rule).unwrap()[0].trusts_the_sender(), asks, "{when}");
    }
}

#[test]
fn a_mail_that_misleads_about_its_sender_waits_for_a_person() {
    let rules = set(OF_A_SENDER);
    let named = |name: &str| {
        let mut mail = mail("x@revisor.example", "Regnskab");
        mail.from[0].name = Some(name.to_owned());
        mail
    };
    let mut twice = mail("x@revisor.example", "");
    twice.from.push(Address {
        name: None,
        address: "y@revisor.example".to_owned(),
    });
    let mut fields = mail("x@revisor.example", "");
    fields.warnings.push(Warning {
        code: "header_twice".to_owned(),
        detail: "From stands more than once; the first counts".to_owned(),
    });
    for (mail, held) in [
        (twice, Some(Held::SeveralSenders)),
        (fields, Some(Held::SeveralSenders)),
        (named("borgmester@byen.example"), Some(Held::AddressInName)),
        (named("Bo <bo@byen.example>"), Some(Held::AddressInName)),
        (named("X@Revisor.example"), None),
        (named("Bo @ Revisor"), None),
    ] {
        let decision = rules.decide(&mail, &proven());
        assert_eq!(decision.held, held, "{:?}", mail.from);
        assert_eq!(decision.followed.is_empty(), held.is_some());
        assert_eq!(decision.tried.len(), 1);
    }
}

#[test]
fn automatic_mail_gets_no_answer() {
    let rules = set(
        "[[rule]]\nname = \"a\"\nwhen = { not = { has = \"cpr\" } }\nthen = { acknowledge = \"tak\", tag = \"x\" }\n",
    );
    let with = |kind: MailKind, from: &str, header: Option<(&str, &str)>| {
        let mut facts = proven();
        facts.own = vec!["byen.example".to_owned()].into();
        facts.headers = Some(
            header
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into_iter()
                .collect(),
        );
        let mail = Mail {
            kind,
            ..mail(from, "Hej")
        };
        done(&rules.decide(&mail, &facts)).len() == 2
    };
    let stranger = "karen@borger.example";
    assert!(with(MailKind::Personal, stranger, None));
    assert!(with(
        MailKind::Personal,
        stranger,
        Some(("Auto-Submitted", "no"))
    ));
    assert!(!with(MailKind::OutOfOffice, stranger, None));
    assert!(!with(MailKind::Personal, "post@byen.example", None));
    assert!(!with(MailKind::Personal, "", None));
    for header in [
        ("Auto-Submitted", "auto-replied"),
        ("Precedence", "Bulk"),
        ("Return-Path", "<>"),
        ("List-Id", "<nyt.example>"),
        ("X-Sagspost", "notice"),
    ] {
        assert!(
            !with(MailKind::Personal, stranger, Some(header)),
            "{header:?}"
        );
    }
    // Of a mail whose header nobody gave it could be.
    let unknown = rules.decide(&mail(stranger, "Hej"), &Facts::default());
    assert_eq!(done(&unknown), ["tag"]);
}

#[test]
fn a_guess_files_only_when_it_is_as_sure_as_the_rule_asks() {
    let rules = set(
        "[[rule]]\nname = \"a\"\nwhen = { suggested = 0.5 }\nthen = { journal = { on = \"suggestion\", confidence = 0.9 } }\n",
    );
    let with = |confidence| {
        let suggestion = Some(Suggestion {
            case: "2026-00007".to_owned(),
            confidence,
        });
        let facts = Facts {
            suggestion,
            ..proven()
        };
        rules
            .decide(&mail("a@b.example", ""), &facts)
            .followed
            .remove(0)
    };
    assert_eq!(with(0.9).case.as_deref(), Some("2026-00007"));
    assert_eq!(
        with(0.899).withheld,
        Some(Withheld::TooUnsure { is: 89, needs: 90 })
    );
}

#[test]
fn a_case_is_filed_on_when_it_is_the_only_one_the_mail_names() {
    let rules = set(
        "[[rule]]\nname = \"a\"\nwhen = { has = \"case_number\" }\nthen = { journal = { on = \"case_number\" } }\n",
    );
    let with = |found: &[(&str, Option<bool>)]| {
        let case = |(number, exists): &(&str, Option<bool>)| FoundCase {
            number: (*number).to_owned(),
            exists: *exists,
        };
        let facts = Facts {
            cases_found: found.iter().map(case).collect(),
            ..proven()
        };
        let one = rules
            .decide(&mail("a@b.example", ""), &facts)
            .followed
            .remove(0);
        one.case.ok_or_else(|| one.withheld.unwrap())
    };
    assert_eq!(
        with(&[("24/1", Some(true)), ("14/10", Some(false))]),
        Ok("24/1".to_owned())
    );
    assert_eq!(
        with(&[("24/1", Some(true)), ("24/2", Some(true))]),
        Err(Withheld::SeveralCases)
    );
    assert_eq!(with(&[("14/10", Some(false))]), Err(Withheld::NoCase));
    assert_eq!(with(&[("24/1", None)]), Err(Withheld::CaseUnknown));
}

#[test]
fn the_earlier_of_two_rules_that_contradict_each_other_decides() {
    let rules = set(
        "[[rule]]\nname = \"a\"\nwhen = { subject = { word = \"privat\" } }\nthen = { never_journal = \"Privat post\" }\n\
         [[rule]]\nname = \"b\"\nwhen = { subject = { word = \"faktura\" } }\nthen = { journal = { on = \"case\", case = \"1\" } }\n",
    );
    let decision = rules.decide(&mail("a@b.example", "Privat: faktura"), &proven());
    assert_eq!(done(&decision), ["never_journal"]);
    assert_eq!(
        decision.followed[1].withheld,
        Some(Withheld::Settled { by: 0 })
    );
}

#[test]
fn rules_count_on_their_days_and_hours_in_denmark() {
    let rules = set(
        "[[rule]]\nname = \"a\"\nvalid_from = 2026-07-01\nvalid_to = 2026-07-31\nwhen = { time = { from = 22:00:00, to = 06:00:00 } }\nthen = { tag = \"nat\" }\n",
    );
    let at = |moment: &str| {
        let facts = Facts {
            at: moment.parse().unwrap(),
            ..proven()
        };
        !rules
            .decide(&mail("a@b.example", ""), &facts)
            .followed
            .is_empty()
    };
    // 00.30 on 1 July, Danish summer time.
    assert!(at("2026-06-30T22:30:00Z"));
    assert!(!at("2026-06-30T21:30:00Z"));
    assert!(!at("2026-07-10T12:00:00Z"));
    assert!(!at("2026-07-31T22:30:00Z"));
}

#[test]
fn every_mistake_is_told_at_once_where_it_stands() {
    let text = "[[rule]]\n\
                name = \"Æbler\"\n\
                when = { subjet = { contains = \"x\" } }\n\
                then = { journal = { on = \"suggestion\" } }\n\
                \n\
                [[rule]]\n\
                name = \"Æbler\"\n\
                enabled = \"ja\"\n\
                when = { subject = { regex = '(faktura' }, body = { regex = '\\w{900}{90}' } }\n\
                [[rule]]\n\
                name = \"c\"\n\
                colour = 1\n\
                when = { any = [] }\n\
                then = { tag = \"{nummer}\", forward = \"hjem\", mark = \"flat\" }\n";
    assert_eq!(
        mistakes(text),
        [
            (3, 10, "unknown-field"),
            (4, 20, "guess-without-confidence"),
            (6, 1, "no-action"),
            (7, 8, "name-twice"),
            (8, 11, "wrong-kind"),
            (9, 30, "pattern-parenthesis"),
            (9, 61, "pattern-too-large"),
            (12, 1, "no-such-field"),
            (13, 16, "empty"),
            (14, 38, "wrong-kind"),
            (14, 53, "choice-near"),
        ]
    );
    let told = read(text).unwrap_err();
    assert!(
        told[0].text(Lang::Da).contains("Mente du subject?"),
        "{}",
        told[0].text(Lang::Da)
    );
    let of_rules: Vec<_> = told.iter().filter_map(|one| one.name.as_deref()).collect();
    assert_eq!(of_rules.len(), told.len(), "{told:?}");
    assert_eq!(
        (told[1].rule, told[1].name.as_deref()),
        (Some(1), Some("Æbler"))
    );
}

#[test]
fn a_placeholder_that_nothing_gives_a_value_is_a_mistake() {
    let rule = |then: &str| {
        format!("[[rule]]\nname = \"a\"\nwhen.subject.regex = '(?<nr>\\d+)'\nthen = {{ {then} }}\n")
    };
    assert!(read(&rule("tag = \"{nr} {subject}\"")).is_ok());
    assert_eq!(
        mistakes(&rule("tag = \"{nummer}\"")),
        [(4, 8, "placeholder")]
    );
}

#[test]
fn a_file_that_is_no_toml_is_told_with_its_line() {
    let wrong = mistakes("[[rule]]\nname = \"a\nwhen = {}\n");
    assert!(
        wrong
            .iter()
            .any(|(line, _, code)| (*line, *code) == (2, "syntax")),
        "{wrong:?}"
    );
}

#[test]
fn a_file_that_is_made_to_hurt_is_refused() {
    let deep = 100_000;
    for text in [
        "[".repeat(deep),
        format!("rule = {}", "[".repeat(deep)),
        format!("rule = {}", "{ a = ".repeat(deep)),
        format!("{}rule = 1", "rule.".repeat(deep)),
        format!("[[rule]]\nwhen.{}has = 1", "not.".repeat(deep)),
        " ".repeat(MAX_FILE_BYTES + 1),
    ] {
        assert!(read(&text).is_err(), "{}", &text[..20]);
    }
}

#[test]
fn conditions_are_neither_too_deep_nor_too_many() {
    let nested = |depth: usize| {
        let open = "not = { ".repeat(depth);
        let close = " }".repeat(depth);
        format!(
            "[[rule]]\nname = \"a\"\nwhen = {{ {open}has = \"cpr\"{close} }}\nthen = {{ tag = \"x\" }}\n"
        )
    };
    assert!(read(&nested(MAX_DEPTH - 1)).is_ok());
    assert_eq!(mistakes(&nested(MAX_DEPTH))[0].2, "too-deep");
    let many = |count: usize| {
        let parts = vec!["{ has = \"cpr\" }"; count].join(", ");
        format!("[[rule]]\nname = \"a\"\nwhen = {{ any = [{parts}] }}\nthen = {{ tag = \"x\" }}\n")
    };
    assert!(read(&many(MAX_CONDITIONS - 2)).is_ok());
    assert_eq!(mistakes(&many(MAX_CONDITIONS))[0].2, "too-many");
}

#[test]
fn the_examples_of_the_documentation_read_aloud_as_they_say() {
    let page = include_str!("../../docs/rules.md");
    let examples = page
        .split("```toml\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .unwrap();
    let said: Vec<String> = examples
        .split("[[rule]]")
        .map(|part| {
            let lines = part.lines().filter_map(|line| line.strip_prefix("# "));
            lines.collect::<Vec<_>>().join(" ")
        })
        .filter(|said| !said.is_empty())
        .collect();
    let rules = read(examples).unwrap();
    let told: Vec<String> = rules
        .iter()
        .map(|rule| Words(Lang::Da).rule(rule))
        .collect();
    assert_eq!(told, said);
    assert_eq!(read(&write(&rules)).unwrap(), rules);
}

#[test]
fn words_within_words_cost_time_that_grows_with_the_text() {
    let within = |number: usize| format!("\"{}\"", "a".repeat(3 + number));
    let words: Vec<String> = (0..150).map(within).collect();
    let rules = set(&format!(
        "[[rule]]\nname = \"a\"\nwhen = {{ body = {{ word = [{}] }} }}\nthen = {{ tag = \"x\" }}\n",
        words.join(", ")
    ));
    let text = |n: usize| Mail {
        text: "a".repeat(n),
        ..Mail::default()
    };
    crate::growth::assert_linear("words within words", 1_000, text, |mail| {
        std::hint::black_box(rules.decide(mail, &Facts::default()));
    });
}

/// Each text that code asks for is in the catalogues: a key would be told as itself.
fn has_no_key(told: &str) -> bool {
    !told.contains("rules.") && !told.contains("rule-mistake.")
}

#[test]
fn a_mistake_names_the_field_of_its_rule() {
    let wrong = read(
        r#"
[[rule]]
name = "A"
when.any = [{ subject = { word = "x" } }, { body = { contain = "y" } }]
then.tag = "x"
[[rule]]
name = "B"
when.subject.word = "x"
then.journal = { on = "case", cas = "2026-1" }
"#,
    );
    let mistakes = wrong.unwrap_err();
    let told: Vec<(Option<usize>, &str)> = mistakes
        .iter()
        .map(|mistake| (mistake.rule, mistake.path.as_str()))
        .collect();
    assert!(
        told.contains(&(Some(1), "when.any[1].body.contain")),
        "{told:?}"
    );
    assert!(told.contains(&(Some(2), "then.journal.cas")), "{told:?}");
    assert!(told.contains(&(Some(2), "then.journal")), "{told:?}");
}

#[test]
fn json_that_is_no_rule_has_the_mistakes_of_its_text() {
    for (json, code) in [
        (serde_json::json!(null), "missing"),
        (
            serde_json::json!({ "name": "x", "when": {}, "then": {} }),
            "empty",
        ),
        (
            serde_json::json!({ "name": "x", "when": { "a\nb = \"c": 1 }, "then": { "tag": "x" } }),
            "no-such-field",
        ),
        (
            serde_json::json!({ "name": "x", "when": { "received": { "from": "i går" } }, "then": { "tag": "x" } }),
            "wrong-kind",
        ),
    ] {
        let mistakes = read(&from_json(&json)).unwrap_err();
        assert!(
            mistakes.iter().any(|one| one.code == code),
            "{json}: {mistakes:?}"
        );
    }
}

proptest! {
    #[test]
    fn a_rule_in_json_is_the_rule(rules in any_rule::rules()) {
        for rule in rules {
            let text = from_json(&to_json(&rule));
            let again = read(&text).map_err(|wrong| TestCaseError::fail(format!("{text}\n{wrong:#?}")))?;
            // JSON has no order: actions come in the one in which they are documented.
            let by_name = |rule: &Rule| {
                let mut rule = Rule { enabled: true, ..rule.clone() };
                rule.then.sort_by_key(Action::name);
                sorted(&mut rule.when);
                rule
            };
            prop_assert_eq!(by_name(&again[0]), by_name(&rule), "{}", text);
        }
    }

    #[test]
    fn what_decided_and_what_was_done_read_as_they_were_written(rules in any_rule::rules()) {
        for rule in rules {
            for leaf in rule.when.leaves() {
                prop_assert_eq!(read_leaf(&write_leaf(leaf)), Some(leaf.clone()));
            }
            for action in &rule.then {
                prop_assert_eq!(read_action(&write_action(action)), Some(action.clone()));
            }
        }
    }

    #[test]
    fn what_is_written_reads_as_the_same_rules(rules in any_rule::rules()) {
        let written = write(&rules);
        let again = read(&written).map_err(|wrong| TestCaseError::fail(format!("{written}\n{wrong:#?}")))?;
        prop_assert_eq!(again, rules, "{}", written);
    }

    #[test]
    fn rules_left_out_for_want_of_a_word_would_not_have_been_met(
        rules in any_rule::rules(),
        mails in proptest::collection::vec((any_rule::mail(), any_rule::facts()), 1..6),
    ) {
        let set = RuleSet::new(rules);
        for (mail, facts) in &mails {
            let quick = set.decide(mail, facts);
            let mut slow = set.explain(mail, facts);
            slow.tried.retain(|tried| matches!(tried.outcome, Outcome::Matched | Outcome::Unknown));
            prop_assert_eq!(quick, slow);
        }
    }

    #[test]
    fn every_rule_and_every_cause_has_words(
        rules in any_rule::rules(),
        mail in any_rule::mail(),
        facts in any_rule::facts(),
    ) {
        let set = RuleSet::new(rules);
        let decision = set.explain(&mail, &facts);
        for lang in [Lang::Da, Lang::En] {
            let words = Words(lang);
            let mut told: Vec<String> = set.rules().iter().map(|rule| words.rule(rule)).collect();
            for tried in &decision.tried {
                told.push(words.outcome(tried.outcome));
                told.extend(tried.causes.iter().map(|cause| words.cause(cause)));
            }
            told.extend(decision.held.map(|held| words.held(held)));
            let why = decision.followed.iter().filter_map(|one| one.withheld.as_ref());
            told.extend(why.map(|why| words.withheld(why, |at| at.to_string())));
            prop_assert!(told.iter().all(|text| has_no_key(text)), "{:#?}", told);
        }
    }

    #[test]
    fn any_text_is_read_or_refused_with_a_place(text in "(\\[\\[rule\\]\\]\n)?[ -~\næ]{0,80}") {
        if let Err(wrong) = read(&text) {
            prop_assert!(!wrong.is_empty());
            for one in wrong {
                prop_assert!(one.line >= 1 && one.line <= text.lines().count() + 1);
                prop_assert!(has_no_key(&one.text(Lang::Da)));
            }
        }
    }
}

/// Fields of a table have no order in JSON.
fn sorted(condition: &mut Condition) {
    match condition {
        Condition::All(parts) => {
            parts.iter_mut().for_each(sorted);
            parts.sort_by_key(|part| format!("{part:?}"));
        }
        Condition::Any(parts) => parts.iter_mut().for_each(sorted),
        Condition::Not(part) => sorted(part),
        Condition::Leaf(_) => {}
    }
}
