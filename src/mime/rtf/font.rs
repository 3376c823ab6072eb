//! Fonts, for the character sets that their letters are in.

use std::collections::HashMap;

use crate::mime::code_page;

const MAX_FONTS: usize = 10_000;

/// What the bytes of a font's letters mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Letters {
    /// Those of the document.
    Default,
    CodePage(u16),
    /// Signs instead of letters (Symbol, Wingdings).
    Signs,
}

#[derive(Default)]
pub(super) struct Fonts {
    letters: HashMap<i32, Letters>,
    /// The one that is being told of.
    current: Option<i32>,
}

impl Fonts {
    pub(super) fn begin(&mut self, font: i32) {
        self.current = Some(font);
    }

    pub(super) fn charset(&mut self, charset: i32) {
        self.set(letters(charset));
    }

    pub(super) fn code_page(&mut self, code_page: i32) {
        if let Ok(code_page @ 1..) = u16::try_from(code_page) {
            self.set(Letters::CodePage(code_page));
        }
    }

    pub(super) fn letters(&self, font: i32) -> Letters {
        self.letters.get(&font).copied().unwrap_or(Letters::Default)
    }

    fn set(&mut self, letters: Letters) {
        if let Some(font) = self.current
            && self.letters.len() < MAX_FONTS
        {
            self.letters.insert(font, letters);
        }
    }
}

/// Windows' numbers for character sets (MS-OXRTFEX 2.1.3.1, `\fcharset`).
fn letters(charset: i32) -> Letters {
    Letters::CodePage(match charset {
        0 => code_page::WESTERN,
        2 => return Letters::Signs,
        77 => code_page::MACINTOSH,
        78 | 128 => 932,
        79 | 129 | 130 => 949,
        80 | 134 => 936,
        81 | 136 => 950,
        85 | 161 => 1253,
        86 | 162 => 1254,
        163 => 1258,
        83 | 177 => 1255,
        84 | 178 => 1256,
        186 => 1257,
        89 | 204 => 1251,
        87 | 222 => 874,
        88 | 238 => 1250,
        254 => code_page::DOS_US,
        255 => code_page::DOS_LATIN,
        _ => return Letters::Default,
    })
}

/// A sign of Symbol or Wingdings by the nearest letter; most stand before the items of a list.
pub(super) fn sign(byte: u8) -> char {
    match byte {
        b'J' => '☺',
        b'L' => '☹',
        0xe0 | 0xe8 => '→',
        0xfc => '✓',
        b' '..=b'~' => char::from(byte),
        _ => '•',
    }
}
