//! Doors for the targets in `fuzz/`; no other build has them.
//!
//! Each reads bytes with one decoder, past what a whole mail would have to be for them to get there.

use super::{
    apple, binhex, cms, contents, html, mapi, mbox, parsed, rtf, text::Text, uuencode, yenc,
};

/// What is mended of a mail is read as what it was mended to.
pub fn repair(bytes: &[u8]) {
    if let Some((message, _)) = parsed(bytes) {
        contents::of(message.root(), &mut Vec::new());
    }
}

pub fn tnef(bytes: &[u8]) {
    if let Some(message) = mapi::tnef::read(bytes) {
        repair(&mapi::eml::to_eml(&message));
    }
}

pub fn msg(bytes: &[u8]) {
    if let Some(message) = mapi::msg::read(bytes) {
        repair(&mapi::eml::to_eml(&message));
    }
}

pub fn uuencode(bytes: &[u8]) {
    uuencode::decode(bytes);
    if let Some(split) = uuencode::split(bytes) {
        assert!(split.text.len() < bytes.len());
    }
    yenc::seen(bytes);
}

pub fn binhex(bytes: &[u8]) {
    const ROOM: usize = 1 << 20;
    binhex::decode(bytes, ROOM, &mut Vec::new());
    if let Some(split) = binhex::split(bytes, ROOM) {
        assert!(split.files.iter().all(|file| file.bytes.len() <= ROOM));
    }
    apple::read(bytes);
}

pub fn cms(bytes: &[u8]) {
    cms::read(bytes);
    cms::read_detached(bytes, b"hej");
}

pub fn rtf(bytes: &[u8]) {
    if let Some(decompressed) = rtf::decompressed(bytes) {
        rtf::html(&decompressed.rtf);
    }
    rtf::html(bytes);
    rtf::text(bytes);
}

pub fn mbox(bytes: &[u8]) {
    mbox::is_mbox(bytes);
    let mails = mbox::split(bytes).mails;
    assert!(mails.iter().map(Vec::len).sum::<usize>() <= bytes.len());
}

/// The text of a page, and the page made safe.
pub fn html(page: &str) {
    let mut text = Text::default();
    html::read(page, &mut text);
    let mail = [
        b"From: a@x.example\r\nContent-Type: text/html; charset=utf-8\r\n\r\n",
        page.as_bytes(),
    ]
    .concat();
    let safe = super::readable(&mail, "Tidligere").html;
    let lower = safe.to_ascii_lowercase();
    assert!(!lower.contains("<script") && !lower.contains("<iframe") && !lower.contains("<form"));
}
