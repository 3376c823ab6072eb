//! The Office add-in as the service sees it: what Office is told of it, and its files, which are served as they were built.
//!
//! `source` is the one description that `xml` (the add-in-only manifest) and `unified` (the manifest for Microsoft 365)
//! are made from. Nothing here listens, and nothing here knows of mails.

mod files;
mod source;
mod unified;
mod xml;

pub use files::{File, file, is_built};
pub use source::{Host, Installation, WrongHost, own_id};
pub use unified::{Package, package};
pub use xml::{MAX_BYTES, manifest};

macro_rules! icon {
    ($size:literal) => {
        (
            $size,
            include_bytes!(concat!("../../addin-manifest/icons/icon-", $size, ".png")),
        )
    };
}

/// Sizes in pixels that icons are kept in, each with its picture; drawn by `addin-manifest/icons/draw.mjs`.
pub const ICONS: &[(u32, &[u8])] = &[
    icon!(16),
    icon!(20),
    icon!(24),
    icon!(25),
    icon!(32),
    icon!(40),
    icon!(48),
    icon!(50),
    icon!(64),
    icon!(75),
    icon!(80),
    icon!(96),
    icon!(128),
    icon!(144),
    icon!(192),
];
