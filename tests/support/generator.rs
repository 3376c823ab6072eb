//! A mailbox of mixed mails and a case store to match, out of a seed: the same seed gives the same bytes.
//!
//! Shaped like a municipality's mail: most are short texts or HTML, a quarter carry files that make up nearly all of the
//! size, many belong to a thread, a few are copies. 20,000 of them are about 2.66 GB; one at a time is in memory.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

/// Files are cut out of one random pool, so that making them costs little.
const POOL_BYTES: usize = 8 << 20;
/// 2023-11-14; dates are told from the place in the mailbox, never from a clock.
const FIRST_SECOND: i64 = 1_700_000_000;

const WORDS: [&str; 64] = [
    "lokalplan",
    "byggesag",
    "tilladelse",
    "nabo",
    "høring",
    "carport",
    "tilbygning",
    "vej",
    "cykelsti",
    "støj",
    "klage",
    "ansøgning",
    "møde",
    "referat",
    "dagsorden",
    "udvalg",
    "borger",
    "skole",
    "daginstitution",
    "budget",
    "regnskab",
    "faktura",
    "aftale",
    "kontrakt",
    "tegning",
    "bilag",
    "frist",
    "svar",
    "kommunen",
    "afdelingen",
    "sagen",
    "ejendom",
    "matrikel",
    "spildevand",
    "affald",
    "genbrug",
    "vindmøller",
    "skov",
    "havn",
    "torvet",
    "rådhuset",
    "parkering",
    "aktindsigt",
    "journal",
    "rådgiver",
    "entreprenør",
    "tilsyn",
    "afgørelse",
    "dispensation",
    "varmepumpe",
    "grundvand",
    "vi",
    "har",
    "modtaget",
    "sender",
    "hermed",
    "og",
    "ikke",
    "med",
    "til",
    "fra",
    "om",
    "ved",
    "skal",
];
const FIRST_NAMES: [&str; 12] = [
    "Åse", "Lars", "Kirsten", "Bent", "Sofie", "Jørgen", "Mette", "Søren", "Birthe", "Jonas",
    "Inger", "Poul",
];
const LAST_NAMES: [&str; 12] = [
    "Nørgaard",
    "Østergaard",
    "Bak",
    "Krogh",
    "Rasmussen",
    "Lund",
    "Holm",
    "Dahl",
    "Iversen",
    "Vinther",
    "Kjær",
    "Højgaard",
];

/// A case in the form that `sagspost case import` reads.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct GeneratedCase {
    pub number: String,
    pub title: String,
    pub kle: String,
    pub responsible: String,
    pub parties: Vec<GeneratedParty>,
}

#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct GeneratedParty {
    pub kind: &'static str,
    pub name: String,
    pub mail: String,
}

/// Mails, oldest first.
pub fn mails(seed: u64, count: usize) -> impl Iterator<Item = Vec<u8>> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut pool = vec![0; POOL_BYTES];
    random.fill(pool.as_mut_slice());
    let mut before: Option<Vec<u8>> = None;
    (0..count).map(move |number| {
        // A copy of the mail before, as one that came to two people.
        if let Some(copy) = before.take().filter(|_| random.random_bool(0.03)) {
            return copy;
        }
        let mail = mail(number, &pool, &mut random);
        // Only small ones are kept for copying.
        before = (mail.len() < 64 << 10).then(|| mail.clone());
        mail
    })
}

/// Mails without files, for tests where their number matters and their size does not.
pub fn letters(seed: u64, count: usize) -> impl Iterator<Item = Vec<u8>> {
    let mut random = StdRng::seed_from_u64(seed);
    (0..count).map(move |number| mail(number, &[], &mut random))
}

/// Cases with people as parties, some of whom write the mails of the same seed.
pub fn cases(seed: u64, count: usize) -> impl Iterator<Item = GeneratedCase> {
    let mut random = StdRng::seed_from_u64(seed ^ 0x5a67);
    (0..count).map(move |number| {
        let person = person(&mut random);
        GeneratedCase {
            number: case_number(number),
            title: format!("{} {}", words(&mut random, 5), number % 90 + 1),
            kle: format!(
                "{:02}.{:02}.{:02}",
                random.random_range(0..90),
                random.random_range(0..40),
                random.random_range(0..20)
            ),
            responsible: format!("user{:02}", random.random_range(0..50)),
            parties: vec![GeneratedParty {
                kind: "person",
                name: person.name,
                mail: person.address,
            }],
        }
    })
}

fn case_number(number: usize) -> String {
    format!("2024-{:05}", number + 1)
}

struct Person {
    name: String,
    address: String,
}

fn person(random: &mut StdRng) -> Person {
    let first = FIRST_NAMES[random.random_range(0..FIRST_NAMES.len())];
    let last = LAST_NAMES[random.random_range(0..LAST_NAMES.len())];
    Person {
        name: format!("{first} {last}"),
        address: format!("p{}@borger.example", random.random_range(0..4000)),
    }
}

fn words(random: &mut StdRng, count: usize) -> String {
    let mut text = String::new();
    for place in 0..count {
        if place > 0 {
            text.push(if place % 12 == 0 { '\n' } else { ' ' });
        }
        text.push_str(WORDS[random.random_range(0..WORDS.len())]);
    }
    text
}

fn message_id(number: usize) -> String {
    format!("m{number}.generated@post.example")
}

fn mail(number: usize, pool: &[u8], random: &mut StdRng) -> Vec<u8> {
    let from = person(random);
    let subject = if random.random_bool(0.15) {
        format!(
            "{} sagsnr. {}",
            words(random, 3),
            case_number(random.random_range(0..20_000))
        )
    } else {
        words(random, 5)
    };
    let reply_to =
        (number > 20 && random.random_bool(0.4)).then(|| number - random.random_range(1..20));
    let seconds = FIRST_SECOND + number as i64 * 60;
    let date = chrono::DateTime::from_timestamp(seconds, 0)
        .map(|date| date.to_rfc2822())
        .unwrap_or_default();
    let encode = |text: &str| format!("=?utf-8?B?{}?=", STANDARD.encode(text));
    let mut head = format!(
        "Return-Path: <{address}>\r\nReceived: from mx.example by post.example with ESMTPS id {number:x}; {date}\r\nMessage-ID: <{id}>\r\nDate: {date}\r\n\
         From: {name} <{address}>\r\nTo: Teknik og =?utf-8?Q?Milj=C3=B8?= <teknik@kommune.example>\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n",
        address = from.address,
        id = message_id(number),
        name = encode(&from.name),
        subject = encode(&format!(
            "{}{subject}",
            if reply_to.is_some() { "SV: " } else { "" }
        )),
    );
    if let Some(answered) = reply_to {
        let id = message_id(answered);
        head.extend(["In-Reply-To: <", &id, ">\r\nReferences: <", &id, ">\r\n"]);
    }
    let count = random.random_range(150..900);
    let text = words(random, count).replace('\n', "\r\n");
    let boundary = format!("=_{number:08x}");
    let plain = format!(
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n"
    );
    let body = if random.random_bool(0.5) {
        let html = text.replace(
            "\r\n",
            "</p>\r\n<p class=\"MsoNormal\" style=\"margin:0cm;font-family:Calibri\">",
        );
        format!(
            "Content-Type: multipart/alternative; boundary=\"a{boundary}\"\r\n\r\n--a{boundary}\r\n{plain}--a{boundary}\r\n\
             Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n<html><body><p>{html}</p></body></html>\r\n--a{boundary}--\r\n"
        )
    } else {
        plain
    };
    let files = if !pool.is_empty() && random.random_bool(0.25) {
        random.random_range(1..=2)
    } else {
        0
    };
    if files == 0 {
        head.push_str(&body);
        return head.into_bytes();
    }
    let mut out = format!(
        "{head}Content-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\n{body}"
    )
    .into_bytes();
    for file in 0..files {
        out.extend_from_slice(
            format!(
                "--{boundary}\r\nContent-Type: application/pdf; name=\"scan{file:03}.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\
                 Content-Disposition: attachment; filename=\"scan{file:03}.pdf\"\r\n\r\n"
            )
            .as_bytes(),
        );
        attach(&mut out, pool, random);
    }
    out.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    out
}

/// 50 kB to 5 MB once encoded, small ones far more often.
fn attach(out: &mut Vec<u8>, pool: &[u8], random: &mut StdRng) {
    let share: f64 = random.random();
    let bytes = (37_500.0 * 100_f64.powf(share.powi(5))) as usize;
    let start = random.random_range(0..pool.len() - bytes);
    let encoded = STANDARD.encode(&pool[start..start + bytes]);
    for line in encoded.as_bytes().chunks(76) {
        out.extend_from_slice(line);
        out.extend_from_slice(b"\r\n");
    }
}
