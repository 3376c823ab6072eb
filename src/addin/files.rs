//! The add-in's files as they were built, within the program. A file is found by its whole name or not at all: no path is
//! ever put together, so none can lead out of here.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use super::ICONS;

/// By `build.rs`; empty when the add-in was not built.
const BUILT: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/addin_files.rs"));

/// Whoever lists add-ins asks for their icons at every start.
const A_DAY: &str = "public, max-age=86400";
/// The name changes with what is in it.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";
/// Kept, but asked for each time whether it is still that.
const ASK_ANEW: &str = "no-cache";

#[derive(Clone)]
pub struct File {
    pub bytes: &'static [u8],
    pub media_type: &'static str,
    /// `Cache-Control`
    pub keep: &'static str,
    /// Weak: the same file is sent compressed in one way or another.
    pub etag: String,
}

impl File {
    pub fn is_page(&self) -> bool {
        self.media_type.starts_with("text/html")
    }
}

/// By its path beneath `/addin/`.
pub fn file(path: &str) -> Option<&'static File> {
    FILES.get(path)
}

/// Whether the add-in was there when the program was built.
pub fn is_built() -> bool {
    FILES.contains_key("taskpane.html")
}

static FILES: LazyLock<BTreeMap<String, File>> = LazyLock::new(|| {
    let icons = ICONS.iter().map(|(pixels, bytes)| {
        let path = format!("icons/icon-{pixels}.png");
        let file = new(&path, bytes, A_DAY);
        (path, file)
    });
    let built = BUILT.iter().map(|(path, bytes)| {
        let keep = if path.starts_with("assets/") {
            FOR_GOOD
        } else {
            ASK_ANEW
        };
        ((*path).to_owned(), new(path, bytes, keep))
    });
    icons.chain(built).collect()
});

fn new(path: &str, bytes: &'static [u8], keep: &'static str) -> File {
    let digest = hex::encode(&Sha256::digest(bytes)[..12]);
    File {
        bytes,
        media_type: media_type(path),
        keep,
        etag: format!("W/\"{digest}\""),
    }
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, kind)| kind) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_leads_elsewhere_names_nothing() {
        assert!(file("icons/icon-16.png").is_some());
        for path in [
            "",
            "/",
            "icons/../icons/icon-16.png",
            "./icons/icon-16.png",
            "../Cargo.toml",
            "/etc/passwd",
            "icons\\icon-16.png",
            "ICONS/icon-16.png",
        ] {
            assert!(file(path).is_none(), "{path}");
        }
    }
}
