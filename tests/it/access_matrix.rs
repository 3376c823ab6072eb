//! Every route, called by everybody, on what is theirs, another's, closed to them, and not there: as the policy says.

use reqwest::Method;
use sagspost::api::policy::Needs;
use sagspost::config::{Secret, Token};
use sagspost::domain::access::{Allowed, CaseAccess, Level};
use sagspost::domain::role::{Grant, Principal, Role, Scope};
use sagspost::store::{Deputy, ImportedUser, NewCase, RuleMode, RuleOwner, RuleText, User};
use sagspost::suggest::Organisation;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::app::App;
use crate::support::calls::{self, Things};
use crate::support::store::{case, eml};
use crate::support::word;

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Actor {
    /// Without a token.
    Nobody,
    /// Owns the mailbox, made the cases.
    Birthe,
    /// Dora, acting for Birthe.
    DoraForBirthe,
    /// Dora as herself, who belongs to nothing.
    Dora,
    /// A registrar of Birthe's mailbox.
    Karen,
    /// Of the unit that may read the restricted case.
    Jens,
    /// Of the group that may write on the restricted case.
    Wera,
    /// An administrator.
    Ib,
    /// An auditor.
    Rita,
    /// May open in an emergency.
    Eva,
}

const ACTORS: [Actor; 10] = [
    Actor::Nobody,
    Actor::Dora,
    Actor::Ib,
    Actor::Rita,
    Actor::Jens,
    Actor::Karen,
    Actor::Wera,
    Actor::Eva,
    // Last: what they change would be another for those after them.
    Actor::DoraForBirthe,
    Actor::Birthe,
];

impl Actor {
    fn user(self) -> &'static str {
        match self {
            Self::Nobody => "",
            Self::Birthe => "birthe",
            Self::DoraForBirthe | Self::Dora => "dora",
            Self::Karen => "karen",
            Self::Jens => "jens",
            Self::Wera => "wera",
            Self::Ib => "ib",
            Self::Rita => "rita",
            Self::Eva => "eva",
        }
    }

    /// What they may do with the restricted case.
    fn on_restricted(self) -> Option<Level> {
        match self {
            Self::Birthe | Self::DoraForBirthe => Some(Level::Manage),
            Self::Wera => Some(Level::Write),
            Self::Jens => Some(Level::Read),
            _ => None,
        }
    }

    /// What they may do with an open case.
    fn on_open(self) -> Option<Level> {
        if matches!(self, Self::Ib | Self::Rita) {
            return None;
        }
        Some(
            self.on_restricted()
                .filter(|level| *level == Level::Manage)
                .unwrap_or(Level::Write),
        )
    }

    /// What they may do with what was filed on the open case for Birthe and Jens alone.
    fn on_filed_for_few(self) -> Option<Level> {
        match self {
            Self::Jens => self.on_open(),
            _ => self.of_birthe(),
        }
    }

    fn in_mailbox(self) -> Option<Level> {
        let sees = matches!(self, Self::Birthe | Self::DoraForBirthe | Self::Karen);
        sees.then_some(Level::Manage)
    }

    fn of_administrator(self) -> Option<Level> {
        matches!(self, Self::Ib).then_some(Level::Manage)
    }

    /// What they may do with a template of the organisation.
    fn of_organisation(self) -> Option<Level> {
        match self {
            Self::Ib => Some(Level::Manage),
            Self::Rita => None,
            _ => Some(Level::Read),
        }
    }

    /// What they may do with a template of the unit that Jens is of and Karen a registrar of.
    fn of_unit_or_its_registrar(self) -> Option<Level> {
        match self {
            Self::Karen => Some(Level::Manage),
            Self::Jens => Some(Level::Read),
            _ => None,
        }
    }

    fn of_birthe(self) -> Option<Level> {
        matches!(self, Self::Birthe | Self::DoraForBirthe).then_some(Level::Manage)
    }
}

/// What is asked for, and what everybody may do with it.
struct Target {
    name: &'static str,
    id: Uuid,
    level: fn(Actor) -> Option<Level>,
}

struct House {
    app: App,
    things: Things,
    mails: Vec<Target>,
    cases: Vec<Target>,
    entries: Vec<Target>,
    files: Vec<Target>,
    templates: Vec<Target>,
    letters: Vec<Target>,
    notices: Vec<Target>,
    mailboxes: Vec<Target>,
    rules: Vec<Target>,
}

fn missing() -> Target {
    Target {
        name: "not there",
        id: Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001),
        level: |_| None,
    }
}

fn of(principal: &str, may: Level) -> Allowed {
    Allowed::new(principal.parse().unwrap(), may)
}

async fn people(app: &App) {
    let person = |name: &str, unit: Option<&str>, group: Option<&str>| ImportedUser {
        user: User {
            name: name.to_owned(),
            display_name: name.to_owned(),
            mail: None,
            unit: unit.map(str::to_owned),
        },
        groups: group.map(|group| vec![group.to_owned()]),
    };
    let people = [
        person("jens", Some("teknik"), None),
        person("wera", None, Some("journal")),
        person("karen", None, None),
        person("dora", None, None),
        person("ib", None, None),
        person("eva", None, None),
    ];
    let now = chrono::Utc::now();
    app.store.import_users(&people, now).await.unwrap();
    for (user, role, scope) in [
        ("karen", Role::Registrar, Scope::Mailbox("leder".to_owned())),
        // Of a unit whose cases none of these are.
        ("karen", Role::Registrar, Scope::Unit("teknik".to_owned())),
        ("ib", Role::Administrator, Scope::Everywhere),
        ("eva", Role::Emergency, Scope::Everywhere),
    ] {
        let to = Principal::User(user.to_owned());
        app.store.grant(&Grant { to, role, scope }).await.unwrap();
    }
    let deputy = Deputy {
        user_name: "dora".to_owned(),
        acts_for: "birthe".to_owned(),
        until: None,
    };
    app.store.save_deputy(&deputy).await.unwrap();
}

type LevelOf = fn(Actor) -> Option<Level>;

/// Whose rules there are.
const RULES: [(&str, LevelOf); 3] = [
    ("Birthe's", Actor::of_birthe),
    ("the mailbox's", Actor::in_mailbox),
    ("the organisation's", Actor::of_administrator),
];

async fn add_rule(app: &App, whose: &str, name: &str) -> Uuid {
    let (owner, author) = match whose {
        "Birthe's" => (RuleOwner::Person("birthe".to_owned()), "birthe"),
        "the mailbox's" => {
            let mailboxes = app.store.mailboxes(None).await.unwrap();
            (RuleOwner::Mailbox(mailboxes[0].id), "birthe")
        }
        _ => (RuleOwner::Organisation, "ib"),
    };
    let text = RuleText {
        name,
        text: &calls::rule(name),
        cases: &[],
        what: "created",
    };
    let (mode, now) = (RuleMode::Off, chrono::Utc::now());
    let rule = app.store.create_rule(&owner, text, mode, author, now).await;
    rule.unwrap().id
}

async fn house() -> House {
    let app = App::start_with(Organisation::default(), |_, config| {
        for user in ["jens", "wera", "karen", "dora", "ib", "eva"] {
            config.api.tokens.push(Token {
                user: user.to_owned(),
                token: Secret::new(format!("token-of-{user}")),
            });
        }
    })
    .await;
    people(&app).await;
    let file = "Content-Type: text/plain; name=\"skitse.txt\"\r\nContent-Disposition: attachment";
    let raws: Vec<Vec<u8>> = ["waiting", "on-open", "on-restricted", "for-few"]
        .iter()
        .map(|name| eml(&format!("{name}@x"), &format!("Brev {name}"), &[file]))
        .collect();
    let mails = app.add_mails(&raws).await;
    let restricted = CaseAccess::restricted(vec![
        of("user:birthe", Level::Manage),
        of("group:journal", Level::Write),
        of("unit:teknik", Level::Read),
    ]);
    let responsible = || Some("birthe".to_owned());
    let open = NewCase {
        responsible: responsible(),
        ..case("Hegn ved nabogrund")
    };
    let open = app.add_case(open).await;
    let restricted = NewCase {
        access: restricted,
        ..case("Personalesag")
    };
    let restricted = app.add_case(restricted).await;
    let opened = app.hidden_case("Åbnet i nød", "birthe").await;
    let to_open = app.hidden_case("Kan åbnes i nød", "birthe").await;

    let file = async |key: &str, body: Value| -> (Uuid, Uuid) {
        let answer = app.journal("birthe", key, &body).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        let id = |value: &Value| Uuid::parse_str(value.as_str().unwrap()).unwrap();
        let entry = id(&answer.json()["id"]);
        let path = format!(
            "/api/v1/cases/{}/documents",
            body["case_id"].as_str().unwrap()
        );
        let documents = app.get(&path, "birthe").await.json();
        let last = documents.as_array().unwrap().last().unwrap().clone();
        (entry, id(&last["files"][0]["id"]))
    };
    let on_open = file("1", json!({ "mail_id": mails[1], "case_id": open.id })).await;
    let on_restricted = file(
        "2",
        json!({ "mail_id": mails[2], "case_id": restricted.id }),
    )
    .await;
    let few = json!({ "mail_id": mails[3], "case_id": open.id, "only_for": ["user:jens"] });
    let for_few = file("3", few).await;
    let opening = json!({ "number": opened.number, "reason": "Barnet skal hentes i dag" });
    assert_eq!(
        app.post("/api/v1/cases/emergency", "eva", &opening)
            .await
            .status,
        201
    );
    let notices = app.get("/api/v1/notices", "birthe").await.json();
    let notice = Uuid::parse_str(notices[0]["id"].as_str().unwrap()).unwrap();

    let mailbox = app.store.mailboxes(None).await.unwrap().remove(0);
    let template = async |user: &str, holder: &str| -> Uuid {
        let fields = [("holder", holder), ("name", holder)];
        let answer = word::send(
            &app,
            "/api/v1/templates",
            user,
            "brev.docx",
            &word::docx("Hej"),
            &fields,
        )
        .await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        Uuid::parse_str(answer.json()["id"].as_str().unwrap()).unwrap()
    };
    let of_organisation = template("ib", "organisation").await;
    let of_unit = template("karen", "unit:teknik").await;
    let of_birthe = template("birthe", "user:birthe").await;
    let asked = app
        .request(
            Method::POST,
            &format!("/api/v1/templates/{of_birthe}/letters"),
            "birthe",
        )
        .header("Idempotency-Key", "letters")
        .json(&json!({ "cases": [{ "case_id": open.id }] }));
    let letters = crate::support::app::answer(asked).await.json();
    let letters = Uuid::parse_str(letters["id"].as_str().unwrap()).unwrap();

    let target = |name, id, level| Target { name, id, level };
    let mut rules = Vec::new();
    for (name, level) in RULES {
        rules.push(target(name, add_rule(&app, name, "Rykkere").await, level));
    }
    let rule = rules[0].id;
    rules.push(missing());
    let of_cases = |open: Uuid, restricted: Uuid| {
        vec![
            target("open", open, Actor::on_open),
            target("restricted", restricted, Actor::on_restricted),
            missing(),
        ]
    };
    let mut entries = of_cases(on_open.0, on_restricted.0);
    entries.insert(0, target("for few", for_few.0, Actor::on_filed_for_few));
    let mut files = of_cases(on_open.1, on_restricted.1);
    files.insert(0, target("for few", for_few.1, Actor::on_filed_for_few));
    House {
        things: Things {
            mail: mails[1],
            entry: on_open.0,
            case: open.id,
            other_case: open.id,
            file: on_open.1,
            notice,
            rule,
            template: of_birthe,
            letters,
            number: to_open.number,
            mailbox: mailbox.id,
            folder: mailbox.folders[0].id,
        },
        templates: vec![
            target(
                "the organisation's",
                of_organisation,
                Actor::of_organisation,
            ),
            target("a unit's", of_unit, Actor::of_unit_or_its_registrar),
            target("Birthe's", of_birthe, Actor::of_birthe),
            missing(),
        ],
        letters: vec![target("Birthe's", letters, Actor::of_birthe), missing()],
        mails: vec![
            target("waiting", mails[0], Actor::in_mailbox),
            target("on open", mails[1], |actor| {
                actor.on_open().or(actor.in_mailbox())
            }),
            target("on restricted", mails[2], |actor| {
                actor.on_restricted().or(actor.in_mailbox())
            }),
            target("for few", mails[3], |actor| {
                actor.on_filed_for_few().or(actor.in_mailbox())
            }),
            missing(),
        ],
        cases: of_cases(open.id, restricted.id),
        entries,
        files,
        notices: vec![
            target("of a case of Birthe's", notice, Actor::of_birthe),
            missing(),
        ],
        mailboxes: vec![target("Birthe's", mailbox.id, Actor::in_mailbox), missing()],
        rules,
        app,
    }
}

impl House {
    fn targets(&self, needs: Needs) -> &[Target] {
        match needs {
            Needs::SeesMail => &self.mails,
            Needs::SeesCase | Needs::WritesCase => &self.cases,
            Needs::SeesEntry | Needs::WritesEntry | Needs::ManagesEntry => &self.entries,
            Needs::SeesDocument => &self.files,
            Needs::SeesTemplate | Needs::ChangesTemplate => &self.templates,
            Needs::AskedForLetters => &self.letters,
            Needs::ManagesNotice => &self.notices,
            Needs::SeesMailbox => &self.mailboxes,
            Needs::SeesRule | Needs::WritesRule => &self.rules,
            Needs::WritesRules => &self.rules[..1],
            Needs::Nothing
            | Needs::SignedIn
            | Needs::KeepsTemplates
            | Needs::Auditor
            | Needs::Emergency => &[],
        }
    }

    /// The things with this one in place of those of its kind.
    fn things_with(&self, needs: Needs, id: Uuid) -> Things {
        let mut things = self.things.clone();
        match needs {
            Needs::SeesMail => things.mail = id,
            Needs::SeesCase | Needs::WritesCase => {
                things.case = id;
                things.other_case = id;
            }
            Needs::SeesEntry | Needs::WritesEntry | Needs::ManagesEntry => things.entry = id,
            Needs::SeesDocument => things.file = id,
            Needs::SeesTemplate | Needs::ChangesTemplate => things.template = id,
            Needs::AskedForLetters => things.letters = id,
            Needs::ManagesNotice => things.notice = id,
            Needs::SeesMailbox => things.mailbox = id,
            Needs::SeesRule | Needs::WritesRule => things.rule = id,
            Needs::WritesRules
            | Needs::Nothing
            | Needs::SignedIn
            | Needs::KeepsTemplates
            | Needs::Auditor
            | Needs::Emergency => {}
        }
        things
    }
}

/// What a call is answered with: `None` when it is let through, whatever comes of it.
fn expected(needs: Needs, actor: Actor, level: Option<Level>) -> Option<u16> {
    if needs == Needs::Nothing {
        return None;
    }
    if actor == Actor::Nobody {
        return Some(401);
    }
    let least = match needs {
        Needs::Nothing | Needs::SignedIn => return None,
        Needs::KeepsTemplates => {
            return (!matches!(actor, Actor::Ib | Actor::Karen)).then_some(403);
        }
        Needs::Auditor => return (actor != Actor::Rita).then_some(404),
        Needs::Emergency => return (actor != Actor::Eva).then_some(404),
        // Whom they name is no secret; whether there are rules is.
        Needs::WritesRules => return level.is_none().then_some(403),
        Needs::SeesMail
        | Needs::SeesMailbox
        | Needs::SeesCase
        | Needs::SeesEntry
        | Needs::SeesDocument
        | Needs::SeesRule
        | Needs::SeesTemplate => Level::Read,
        Needs::WritesCase | Needs::WritesEntry => Level::Write,
        Needs::ManagesEntry
        | Needs::ManagesNotice
        | Needs::WritesRule
        | Needs::ChangesTemplate
        | Needs::AskedForLetters => Level::Manage,
    };
    match level {
        None => Some(404),
        Some(level) if level < least => Some(403),
        Some(_) => None,
    }
}

#[tokio::test]
async fn everybody_gets_of_every_route_what_the_policy_says() {
    let house = house().await;
    let mut wrong = Vec::new();
    let mut asked = 0;
    for route in calls::routes() {
        let anything = [missing()];
        let targets = match house.targets(route.needs) {
            [] => &anything[..],
            targets => targets,
        };
        for target in targets {
            for actor in ACTORS {
                let mut things = house.things_with(route.needs, target.id);
                if (route.method, route.path) == (&Method::DELETE, "/api/v1/rules/{id}")
                    && target.name != "not there"
                {
                    // Each removes one of their own.
                    let name = format!("Til {actor:?}");
                    things.rule = add_rule(&house.app, target.name, &name).await;
                }
                let mut request = calls::request(&house.app, route, &things, actor.user());
                if actor == Actor::DoraForBirthe {
                    request = request.header("Sagspost-On-Behalf-Of", "birthe");
                }
                // Not read to its end: events have none.
                let status = request.send().await.unwrap().status().as_u16();
                let told = [401, 403, 404].contains(&status).then_some(status);
                // A letter is on a case, which they must see as well.
                let is_letter = route.path.ends_with("/render")
                    || route.path.ends_with("/templates/{id}/letters");
                let level =
                    (target.level)(actor).filter(|_| !is_letter || actor.on_open().is_some());
                let expected = expected(route.needs, actor, level);
                if told != expected || status >= 500 {
                    wrong.push(format!(
                        "{} {} of {}, by {actor:?}: {status}, not {expected:?}",
                        route.method, route.path, target.name
                    ));
                }
                asked += 1;
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {asked}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(asked > 800, "only {asked} calls");
}

#[tokio::test]
async fn lists_hold_for_everybody_what_they_may_see_and_nothing_else() {
    let house = house().await;
    for actor in ACTORS.into_iter().filter(|actor| *actor != Actor::Nobody) {
        let ask = async |path: &str| -> String {
            let mut request = house.app.request(Method::GET, path, actor.user());
            if actor == Actor::DoraForBirthe {
                request = request.header("Sagspost-On-Behalf-Of", "birthe");
            }
            request.send().await.unwrap().text().await.unwrap()
        };
        let mut lists = Vec::new();
        for path in ["/api/v1/mails", "/api/v1/mails?q=brev"] {
            lists.push((path, &house.mails, ask(path).await));
        }
        for path in ["/api/v1/cases", "/api/v1/cases?status=open"] {
            lists.push((path, &house.cases, ask(path).await));
        }
        for (path, targets, list) in lists {
            for target in targets {
                let listed = list.contains(&target.id.to_string());
                let seen = (target.level)(actor).is_some();
                assert_eq!(listed, seen, "{path} for {actor:?}: {}", target.name);
            }
        }
    }
}

#[tokio::test]
async fn what_may_not_be_seen_answers_as_what_is_not_there() {
    let house = house().await;
    for route in calls::routes() {
        let targets = house.targets(route.needs);
        let Some(absent) = targets.iter().find(|target| target.name == "not there") else {
            continue;
        };
        for target in targets
            .iter()
            .filter(|target| (target.level)(Actor::Dora).is_none())
        {
            let mut answers = Vec::new();
            for id in [target.id, absent.id] {
                let things = house.things_with(route.needs, id);
                let request = calls::request(&house.app, route, &things, "dora");
                let answer = crate::support::app::answer(request).await;
                let mut body = answer.json();
                body["request_id"] = Value::Null;
                let mut names: Vec<String> =
                    answer.headers.keys().map(ToString::to_string).collect();
                names.sort();
                answers.push((answer.status, body, names));
            }
            assert_eq!(
                answers[0], answers[1],
                "{} {} of {}",
                route.method, route.path, target.name
            );
        }
    }
}
