//! Mails that somebody made to hurt: each is read within bounds, says what was not read, and gives up what it holds.
//!
//! A debug build is slow, so most are smaller here than what must be survived; `make bench-mime` reads them whole.

use std::{process::Command, thread};

use sagspost::{
    domain::mail::{Attachment, Mail},
    mime,
};

use crate::{
    growth::assert_linear,
    support::hostile::{self, SHAPES, Shape},
};

/// What threads have that read mails.
const STACK_BYTES: usize = 2 << 20;

/// Parts, addresses and bytes of text that are read of one mail.
const MAX_PARTS: usize = 10_000;
const MAX_ADDRESSES: usize = 5_000;
const MAX_TEXT_BYTES: usize = 10 << 20;

#[test]
fn time_grows_with_the_mail_alone() {
    for shape in SHAPES.iter().filter(|shape| shape.full > 1_000) {
        let mail = |size| shape.mail(size);
        assert_linear(shape.name, shape.full / 640, mail, |raw| {
            mime::parse(raw);
        });
    }
}

#[test]
fn what_is_read_is_bounded_and_what_is_listed_comes_out() {
    for shape in SHAPES {
        let raw = shape.mail(size(shape));
        let name = shape.name;
        on_a_small_stack(move || {
            let mail = mime::parse(&raw);
            assert!(mail.text.len() <= MAX_TEXT_BYTES, "{name}");
            assert!(mail.attachments.len() <= MAX_PARTS + 1, "{name}");
            for field in [&mail.from, &mail.to, &mail.cc, &mail.bcc] {
                assert!(field.len() <= MAX_ADDRESSES, "{name}");
            }
            let ends = [0, mail.attachments.len().saturating_sub(1)];
            for index in ends {
                if let Some(listed) = mail.attachments.get(index) {
                    comes_out(&raw, index, listed, name);
                }
            }
            mime::readable(&raw, "Tidligere");
        });
    }
}

fn comes_out(raw: &[u8], index: usize, listed: &Attachment, name: &str) {
    let (found, bytes) = mime::attachment(raw, &[index]).unwrap_or_else(|| panic!("{name}"));
    assert_eq!(found.sha256, listed.sha256, "{name}");
    assert_eq!(bytes.len() as u64, listed.size, "{name}");
}

#[test]
fn what_is_not_read_is_said() {
    for (name, size, code) in [
        ("a header of one line", 2_000_000, "header_cut"),
        ("a header of one line", 2_000_000, "subject_cut"),
        ("fields without end", 200_000, "header_cut"),
        ("subjects", 10, "header_twice"),
        ("addresses", 10_000, "too_many_addresses"),
        ("brackets that do not close", 10_000, "too_many_addresses"),
        ("parts", 20_000, "too_many_parts"),
        ("parts of nothing", 20_000, "too_many_parts"),
        ("parts without a header", 10_000, "header_unended"),
        ("parts that are unsaid", 100, "boundary_guessed"),
        ("parts with odd encodings", 100, "encoding_unclear"),
        ("parts within each other", 10_000, "too_many_parts"),
        ("mails side by side", 5_000, "too_deep"),
        ("signed wrappers", 12, "wrapper_too_large"),
        ("a text", 30_000_000, "text_cut"),
        ("signed texts side by side", 16, "text_cut"),
        ("TNEF attachments", 20_000, "outlook_too_large"),
        ("TNEF within each other", 20, "outlook_too_large"),
        ("TNEF that claims", 100, "outlook_truncated"),
        ("files written into a text", 2_000, "uuencode_too_many"),
        ("BinHex that expands, side by side", 4, "binhex_too_much"),
    ] {
        let mail = mime::parse_undigested(&hostile::named(name).mail(size));
        assert!(says(&mail, code), "{name}: {:?}", mail.warnings);
    }
}

/// As `sagspost parse` is called on a file that nobody trusts.
#[test]
fn a_process_with_little_memory_reads_them() {
    let folder = tempfile::tempdir().unwrap();
    for (name, size) in [
        ("a header of one line", 50_000_000),
        ("fields without end", 1_000_000),
        ("parts", 1_000_000),
        ("parts within each other", 100_000),
        ("mails within each other", 100_000),
        ("mails and parts within each other", 100_000),
        ("mails in base64 within each other", 10),
        ("a text of one line", 100_000_000),
        ("TNEF with RTF that expands", 1_000_000),
        ("BinHex that expands, side by side", 4),
    ] {
        let file = folder.path().join("mail.eml");
        std::fs::write(&file, hostile::named(name).mail(size)).unwrap();
        let output = Command::new("bash")
            .args(["-c", "ulimit -v 600000 && exec \"$0\" parse \"$1\""])
            .arg(env!("CARGO_BIN_EXE_sagspost"))
            .arg(&file)
            .output()
            .unwrap();
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name}: {message}");
        assert!(
            serde_json::from_slice::<serde_json::Value>(&output.stdout).is_ok(),
            "{name}"
        );
    }
}

fn says(mail: &Mail, code: &str) -> bool {
    mail.warnings.iter().any(|warning| warning.code == code)
}

/// Few of those that are large each.
fn size(shape: &Shape) -> usize {
    if shape.full > 1_000 {
        shape.full / 160
    } else {
        shape.full.min(10)
    }
}

fn on_a_small_stack(read: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new().stack_size(STACK_BYTES).spawn(read);
    if let Err(panic) = thread.unwrap().join() {
        std::panic::resume_unwind(panic);
    }
}
