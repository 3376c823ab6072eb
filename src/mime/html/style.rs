//! What an element's own style says (CSS Style Attributes), as far as reading needs it.

/// The declarations: names in lower case, values without `!important`.
pub(super) fn declarations(style: &str) -> impl Iterator<Item = (String, &str)> {
    style.split(';').filter_map(|declaration| {
        let (name, value) = declaration.split_once(':')?;
        let value = value
            .rsplit_once('!')
            .filter(|(_, word)| word.trim().eq_ignore_ascii_case("important"))
            .map_or(value, |(value, _)| value);
        Some((name.trim().to_ascii_lowercase(), value.trim()))
    })
}

/// What a style says of its element; `None` where it says nothing.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is another property")]
pub(super) struct Said {
    /// Neither the element nor anything within it is shown.
    pub gone: bool,
    /// An element within may be seen again.
    pub invisible: Option<bool>,
    /// Letters too small to read, as in the hidden first line of newsletters; an element within may be larger.
    pub tiny: Option<bool>,
    /// A line above, as Outlook draws it before the mail that was answered.
    pub line_above: bool,
    /// Spaces that only push to the right: a quotation has a line of its own.
    pub no_border: bool,
    /// Word's bullet or number of a list item.
    pub is_word_marker: bool,
    /// How deep in Word's lists.
    pub word_level: Option<usize>,
    pub keeps_spaces: bool,
}

pub(super) fn said(style: &str) -> Said {
    let mut said = Said::default();
    for (name, value) in declarations(style) {
        let is = |word: &str| value.eq_ignore_ascii_case(word);
        match name.as_str() {
            "display" => said.gone |= is("none"),
            "visibility" => said.invisible = Some(is("hidden") || is("collapse")),
            "opacity" | "max-height" => said.gone |= number(value) == Some(0.0),
            "font-size" => {
                said.tiny = Some(number(value).is_some_and(|size| {
                    size <= 0.0 || (size <= 1.0 && value.ends_with(['x', 'X', 't', 'T']))
                }));
            }
            "border" if is("none") || number(value) == Some(0.0) => {
                said.no_border = true;
            }
            "border-top" if !is("none") && number(value) != Some(0.0) => said.line_above = true,
            "border-left" => said.no_border = false,
            "mso-list" if is("ignore") => said.is_word_marker = true,
            "mso-list" => said.word_level = word_level(value),
            "white-space" => said.keeps_spaces = is("pre") || is("pre-wrap"),
            _ => (),
        }
    }
    said
}

/// The number that a value begins with.
fn number(value: &str) -> Option<f32> {
    let end = value
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(value.len());
    value.get(..end)?.parse().ok()
}

/// `l0 level2 lfo1`
fn word_level(value: &str) -> Option<usize> {
    value
        .split_ascii_whitespace()
        .find_map(|word| word.strip_prefix("level")?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_shown_is_known_by_its_style() {
        for style in [
            "display:none",
            " DISPLAY : None !important",
            "color:#fff;opacity:0",
            "max-height:0px;overflow:hidden",
        ] {
            assert!(said(style).gone, "{style}");
        }
        assert!(!said("display:block;max-height:100%;opacity:0.5").gone);
        assert_eq!(said("visibility:hidden").invisible, Some(true));
        for (size, tiny) in [
            ("0", true),
            ("0px", true),
            ("1px", true),
            ("1em", false),
            ("13px", false),
        ] {
            assert_eq!(
                said(&format!("font-size:{size}")).tiny,
                Some(tiny),
                "{size}"
            );
        }
    }
}
