//! What a picture says in words, when its author wrote some.

use super::attributes::{Attributes, decoded};

const MAX_ALT_CHARS: usize = 300;
/// Words that name a picture and say nothing of it; Outlook and Gmail write such by themselves.
const EMPTY_WORDS: [&str; 14] = [
    "image",
    "inline image",
    "picture",
    "billede",
    "foto",
    "photo",
    "logo",
    "icon",
    "ikon",
    "spacer",
    "banner",
    "automatisk genereret",
    "automatically generated",
    "ai-genereret",
];

/// In brackets, or as it is when it stands for a letter, as emoji do.
pub(super) fn told(image: &Attributes<'_>) -> Option<String> {
    let alt = decoded(image.alt?);
    let alt = alt.split_whitespace().collect::<Vec<_>>().join(" ");
    if alt.is_empty() || is_pixel(image) || is_empty_of_meaning(&alt.to_lowercase()) {
        return None;
    }
    if !alt.chars().any(char::is_alphanumeric) {
        return (alt.chars().count() <= 8 && !alt.is_ascii()).then_some(alt);
    }
    let alt: String = alt.chars().take(MAX_ALT_CHARS).collect();
    Some(format!("[{alt}]"))
}

/// Nobody sees it: it counts readers, or keeps a place.
fn is_pixel(image: &Attributes<'_>) -> bool {
    [image.width, image.height]
        .into_iter()
        .flatten()
        .any(|size| matches!(size.trim().trim_end_matches("px"), "0" | "1"))
}

fn is_empty_of_meaning(alt: &str) -> bool {
    let is_file = [
        ".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".svg", ".emz", ".wmz",
    ]
    .iter()
    .any(|ending| alt.ends_with(ending));
    let bare = alt.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_whitespace() || c == '.');
    is_file
        || bare.is_empty()
        || EMPTY_WORDS.contains(&bare)
        || bare.ends_with(" logo")
        || bare.ends_with("logo") && !bare.contains(' ')
        || [
            "automatisk genereret",
            "automatically generated",
            "ai-genereret",
            "ai-generated",
        ]
        .iter()
        .any(|words| alt.contains(words))
}
