//! The generator of the benchmarks' mailbox.

use sha2::{Digest as _, Sha256};

use crate::support::generator;

fn digest(seed: u64) -> Vec<u8> {
    let mut hasher = Sha256::new();
    for mail in generator::mails(seed, 200) {
        hasher.update(&mail);
    }
    hasher.finalize().to_vec()
}

#[test]
fn the_same_seed_gives_the_same_mails_and_another_gives_others() {
    assert_eq!(digest(1), digest(1));
    assert_ne!(digest(1), digest(2));
}

#[test]
fn twenty_thousand_mails_would_be_about_as_large_as_the_mailbox_that_was_measured() {
    let sample: usize = generator::mails(1, 1000).map(|mail| mail.len()).sum();
    let gigabytes = sample as f64 * 20.0 / 1e9;
    assert!((2.2..3.2).contains(&gigabytes), "{gigabytes} GB");
}

#[test]
fn generated_mails_are_read_without_a_warning() {
    for raw in generator::mails(3, 100) {
        let mail = sagspost::mime::parse(&raw);
        assert!(mail.warnings.is_empty(), "{:?}", mail.warnings);
        assert!(mail.message_id.is_some() && !mail.text.is_empty());
    }
}

#[test]
fn generated_cases_have_numbers_of_their_own() {
    let numbers: std::collections::HashSet<String> =
        generator::cases(1, 500).map(|case| case.number).collect();
    assert_eq!(numbers.len(), 500);
}
