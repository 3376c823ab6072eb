//! Paragraphs with the words found in them, and what else they say.

use crate::documents::template::{
    paragraphs::{self, Occurrence, Paragraph},
    words::Word,
};

pub(super) struct Seen<'p> {
    pub paragraphs: &'p [Paragraph],
    pub occurrences: &'p [Occurrence],
    pub words: &'p [Option<Word>],
    said: Vec<Said>,
}

/// Of a paragraph, before each of its letters and after the last: how many are no blanks and of other words than these.
struct Said {
    directives: Vec<u32>,
    beginnings: Vec<u32>,
    ends: Vec<u32>,
}

impl<'p> Seen<'p> {
    pub(super) fn new(
        paragraphs: &'p [Paragraph],
        occurrences: &'p [Occurrence],
        words: &'p [Option<Word>],
    ) -> Self {
        let mut of_paragraph: Vec<Vec<(Occurrence, &Word)>> = vec![Vec::new(); paragraphs.len()];
        for (occurrence, word) in occurrences.iter().zip(words) {
            if let Some(word) = word {
                of_paragraph[occurrence.paragraph].push((*occurrence, word));
            }
        }
        let said = paragraphs
            .iter()
            .zip(of_paragraph)
            .map(|(paragraph, words)| {
                let beside = |left_out: fn(&Word) -> bool| {
                    let says =
                        |letter: &paragraphs::Letter| letter.is_mark || !letter.c.is_whitespace();
                    let mut says: Vec<bool> = paragraph.letters.iter().map(says).collect();
                    for (occurrence, _) in words.iter().filter(|(_, word)| left_out(word)) {
                        says[occurrence.from..occurrence.to].fill(false);
                    }
                    let mut said = 0;
                    let after = says.into_iter().map(|says| {
                        said += u32::from(says);
                        said
                    });
                    std::iter::once(0).chain(after).collect()
                };
                Said {
                    directives: beside(Word::is_directive),
                    beginnings: beside(|word| matches!(word, Word::EachParty | Word::If(_))),
                    ends: beside(|word| matches!(word, Word::EndEach | Word::EndIf)),
                }
            });
        Self {
            paragraphs,
            occurrences,
            words,
            said: said.collect(),
        }
    }

    /// Where a word's edits come among those at the same place: in the order the words are written, each with room for
    /// one before it.
    pub(super) fn turn(&self, at: usize) -> u32 {
        let occurrence = self.occurrences[at];
        self.paragraphs[occurrence.paragraph].letters[occurrence.from].from
    }

    /// Whether these words reach around all there is in their paragraph, but for what reaches around them.
    pub(super) fn is_all_of_it(&self, begin: usize, end: usize) -> bool {
        let (from, to) = (self.occurrences[begin].from, self.occurrences[end].to);
        let paragraph = self.occurrences[begin].paragraph;
        let said = &self.said[paragraph];
        !self.paragraphs[paragraph].is_kept
            && said.beginnings[from] == 0
            && said.ends.last() == Some(&said.ends[to])
    }

    /// Whether a paragraph is nothing but blanks, beginnings and ends.
    pub(super) fn is_only_directives(&self, paragraph: usize) -> bool {
        self.said[paragraph].directives.last() == Some(&0)
    }
}
