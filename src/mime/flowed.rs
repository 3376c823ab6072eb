//! Text that was broken into lines for the way only (RFC 3676, `format=flowed`).

/// The text with its paragraphs whole again; quoted lines join those of the same depth alone.
pub(super) fn joined(text: &str, del_sp: bool) -> String {
    let mut out = String::with_capacity(text.len());
    // Depth of the quotation that the line before, which flows on, stands in.
    let mut flowing = None;
    for line in text.lines() {
        let unquoted = line.trim_start_matches('>');
        let depth = line.len() - unquoted.len();
        // A space is stuffed before lines that would look quoted.
        let words = unquoted.strip_prefix(' ').unwrap_or(unquoted);
        let is_signature = words == "-- ";
        if flowing == Some(depth) && !is_signature {
            out.push_str(words);
        } else {
            if flowing.is_some() {
                out.push('\n');
            }
            let quotation = line.get(..depth).unwrap_or_default();
            out.push_str(quotation);
            if depth > 0 {
                out.push(' ');
            }
            out.push_str(words);
        }
        flowing = (words.ends_with(' ') && !is_signature).then_some(depth);
        if flowing.is_none() {
            out.push('\n');
        } else if del_sp {
            out.pop();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn soft_line_ends_go_and_all_others_stay() {
        for (text, expected) in [
            (
                "Det \r\nskete i nat.\r\nHilsen\r\n",
                "Det skete i nat.\nHilsen\n",
            ),
            ("> Det \n> skete \nJa", "> Det skete \nJa\n"),
            (" > ikke citat", "> ikke citat\n"),
            ("Hilsen \n-- \nInge", "Hilsen \n-- \nInge\n"),
            ("a\n\nb", "a\n\nb\n"),
        ] {
            assert_eq!(joined(text, false), expected, "{text}");
        }
        assert_eq!(joined("rød \ngrød", true), "rødgrød\n");
    }
}
