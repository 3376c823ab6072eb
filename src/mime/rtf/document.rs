//! A document of RTF read from front to back.
//!
//! Text is written to one place, whatever the mode; what differs is which groups are seen: in HTML within RTF the markup
//! stands in groups of its own, and what a reader of the RTF sees of it is marked as such.

use super::{
    font::{Fonts, Letters, sign},
    token::{Token, Tokens},
};
use crate::mime::code_page;

/// Groups within each other; deeper ones are read as if they were one.
const MAX_DEPTH: usize = 1_000;
/// Word writes 1 or 2.
const MAX_UNICODE_SKIP: i32 = 100;
const MAX_TITLE_LETTERS: usize = 1_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Text,
    Html,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Destination {
    Body,
    /// Markup within RTF.
    Tag,
    FontTable,
    Info,
    Title,
    /// Text that is told twice: first in a code page, then in Unicode.
    Twice,
    Skipped,
}

/// What holds until the group ends.
#[derive(Clone, Copy, Debug)]
struct Group {
    destination: Destination,
    letters: Letters,
    /// Letters that stand for one in Unicode.
    unicode_skip: u32,
    hidden: bool,
    /// What a reader of the RTF sees in place of markup.
    instead_of_html: bool,
    /// Items of a list are marked by signs whatever their letters.
    list_mark: bool,
}

impl Group {
    const FIRST: Self = Self {
        destination: Destination::Body,
        letters: Letters::Default,
        unicode_skip: 1,
        hidden: false,
        instead_of_html: false,
        list_mark: false,
    };
}

pub(super) struct Document {
    pub out: String,
    pub title: String,
    pub cut: bool,
    mode: Mode,
    max_bytes: usize,
    group: Group,
    outer: Vec<Group>,
    /// Open groups that are read as one.
    too_deep: usize,
    fonts: Fonts,
    default_font: i32,
    code_page: u16,
    /// Bytes of letters that wait for all of theirs, and for whom they are.
    pending: Vec<u8>,
    /// The first half of a letter in UTF-16.
    half: Option<u16>,
    /// Letters to leave out, as they stand for one that was read.
    to_skip: u32,
    /// `\*` stood before the word to come.
    optional: bool,
}

impl Document {
    pub(super) fn read(rtf: &[u8], mode: Mode, max_bytes: usize) -> Self {
        let mut document = Self {
            out: String::new(),
            title: String::new(),
            cut: false,
            mode,
            max_bytes,
            group: Group::FIRST,
            outer: Vec::new(),
            too_deep: 0,
            fonts: Fonts::default(),
            default_font: 0,
            code_page: code_page::WESTERN,
            pending: Vec::new(),
            half: None,
            to_skip: 0,
            optional: false,
        };
        for token in Tokens::new(rtf) {
            document.token(token);
            if document.cut {
                break;
            }
        }
        document.flush();
        document
    }

    fn token(&mut self, token: Token<'_>) {
        match token {
            Token::Open => self.open(),
            Token::Close => self.close(),
            Token::Word(word, number) => {
                let optional = std::mem::take(&mut self.optional);
                self.word(word, number, optional);
            }
            Token::Symbol(b'*') => self.optional = true,
            Token::Symbol(symbol) => self.symbol(symbol),
            Token::Byte(byte) => self.bytes(&[byte]),
            Token::Text(text) => self.bytes(text),
        }
    }

    fn open(&mut self) {
        self.flush();
        self.to_skip = 0;
        if self.outer.len() >= MAX_DEPTH {
            self.too_deep += 1;
            return;
        }
        self.outer.push(self.group);
        if self.group.destination == Destination::Twice {
            self.group.destination = Destination::Skipped;
        }
    }

    fn close(&mut self) {
        self.flush();
        self.to_skip = 0;
        if self.too_deep > 0 {
            self.too_deep -= 1;
        } else if let Some(outer) = self.outer.pop() {
            self.group = outer;
        }
    }

    fn word(&mut self, word: &[u8], number: Option<i32>, optional: bool) {
        let on = number != Some(0);
        if let Some(letter) = letter(word) {
            self.letter(letter);
            return;
        }
        match word {
            b"u" => self.unicode(number.unwrap_or_default()),
            b"uc" => {
                let skip = number.unwrap_or(1).clamp(0, MAX_UNICODE_SKIP);
                self.group.unicode_skip = skip.unsigned_abs();
            }
            b"par" | b"line" | b"sect" | b"page" | b"row" | b"nestrow" | b"softline" => self.line(),
            b"f" if self.group.destination == Destination::FontTable => {
                self.fonts.begin(number.unwrap_or_default());
            }
            b"fcharset" => self.fonts.charset(number.unwrap_or(1)),
            b"cpg" => self.fonts.code_page(number.unwrap_or_default()),
            b"f" => self.font(number.unwrap_or_default()),
            b"plain" => {
                self.font(self.default_font);
                self.group.hidden = false;
            }
            b"deff" => self.default_font = number.unwrap_or_default(),
            b"ansicpg" => {
                if let Some(code_page @ 1..) = number.and_then(|number| u16::try_from(number).ok())
                {
                    self.code_page = code_page;
                }
            }
            b"mac" => self.code_page = code_page::MACINTOSH,
            b"pc" => self.code_page = code_page::DOS_US,
            b"pca" => self.code_page = code_page::DOS_LATIN,
            b"v" | b"deleted" => {
                self.flush();
                self.group.hidden = on;
            }
            b"htmlrtf" => {
                self.flush();
                self.group.instead_of_html = on;
            }
            _ => self.destination(word, optional),
        }
    }

    /// Words that say what their group is.
    fn destination(&mut self, word: &[u8], optional: bool) {
        let is_html = self.mode == Mode::Html;
        let now = self.group.destination;
        let destination = match word {
            b"htmltag" if is_html && optional && now != Destination::Skipped => {
                self.flush();
                self.group.letters = Letters::Default;
                self.group.instead_of_html = false;
                Destination::Tag
            }
            b"fonttbl" => Destination::FontTable,
            b"info" => Destination::Info,
            b"title" if now == Destination::Info => Destination::Title,
            b"upr" if now != Destination::Skipped => Destination::Twice,
            // Within the group that tells the same in a code page first.
            b"ud" if optional && self.is_told_twice() => Destination::Body,
            b"listtext" | b"pntext" if !is_html => {
                self.group.list_mark = true;
                return;
            }
            b"shpinst" => return,
            _ if optional || is_skipped(word) => Destination::Skipped,
            _ => return,
        };
        self.flush();
        // What lies within a group that is skipped is skipped too.
        if now != Destination::Skipped || destination == Destination::Body {
            self.group.destination = destination;
        }
    }

    fn is_told_twice(&self) -> bool {
        self.outer
            .last()
            .is_some_and(|outer| outer.destination == Destination::Twice)
    }

    fn font(&mut self, font: i32) {
        let mut letters = self.fonts.letters(font);
        // Fonts of the West within a document of the East have its letters too.
        if letters == Letters::CodePage(code_page::WESTERN)
            && code_page::is_multi_byte(self.code_page)
        {
            letters = Letters::Default;
        }
        if letters != self.group.letters {
            self.flush();
            self.group.letters = letters;
        }
    }

    fn symbol(&mut self, symbol: u8) {
        match symbol {
            b'~' => self.letter('\u{a0}'),
            b'_' => self.letter(if self.mode == Mode::Html {
                '\u{2011}'
            } else {
                '-'
            }),
            b'\\' | b'{' | b'}' => self.bytes(&[symbol]),
            b'\r' | b'\n' => self.line(),
            b'\t' => self.letter('\t'),
            _ => (),
        }
    }

    fn bytes(&mut self, bytes: &[u8]) {
        let skipped = bytes
            .len()
            .min(usize::try_from(self.to_skip).unwrap_or_default());
        self.to_skip -= u32::try_from(skipped).unwrap_or_default();
        if self.is_seen() {
            self.pending
                .extend(bytes.get(skipped..).unwrap_or_default());
        }
    }

    fn unicode(&mut self, number: i32) {
        self.flush();
        self.to_skip = self.group.unicode_skip;
        if !self.is_seen() {
            return;
        }
        // Numbers above 32767 are written as negative ones.
        let unit = number & 0xffff;
        let half = self.half.take();
        let Ok(unit) = u16::try_from(unit) else {
            return;
        };
        match unit {
            0xd800..=0xdbff => self.half = Some(unit),
            0xdc00..=0xdfff => {
                let pair = half.and_then(|half| char::decode_utf16([half, unit]).next()?.ok());
                self.push(pair.unwrap_or('\u{fffd}'));
            }
            // Where fonts of signs keep theirs.
            0xf020..=0xf0ff => self.push(sign((unit & 0xff) as u8)),
            _ => self.push(char::from_u32(u32::from(unit)).unwrap_or('\u{fffd}')),
        }
    }

    /// A letter that has a word for it.
    fn letter(&mut self, letter: char) {
        if self.to_skip > 0 {
            self.to_skip -= 1;
        } else if self.is_seen() {
            self.flush();
            self.push(letter);
        }
    }

    fn line(&mut self) {
        self.flush();
        self.to_skip = 0;
        if !self.is_seen() {
            return;
        }
        if self.mode == Mode::Text && self.group.destination == Destination::Body {
            let end = self.out.trim_end_matches([' ', '\t']).len();
            self.out.truncate(end);
        }
        self.push('\n');
    }

    fn is_seen(&self) -> bool {
        let group = &self.group;
        match group.destination {
            Destination::Body => {
                let is_unseen = match self.mode {
                    Mode::Text => group.hidden,
                    Mode::Html => group.instead_of_html,
                };
                !is_unseen
            }
            Destination::Tag | Destination::Title => true,
            _ => false,
        }
    }

    /// Writes the letters that are whole now.
    fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.pending);
        let text = match self.group.letters {
            Letters::Signs if self.group.list_mark => "•".to_owned(),
            Letters::Signs => bytes.iter().map(|byte| sign(*byte)).collect(),
            Letters::Default => code_page::decoded(&bytes, self.code_page),
            Letters::CodePage(code_page) => code_page::decoded(&bytes, code_page),
        };
        self.half = None;
        self.push_str(&text);
        self.pending = bytes;
        self.pending.clear();
    }

    fn push(&mut self, letter: char) {
        self.push_str(letter.encode_utf8(&mut [0; 4]));
    }

    fn push_str(&mut self, text: &str) {
        if self.group.destination == Destination::Title {
            if self.title.len() < MAX_TITLE_LETTERS {
                self.title.push_str(text);
            }
            return;
        }
        let room = self.max_bytes.saturating_sub(self.out.len());
        let kept = text
            .get(..text.floor_char_boundary(room))
            .unwrap_or_default();
        self.out.push_str(kept);
        self.cut |= kept.len() < text.len();
    }
}

fn letter(word: &[u8]) -> Option<char> {
    Some(match word {
        b"tab" | b"cell" | b"nestcell" => '\t',
        b"emdash" => '—',
        b"endash" => '–',
        b"lquote" => '‘',
        b"rquote" => '’',
        b"ldblquote" => '“',
        b"rdblquote" => '”',
        b"bullet" => '•',
        b"emspace" | b"enspace" | b"qmspace" => ' ',
        _ => return None,
    })
}

/// Groups that hold no text of the document.
fn is_skipped(word: &[u8]) -> bool {
    matches!(
        word,
        b"atnauthor"
            | b"atnid"
            | b"atntime"
            | b"bkmkend"
            | b"bkmkstart"
            | b"colortbl"
            | b"datafield"
            | b"datastore"
            | b"filetbl"
            | b"fldinst"
            | b"footer"
            | b"footerf"
            | b"footerl"
            | b"footerr"
            | b"ftncn"
            | b"ftnsep"
            | b"ftnsepc"
            | b"generator"
            | b"latentstyles"
            | b"listoverridetable"
            | b"listtable"
            | b"listtext"
            | b"nonshppict"
            | b"objclass"
            | b"objdata"
            | b"objname"
            | b"pict"
            | b"pntext"
            | b"private"
            | b"revtbl"
            | b"rsidtbl"
            | b"rxe"
            | b"shprslt"
            | b"sp"
            | b"stylesheet"
            | b"tc"
            | b"themedata"
            | b"txe"
            | b"xe"
            | b"xmlnstbl"
    )
}
