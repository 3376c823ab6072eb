//! What a token of the provider must say to be believed, and who it says somebody is.
//!
//! Times are compared without leeway where a token ends, and with a little where it begins: clocks differ.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, Number, Value};
use sha2::{Digest as _, Sha256};

use super::Refusal;
use crate::{config::SignIn, domain::user_name, store::Identity};

/// How far the provider's clock may be ahead of ours.
const EARLY_SECS: f64 = 30.0;
const MAX_SUBJECT_CHARS: usize = 255;
const MAX_TEXT_CHARS: usize = 200;
const MAX_GROUPS: usize = 1000;

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Claims {
    iss: Option<String>,
    sub: Option<String>,
    aud: Option<OneOrMany>,
    exp: Option<Number>,
    nbf: Option<Number>,
    iat: Option<Number>,
    nonce: Option<String>,
    azp: Option<String>,
    client_id: Option<String>,
    tid: Option<String>,
    scp: Option<OneOrMany>,
    scope: Option<OneOrMany>,
    /// Entra ID's word for tokens of applications: `app`.
    idtyp: Option<String>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn all(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }

    /// Scopes are written as words of one text, or as a list.
    fn has_word(&self, word: &str) -> bool {
        self.all()
            .iter()
            .any(|text| text.split_ascii_whitespace().any(|part| part == word))
    }
}

impl Claims {
    /// What an access token for our API must say.
    pub fn check_access(&self, settings: &SignIn, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.check_origin(settings, now)?;
        let ours = |audience: &String| settings.audiences().any(|own| own == *audience);
        if !self.audiences().iter().any(ours) {
            return Err(Refusal::Audience);
        }
        if self.is_no_access_token() {
            return Err(Refusal::IdToken);
        }
        let subject = self.sub.as_ref();
        let by_an_application = self.idtyp.as_deref() == Some("app")
            || subject == self.client_id.as_ref()
            || subject == self.azp.as_ref();
        if by_an_application {
            return Err(Refusal::ApplicationOnly);
        }
        let has_scope = |scopes: &OneOrMany| scopes.has_word(&settings.scope);
        if !self.scp.iter().chain(&self.scope).any(has_scope) {
            return Err(Refusal::Scope);
        }
        Ok(())
    }

    /// What the ID token of a sign-in must say (OpenID Connect Core, 3.1.3.7).
    pub fn check_id(
        &self,
        settings: &SignIn,
        nonce: &str,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        self.check_origin(settings, now)?;
        let audiences = self.audiences();
        let for_us = audiences.contains(&settings.client_id);
        let by_us = self
            .azp
            .as_ref()
            .map_or(audiences.len() == 1, |party| *party == settings.client_id);
        if !for_us || !by_us {
            return Err(Refusal::Audience);
        }
        if self.nonce.as_deref() != Some(nonce) {
            return Err(Refusal::Nonce);
        }
        Ok(())
    }

    fn check_origin(&self, settings: &SignIn, now: DateTime<Utc>) -> Result<(), Refusal> {
        if self.iss.as_deref() != Some(&settings.issuer) {
            return Err(Refusal::Issuer);
        }
        let tenant =
            |tenants: &[String]| self.tid.as_ref().is_some_and(|tid| tenants.contains(tid));
        if !settings.tenants.is_empty() && !tenant(&settings.tenants) {
            return Err(Refusal::Tenant);
        }
        let seconds = |number: &Number| number.as_f64().filter(|seconds| seconds.is_finite());
        let now = now.timestamp() as f64;
        let ends = self.exp.as_ref().and_then(seconds);
        if ends.is_none_or(|ends| now >= ends) {
            return Err(Refusal::Expired);
        }
        for begins in [&self.nbf, &self.iat].into_iter().flatten() {
            if seconds(begins).is_none_or(|begins| begins > now + EARLY_SECS) {
                return Err(Refusal::NotYet);
            }
        }
        self.subject(settings).map(|_| ())
    }

    fn audiences(&self) -> &[String] {
        self.aud.as_ref().map_or(&[], OneOrMany::all)
    }

    /// ID tokens and others carry what access tokens have no use for; Keycloak and Cognito say it outright.
    fn is_no_access_token(&self) -> bool {
        let says = |name: &str| self.rest.get(name).and_then(Value::as_str);
        self.nonce.is_some()
            || ["at_hash", "c_hash", "s_hash", "events"]
                .iter()
                .any(|name| self.rest.contains_key(*name))
            || says("typ").is_some_and(|kind| kind != "Bearer")
            || says("token_use").is_some_and(|kind| kind != "access")
    }

    /// What the person is known by for good.
    fn subject(&self, settings: &SignIn) -> Result<&str, Refusal> {
        let subject = match settings.identity_claim.as_str() {
            "sub" => self.sub.as_deref(),
            other => self.rest.get(other).and_then(Value::as_str),
        };
        subject
            .filter(|subject| {
                (1..=MAX_SUBJECT_CHARS).contains(&subject.chars().count()) && self.sub.is_some()
            })
            .ok_or(Refusal::Subject)
    }

    /// Adds what the provider told of the same person elsewhere; what is there already stays.
    pub fn complete_with(&mut self, mut more: Map<String, Value>) {
        if more
            .remove("sub")
            .and_then(|sub| sub.as_str().map(str::to_owned))
            != self.sub
        {
            return;
        }
        for (name, value) in more {
            self.rest.entry(name).or_insert(value);
        }
    }

    /// Whether the claims name the person.
    pub fn names_the_person(&self, settings: &SignIn) -> bool {
        self.text(&settings.user_claim).is_some()
    }

    pub fn identity(&self, settings: &SignIn, own_domains: &[String]) -> Result<Identity, Refusal> {
        // A token that names the person and no group says that there is none: what was withdrawn must not stay.
        let speaks = self.names_the_person(settings);
        let groups = self
            .groups(&settings.group_claims)
            .or_else(|| (speaks && !self.has_groups_elsewhere()).then(Vec::new));
        let unit = self
            .text(&settings.unit_claim)
            .or_else(|| (speaks && !settings.unit_claim.is_empty()).then(String::new));
        let user_name = self
            .text(&settings.user_claim)
            .and_then(|claim| user_name::of_claim(&claim, own_domains));
        let name_is_ours = self.name_is_ours(settings, own_domains);
        let mut identity = Identity {
            issuer: settings.issuer.clone(),
            subject: self.subject(settings)?.to_owned(),
            user_name,
            name_is_ours,
            display_name: self.text("name"),
            mail: self.text("email").map(|mail| mail.to_lowercase()),
            unit,
            groups,
            hash: [0; 32],
        };
        let told = (
            &identity.display_name,
            &identity.mail,
            &identity.unit,
            &identity.groups,
        );
        identity.hash = Sha256::digest(serde_json::to_vec(&told).unwrap_or_default()).into();
        Ok(identity)
    }

    /// Whether the name is one that only the organisation gives: its own tenant says it (which was checked), or it stands
    /// before one of its own domains. An address must be verified, for some providers let people write any.
    fn name_is_ours(&self, settings: &SignIn, own_domains: &[String]) -> bool {
        let is_unverified = settings.user_claim == "email"
            && self.rest.get("email_verified") != Some(&Value::Bool(true));
        let named = self.text(&settings.user_claim);
        let has_own_domain = named
            .as_deref()
            .and_then(|name| name.rsplit_once('@'))
            .is_some_and(|(_, domain)| {
                own_domains
                    .iter()
                    .any(|own| own.eq_ignore_ascii_case(domain))
            });
        (!settings.tenants.is_empty() || has_own_domain) && !is_unverified
    }

    /// A claim that people may read, in one line.
    fn text(&self, name: &str) -> Option<String> {
        let text = match name {
            "sub" => self.sub.as_deref()?,
            other => self.rest.get(other)?.as_str()?,
        };
        let text: String = text
            .chars()
            .filter(|c| !c.is_control())
            .take(MAX_TEXT_CHARS)
            .collect();
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// Entra ID's word for groups that are too many for a token (`hasgroups`, or a claim of distributed claims, OpenID
    /// Connect Core 5.6.2).
    fn has_groups_elsewhere(&self) -> bool {
        self.rest.contains_key("hasgroups") || self.rest.contains_key("_claim_names")
    }

    /// `None` when no claim speaks of groups.
    fn groups(&self, claims: &[String]) -> Option<Vec<String>> {
        let told: Vec<&Value> = claims
            .iter()
            .filter_map(|name| self.rest.get(name))
            .collect();
        if told.is_empty() {
            return None;
        }
        let mut groups: Vec<String> = told
            .into_iter()
            .flat_map(|value| match value {
                Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
                Value::String(one) => vec![one.as_str()],
                _ => Vec::new(),
            })
            .map(|group| {
                group
                    .trim()
                    .chars()
                    .take(MAX_TEXT_CHARS)
                    .collect::<String>()
            })
            .filter(|group| !group.is_empty())
            .take(MAX_GROUPS)
            .collect();
        groups.sort_unstable();
        groups.dedup();
        Some(groups)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::Config;

    const ISSUER: &str = "https://login.example/t/v2.0";

    fn settings() -> SignIn {
        let mut settings = Config::load(None, std::iter::empty()).unwrap().sign_in;
        settings.issuer = ISSUER.to_owned();
        settings.client_id = "sagspost".to_owned();
        settings.tenants = vec!["egelund".to_owned()];
        settings
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn claims(changes: &Value) -> Claims {
        let now = now().timestamp();
        let mut claims = json!({
            "iss": ISSUER, "aud": "api://sagspost", "sub": "u-1", "oid": "o-1", "tid": "egelund",
            "azp": "addin", "exp": now + 1, "nbf": now + 30, "iat": now, "scp": "openid access_as_user",
        });
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        serde_json::from_value(claims).unwrap()
    }

    #[test]
    fn an_access_token_is_refused_for_what_is_wrong_with_it() {
        let told = |changes: Value| claims(&changes).check_access(&settings(), now());
        let at = now().timestamp();
        assert_eq!(told(json!({})), Ok(()));
        assert_eq!(told(json!({ "aud": ["x", "sagspost"] })), Ok(()));
        for (changes, reason) in [
            (json!({ "iss": "https://login.example/t" }), Refusal::Issuer),
            (json!({ "aud": "x" }), Refusal::Audience),
            (json!({ "aud": [] }), Refusal::Audience),
            (json!({ "tid": "x" }), Refusal::Tenant),
            (json!({ "exp": at }), Refusal::Expired),
            (json!({ "exp": null }), Refusal::Expired),
            (json!({ "nbf": at + 31 }), Refusal::NotYet),
            (json!({ "iat": at + 31 }), Refusal::NotYet),
            (json!({ "sub": null }), Refusal::Subject),
            (json!({ "sub": "" }), Refusal::Subject),
            (json!({ "nonce": "n" }), Refusal::IdToken),
            (json!({ "at_hash": "n" }), Refusal::IdToken),
            (json!({ "typ": "ID" }), Refusal::IdToken),
            (json!({ "idtyp": "app" }), Refusal::ApplicationOnly),
            (json!({ "azp": "u-1" }), Refusal::ApplicationOnly),
            (json!({ "client_id": "u-1" }), Refusal::ApplicationOnly),
            (json!({ "scp": null }), Refusal::Scope),
            (json!({ "scp": "access_as_user_too" }), Refusal::Scope),
        ] {
            assert_eq!(told(changes.clone()), Err(reason), "{changes}");
        }
    }

    #[test]
    fn a_name_is_ours_when_our_tenant_or_our_domain_gives_it() {
        let ours = |tenants: &[&str], user_claim: &str, changes: Value| {
            let mut settings = settings();
            settings.tenants = tenants.iter().map(|t| (*t).to_owned()).collect();
            settings.user_claim = user_claim.to_owned();
            let identity = claims(&changes).identity(&settings, &["egelund.example".to_owned()]);
            identity.unwrap().name_is_ours
        };
        let upn = |name: &str| json!({ "preferred_username": name });
        assert!(ours(&["egelund"], "preferred_username", upn("birthe")));
        assert!(ours(
            &[],
            "preferred_username",
            upn("birthe@Egelund.example")
        ));
        for strange in [
            "birthe",
            "birthe@other.example",
            "birthe@egelund.example@other.example",
        ] {
            assert!(!ours(&[], "preferred_username", upn(strange)), "{strange}");
        }
        let mail = |verified: Value| json!({ "email": "birthe@egelund.example", "email_verified": verified });
        assert!(ours(&[], "email", mail(json!(true))));
        for unverified in [json!(false), json!(null), json!("true")] {
            assert!(!ours(&[], "email", mail(unverified.clone())));
            // A guest of the tenant brings an address along.
            assert!(!ours(&["egelund"], "email", mail(unverified)));
        }
    }

    #[test]
    fn an_id_token_is_for_this_client_and_this_sign_in() {
        let told = |changes: Value| claims(&changes).check_id(&settings(), "n", now());
        let right = json!({ "aud": "sagspost", "azp": null, "nonce": "n" });
        let with = |name: &str, value: Value| {
            let mut changes = right.clone();
            changes[name] = value;
            changes
        };
        assert_eq!(told(right.clone()), Ok(()));
        for (changes, reason) in [
            (with("nonce", json!("m")), Refusal::Nonce),
            (with("nonce", json!(null)), Refusal::Nonce),
            (with("aud", json!("api://sagspost")), Refusal::Audience),
            (with("aud", json!(["sagspost", "x"])), Refusal::Audience),
            (with("azp", json!("x")), Refusal::Audience),
            (with("exp", json!(1)), Refusal::Expired),
        ] {
            assert_eq!(told(changes.clone()), Err(reason), "{changes}");
        }
    }

    #[test]
    fn what_claims_say_of_a_person_is_taken_in_one_line_each() {
        let mut settings = settings();
        settings.identity_claim = "oid".to_owned();
        settings.unit_claim = "department".to_owned();
        let said = claims(&json!({
            "preferred_username": "Birthe.Lund@egelund.example", "name": " Birthe\n Lund ", "email": "B@X.example",
            "department": "plan", "groups": ["b", "a", "b", 7, ""], "roles": "Leder",
        }));
        let identity = said
            .identity(&settings, &["egelund.example".to_owned()])
            .unwrap();
        assert_eq!(identity.subject, "o-1");
        assert_eq!(identity.user_name.as_deref(), Some("birthe.lund"));
        assert_eq!(identity.display_name.as_deref(), Some("Birthe Lund"));
        assert_eq!(identity.mail.as_deref(), Some("b@x.example"));
        assert_eq!(identity.unit.as_deref(), Some("plan"));
        assert_eq!(identity.groups.unwrap(), ["Leder", "a", "b"]);
        let silent = claims(&json!({})).identity(&settings, &[]).unwrap();
        assert_eq!((silent.user_name, silent.groups), (None, None));
    }

    #[test]
    fn groups_and_unit_that_are_not_named_any_more_are_withdrawn_unless_they_are_too_many() {
        let mut settings = settings();
        settings.unit_claim = "department".to_owned();
        let named = |more: serde_json::Value| {
            let mut said = json!({ "preferred_username": "birthe" });
            for (name, value) in more.as_object().unwrap() {
                said[name] = value.clone();
            }
            claims(&said).identity(&settings, &[]).unwrap()
        };
        let withdrawn = named(json!({}));
        assert_eq!(withdrawn.groups, Some(Vec::new()));
        assert_eq!(withdrawn.unit.as_deref(), Some(""));
        for elsewhere in [
            json!({ "hasgroups": true }),
            json!({ "_claim_names": { "groups": "src1" } }),
        ] {
            assert_eq!(named(elsewhere).groups, None);
        }
    }

    #[test]
    fn what_is_told_of_another_person_is_not_taken_over() {
        let mut own = claims(&json!({}));
        own.complete_with(
            json!({ "sub": "u-2", "name": "En anden" })
                .as_object()
                .unwrap()
                .clone(),
        );
        assert_eq!(own.text("name"), None);
        own.complete_with(
            json!({ "sub": "u-1", "name": "Birthe" })
                .as_object()
                .unwrap()
                .clone(),
        );
        own.complete_with(
            json!({ "sub": "u-1", "name": "Carl" })
                .as_object()
                .unwrap()
                .clone(),
        );
        assert_eq!(own.text("name").as_deref(), Some("Birthe"));
    }
}
