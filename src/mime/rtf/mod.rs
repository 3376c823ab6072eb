//! RTF: to the text a reader sees, and to the HTML that Outlook hides in it.
//!
//! One pass over the bytes, bounded in depth and output; pictures, objects and fields are never opened. Sources: RTF 1.9.1,
//! MS-OXRTFEX (HTML within RTF), MS-OXRTFCP (compression).

mod compressed;
mod document;
mod font;
mod token;

pub(super) use compressed::decompressed;
use document::{Document, Mode};

/// Text that is kept; what people write is far shorter.
const MAX_TEXT_BYTES: usize = 10 * 1024 * 1024;
/// HTML has more markup than text.
const MAX_HTML_BYTES: usize = 2 * MAX_TEXT_BYTES;
const MAX_TITLE_BYTES: usize = 1_000;
/// RTF that holds HTML says so among its first words.
const HEAD_BYTES: usize = 1_024;

/// What a document says.
#[derive(Debug, Default, PartialEq)]
pub struct RtfText {
    /// LF line ends; cells of a table lie behind tabs.
    pub text: String,
    /// As the document's properties name it.
    pub title: Option<String>,
    /// The text is longer than what is kept of it.
    pub cut: bool,
}

/// The text of any bytes; empty when there is none in them.
pub fn text(rtf: &[u8]) -> RtfText {
    let document = Document::read(rtf, Mode::Text, MAX_TEXT_BYTES);
    let title = document.title.trim();
    RtfText {
        title: (!title.is_empty())
            .then(|| title[..title.floor_char_boundary(MAX_TITLE_BYTES)].to_owned()),
        text: document.out.trim_matches(['\n', ' ', '\t']).to_owned(),
        cut: document.cut,
    }
}

/// The HTML that the RTF was made of; `None` when it was not made of HTML.
pub(super) fn html(rtf: &[u8]) -> Option<String> {
    const MARK: &[u8] = b"\\fromhtml1";
    let head = rtf.get(..HEAD_BYTES).unwrap_or(rtf);
    head.windows(MARK.len())
        .any(|word| word == MARK)
        .then(|| Document::read(rtf, Mode::Html, MAX_HTML_BYTES).out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::growth::assert_linear;

    fn read(body: &str) -> String {
        let rtf = format!(
            "{{\\rtf1\\ansi\\ansicpg1252\\deff0{{\\fonttbl{{\\f0\\fnil\\fcharset0 Arial;}}\
             {{\\f1\\fcharset204 Arial Cyr;}}{{\\f2\\fcharset128 MS Mincho;}}{{\\f3\\fcharset2 Symbol;}}}}\
             {{\\colortbl;\\red0\\green0\\blue0;}}{{\\stylesheet{{\\s0 Normal;}}}}\
             {{\\info{{\\title H\\'f8ring}}{{\\author Inge}}}}\\pard {body}}}"
        );
        let read = text(rtf.as_bytes());
        assert_eq!(read.title.as_deref(), Some("Høring"));
        assert!(!read.cut);
        read.text
    }

    #[test]
    fn letters_are_read_by_the_code_page_of_their_font() {
        for (body, expected) in [
            ("K\\'e6re B\\'f8rge", "Kære Børge"),
            ("\\f1 \\'cf\\'f0\\f0  \\'e6", "Пр æ"),
            ("{\\f1\\'cf}\\'e6", "Пæ"),
            ("\\f2\\'82\\'b1\\'83A", "こア"),
            ("\\f3\\'b7\\f0  a", "• a"),
            (
                "a\\~b\\_c\\-d \\endash  \\ldblquote e\\rdblquote",
                "a\u{a0}b-cd – “e”",
            ),
            ("\\{\\}\\\\", "{}\\"),
        ] {
            assert_eq!(read(body), expected, "{body}");
        }
    }

    #[test]
    fn unicode_letters_replace_what_stands_for_them() {
        for (body, expected) in [
            ("bl\\u229\\'e5b\\u230 ?r", "blåbær"),
            ("\\uc2\\u229 xxb\\uc0\\u230 r", "åbær"),
            ("{\\uc0\\u229 }\\u230?", "åæ"),
            ("\\u-10179?\\u-8704?", "😀"),
            ("\\u8211\\endash !", "–!"),
            ("\\upr", ""),
            ("{\\upr{ab}{\\*\\ud{\\u229 ?}}}", "å"),
        ] {
            assert_eq!(read(body), expected, "{body}");
        }
    }

    #[test]
    fn lines_and_cells_stand_apart() {
        for (body, expected) in [
            ("a\\par b\\line c\\\nd", "a\nb\nc\nd"),
            ("a\\tab b", "a\tb"),
            (
                "\\trowd a\\cell b\\cell\\row c\\cell d\\cell\\row",
                "a\tb\nc\td",
            ),
            ("{\\listtext\\f3\\'b7\\tab}Plan\\par", "•\tPlan"),
            ("a\r\nb", "ab"),
        ] {
            assert_eq!(read(body), expected, "{body}");
        }
    }

    #[test]
    fn what_no_reader_sees_is_left_out() {
        for body in [
            "a{\\pict\\pngblip 89504e47}b",
            "a{\\*\\ukendt x}b",
            "a{\\v hemmeligt}b",
            "a{\\object{\\*\\objdata 0102}{\\result b}}",
            "{\\field{\\*\\fldinst HYPERLINK \"http://x.example\"}{\\fldrslt ab}}",
            "a\\bin3 }}}b",
            "a{\\deleted x}b",
            "a{\\footer Side}b",
        ] {
            assert_eq!(read(body), "ab", "{body}");
        }
    }

    #[test]
    fn text_boxes_are_read() {
        assert_eq!(
            read("{\\shp{\\*\\shpinst{\\sp{\\sn x}{\\sv 1}}{\\shptxt Boks}}{\\shprslt x}}"),
            "Boks"
        );
    }

    #[test]
    fn html_within_comes_out_as_it_went_in() {
        let rtf = "{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 \\deff0{\\fonttbl{\\f0\\fswiss Arial;}{\\f1\\fcharset204 Cyr;}}\r\n\
            {\\*\\htmltag19 <html>}{\\*\\htmltag50 <body>}\\htmlrtf \\lang1033 skjult\\htmlrtf0 \
            {\\*\\htmltag64 <p class=\"x\">}\\htmlrtf {\\htmlrtf0 K\\'e6re {\\*\\htmltag84 &lt;}\\f1\\'cf\\f0\
            {\\*\\htmltag84 <b title=\"\\'e5\\{\">}\\htmlrtf {\\b \\htmlrtf0 B\\u248 ?rge\\htmlrtf }\\htmlrtf0 {\\*\\htmltag92 </b>}\
            {\\*\\mhtmltag84 <x>}\\tab -\\par }\\htmlrtf }\\htmlrtf0{\\*\\htmltag58 </body>}}";
        assert_eq!(
            html(rtf.as_bytes()).as_deref(),
            Some("<html><body><p class=\"x\">Kære &lt;П<b title=\"å{\">Børge</b>\t-\n</body>")
        );
        assert_eq!(html(b"{\\rtf1\\ansi hej}"), None);
    }

    #[test]
    fn the_time_grows_with_the_document_alone() {
        for run in [
            "{",
            "}",
            "{\\f1\\'e6",
            "\\u1",
            "\\",
            "\\'",
            "{\\*\\x ",
            "\\f1\\'e6\\f2\\'e6",
            "\\pc\\'e6\\par",
            "\\bin999999999 ",
            "{\\fonttbl\\f1\\fcharset1 ",
            "\\uc999999 \\u1 ",
        ] {
            let plain = |n| format!("{{\\rtf1 {}", run.repeat(n));
            assert_linear(run, 3_000, plain, |rtf| {
                text(rtf.as_bytes());
            });
            let from_html = |n| format!("{{\\rtf1\\fromhtml1 {}", run.repeat(n));
            assert_linear(run, 3_000, from_html, |rtf| {
                html(rtf.as_bytes());
            });
        }
    }

    #[test]
    fn a_text_without_end_is_cut() {
        let rtf = format!("{{\\rtf1 {}", "hej ".repeat(MAX_TEXT_BYTES / 3));
        let read = text(rtf.as_bytes());
        assert!(read.cut && read.text.len() <= MAX_TEXT_BYTES);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_are_too_strange(
            words in proptest::collection::vec(0usize..24, 0..200),
            noise in proptest::collection::vec(proptest::num::u8::ANY, 0..50),
        ) {
            const WORDS: [&[u8]; 24] = [
                b"{", b"}", b"\\u", b"\\u-3 ", b"\\'", b"\\'e", b"\\'e6", b"\\*", b"\\htmltag1 ", b"\\htmlrtf",
                b"\\fonttbl", b"\\f1", b"\\fcharset128", b"\\bin", b"\\bin5 ", b"\\uc-1", b"\\upr", b"\\title ",
                b"\\info", b"\\ansicpg65001 ", b"\xe6", b"\\par", b"\\u55357 ", b"\\",
            ];
            let mut rtf = b"{\\rtf1\\fromhtml1".to_vec();
            for word in words {
                rtf.extend(WORDS[word]);
            }
            rtf.extend(&noise);
            text(&rtf);
            html(&rtf);
            text(&noise);
            decompressed(&noise);
        }
    }
}
