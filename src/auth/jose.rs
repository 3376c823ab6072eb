//! Signed tokens (JWS, RFC 7515) and the keys that sign them (JWK, RFC 7517), as far as sign-in needs them, on ring.
//!
//! Deliberately little: compact form, public keys, four algorithms. There is no "none" and no shared secret to be talked
//! into, and a token that brings or names its own key is refused before anything else is read of it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::{Map, Value};

/// Entra's tokens of people in many groups come to some 8 kB; headers of HTTP hardly hold more.
const MAX_TOKEN_BYTES: usize = 16 << 10;
/// Providers hold two to ten.
const MAX_KEYS: usize = 64;
/// RSA above this is only slow, and ring takes no larger.
const MAX_RSA_BYTES: usize = 1024;

/// How a token may be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) enum Algorithm {
    RS256,
    PS256,
    ES256,
    EdDSA,
}

/// Why a text is no token that anybody signed for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotSigned {
    #[error("the token is too large")]
    TooLarge,
    #[error("it is no signed token")]
    Malformed,
    #[error("the algorithm is not allowed")]
    Algorithm,
    #[error("the token names its own key")]
    NamesKey,
    #[error("the token asks for what is not understood")]
    Critical,
    #[error("the token is of another type")]
    Type,
    #[error("the key is not the provider's")]
    UnknownKey,
    #[error("the signature is wrong")]
    Signature,
}

/// A token taken apart; nothing of it is to be believed before `verify`.
pub(super) struct Unverified<'t> {
    pub algorithm: Algorithm,
    pub key_id: String,
    signed: &'t str,
    payload: &'t str,
    signature: Vec<u8>,
}

/// What providers say of a key and we read.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    /// Everything else, to be refused by name.
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// Keys in the token itself, or where to fetch them: whoever signs would choose what they are checked with.
const NAMES_A_KEY: [&str; 4] = ["jku", "jwk", "x5u", "x5c"];

/// Takes a token apart, and refuses what is wrong with its header.
pub(super) fn take_apart<'t>(
    token: &'t str,
    allowed: &[Algorithm],
) -> Result<Unverified<'t>, NotSigned> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(NotSigned::TooLarge);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(NotSigned::Malformed)?;
    let (header, payload) = signed.split_once('.').ok_or(NotSigned::Malformed)?;
    if payload.contains('.') {
        return Err(NotSigned::Malformed);
    }
    let header: Header =
        serde_json::from_slice(&decode(header)?).map_err(|_| NotSigned::Malformed)?;
    if NAMES_A_KEY
        .iter()
        .any(|name| header.rest.contains_key(*name))
    {
        return Err(NotSigned::NamesKey);
    }
    // Extensions that must be understood (RFC 7515, 4.1.11), and payloads that are not encoded (RFC 7797).
    if ["crit", "b64", "zip", "enc"]
        .iter()
        .any(|name| header.rest.contains_key(*name))
    {
        return Err(NotSigned::Critical);
    }
    let algorithm = serde_json::from_value(Value::String(header.alg))
        .ok()
        .filter(|algorithm| allowed.contains(algorithm))
        .ok_or(NotSigned::Algorithm)?;
    let kind = header.typ.unwrap_or_default().to_ascii_lowercase();
    let kind = kind.strip_prefix("application/").unwrap_or(&kind);
    if !["", "jwt", "at+jwt"].contains(&kind) {
        return Err(NotSigned::Type);
    }
    Ok(Unverified {
        algorithm,
        key_id: header.kid.ok_or(NotSigned::UnknownKey)?,
        signed,
        payload,
        signature: decode(signature)?,
    })
}

impl Unverified<'_> {
    /// The claims, once the key has proved that its holder made them.
    pub fn verify<C: for<'de> Deserialize<'de>>(&self, key: &Key) -> Result<C, NotSigned> {
        if !key.signs(self.algorithm) {
            return Err(NotSigned::UnknownKey);
        }
        let message = self.signed.as_bytes();
        let proved = match (&key.material, self.algorithm) {
            (Material::Rsa { n, e }, Algorithm::PS256) => RsaPublicKeyComponents { n, e }.verify(
                &signature::RSA_PSS_2048_8192_SHA256,
                message,
                &self.signature,
            ),
            (Material::Rsa { n, e }, _) => RsaPublicKeyComponents { n, e }.verify(
                &signature::RSA_PKCS1_2048_8192_SHA256,
                message,
                &self.signature,
            ),
            (Material::P256(point), _) => {
                UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point)
                    .verify(message, &self.signature)
            }
            (Material::Ed25519(point), _) => {
                UnparsedPublicKey::new(&signature::ED25519, point).verify(message, &self.signature)
            }
        };
        proved.map_err(|_| NotSigned::Signature)?;
        serde_json::from_slice(&decode(self.payload)?).map_err(|_| NotSigned::Malformed)
    }
}

/// A public key of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    id: String,
    /// What the key says it is for; any of its kind when it says nothing.
    algorithm: Option<String>,
    material: Material,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Material {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    P256(Vec<u8>),
    Ed25519(Vec<u8>),
}

impl Key {
    fn signs(&self, algorithm: Algorithm) -> bool {
        let name = match algorithm {
            Algorithm::RS256 => "RS256",
            Algorithm::PS256 => "PS256",
            Algorithm::ES256 => "ES256",
            Algorithm::EdDSA => "EdDSA",
        };
        let says_so = self.algorithm.as_deref().is_none_or(|own| own == name);
        let can = matches!(
            (&self.material, algorithm),
            (Material::Rsa { .. }, Algorithm::RS256 | Algorithm::PS256)
                | (Material::P256(_), Algorithm::ES256)
                | (Material::Ed25519(_), Algorithm::EdDSA)
        );
        says_so && can
    }
}

/// The keys of a provider that can sign.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct KeySet(Vec<Key>);

#[derive(Deserialize)]
struct KeysTold {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct KeyTold {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl KeySet {
    /// Reads what a provider tells; keys of other kinds are passed over. `None` when it is no set of keys.
    pub fn read(json: &[u8]) -> Option<Self> {
        let told: KeysTold = serde_json::from_slice(json).ok()?;
        let keys = told
            .keys
            .into_iter()
            .take(MAX_KEYS)
            .filter_map(|key| key_of(serde_json::from_value(key).ok()?))
            .collect();
        Some(Self(keys))
    }

    pub fn find(&self, id: &str) -> Option<&Key> {
        self.0.iter().find(|key| key.id == id)
    }
}

fn key_of(told: KeyTold) -> Option<Key> {
    if told.usage.is_some_and(|usage| usage != "sig") {
        return None;
    }
    let part = |text: Option<String>| decode(&text?).ok();
    let exactly = |bytes: Vec<u8>, length| (bytes.len() == length).then_some(bytes);
    let material = match (told.kty.as_str(), told.crv.as_deref()) {
        ("RSA", _) => {
            let n = part(told.n)?;
            (n.len() <= MAX_RSA_BYTES).then_some(())?;
            Material::Rsa {
                n,
                e: part(told.e)?,
            }
        }
        ("EC", Some("P-256")) => {
            // As SEC 1 writes an uncompressed point.
            let mut point = vec![4];
            point.extend(exactly(part(told.x)?, 32)?);
            point.extend(exactly(part(told.y)?, 32)?);
            Material::P256(point)
        }
        ("OKP", Some("Ed25519")) => Material::Ed25519(exactly(part(told.x)?, 32)?),
        _ => return None,
    };
    Some(Key {
        id: told.kid?,
        algorithm: told.alg,
        material,
    })
}

fn decode(text: &str) -> Result<Vec<u8>, NotSigned> {
    URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| NotSigned::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Algorithm; 4] = [
        Algorithm::RS256,
        Algorithm::PS256,
        Algorithm::ES256,
        Algorithm::EdDSA,
    ];

    #[test]
    fn the_example_of_the_standard_verifies_and_a_changed_one_does_not() {
        // RFC 8037, appendix A: key A.2, signature A.4; the header there names no key, so one is written anew here
        // only to be refused.
        let keys = KeySet::read(
            br#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#,
        )
        .unwrap();
        let token = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        assert_eq!(
            take_apart(token, &ALL).map(|_| ()).unwrap_err(),
            NotSigned::UnknownKey
        );
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let mut unverified = Unverified {
            algorithm: Algorithm::EdDSA,
            key_id: "a".into(),
            signed,
            payload: signed.split_once('.').unwrap().1,
            signature: decode(signature).unwrap(),
        };
        let key = keys.find("a").unwrap();
        // Its payload is no JSON: that is found out only once the signature was right.
        assert_eq!(
            unverified.verify::<Value>(key).unwrap_err(),
            NotSigned::Malformed
        );
        unverified.signature[5] ^= 1;
        assert_eq!(
            unverified.verify::<Value>(key).unwrap_err(),
            NotSigned::Signature
        );
    }

    #[test]
    fn a_header_is_refused_for_what_is_wrong_with_it() {
        let told = |header: &str| {
            let token = format!("{}.e30.AAAA", URL_SAFE_NO_PAD.encode(header));
            take_apart(&token, &[Algorithm::RS256]).map(|_| ())
        };
        assert_eq!(told(r#"{"alg":"RS256","kid":"a"}"#), Ok(()));
        assert_eq!(
            told(r#"{"alg":"RS256","kid":"a","typ":"application/AT+jwt"}"#),
            Ok(())
        );
        for (header, reason) in [
            (r#"{"alg":"none","kid":"a"}"#, NotSigned::Algorithm),
            (r#"{"alg":"HS256","kid":"a"}"#, NotSigned::Algorithm),
            (r#"{"alg":"ES256","kid":"a"}"#, NotSigned::Algorithm),
            (r#"{"alg":"rs256","kid":"a"}"#, NotSigned::Algorithm),
            (
                r#"{"alg":"RS256","kid":"a","jku":"x"}"#,
                NotSigned::NamesKey,
            ),
            (r#"{"alg":"RS256","kid":"a","jwk":{}}"#, NotSigned::NamesKey),
            (
                r#"{"alg":"RS256","kid":"a","x5u":null}"#,
                NotSigned::NamesKey,
            ),
            (r#"{"alg":"RS256","kid":"a","x5c":[]}"#, NotSigned::NamesKey),
            (
                r#"{"alg":"RS256","kid":"a","crit":[]}"#,
                NotSigned::Critical,
            ),
            (
                r#"{"alg":"RS256","kid":"a","b64":false}"#,
                NotSigned::Critical,
            ),
            (
                r#"{"alg":"RS256","kid":"a","typ":"logout+jwt"}"#,
                NotSigned::Type,
            ),
            (r#"{"alg":"RS256"}"#, NotSigned::UnknownKey),
            (r#"{"alg":"RS256","kid":7}"#, NotSigned::Malformed),
            (
                r#"{"alg":"none","alg":"RS256","kid":"a"}"#,
                NotSigned::Malformed,
            ),
            ("RS256", NotSigned::Malformed),
        ] {
            assert_eq!(told(header), Err(reason), "{header}");
        }
        let long = "a".repeat(MAX_TOKEN_BYTES + 1);
        assert_eq!(
            take_apart(&long, &ALL).map(|_| ()),
            Err(NotSigned::TooLarge)
        );
        for wrong in ["", ".", "..", "a.b", "a.b.c.d", "e30=.e30.AA", "e30.e30.A!"] {
            let told = take_apart(wrong, &ALL).map(|_| ());
            assert_eq!(told, Err(NotSigned::Malformed), "{wrong}");
        }
    }

    #[test]
    fn keys_that_cannot_be_used_are_passed_over() {
        let keys = KeySet::read(
            br#"{"keys":[
                {"kty":"oct","kid":"secret","k":"AAAA"},
                {"kty":"EC","crv":"P-521","kid":"curve","x":"AA","y":"AA"},
                {"kty":"EC","crv":"P-256","kid":"short","x":"AA","y":"AA"},
                {"kty":"OKP","crv":"Ed25519","kid":"enc","use":"enc","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
                {"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
                {"nonsense":1},
                {"kty":"RSA","kid":"good","n":"AQAB","e":"AQAB"}
            ]}"#,
        )
        .unwrap();
        assert_eq!(keys.0.len(), 1);
        assert!(keys.find("good").is_some());
        assert_eq!(KeySet::read(b"[]"), None);
    }
}
