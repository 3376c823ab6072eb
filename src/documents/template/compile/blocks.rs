//! From the words that begin and end a block to what of the part is repeated or left out.

use super::{Block, What, Work, seen::Seen};
use crate::documents::template::{
    mistake::{Fault, Mistake},
    paragraphs::Paragraph,
    tokens::Name,
};

/// A block that has begun.
pub(super) struct Open {
    pub block: Block,
    /// The words that begin it, and that part it, by place among the occurrences.
    pub begin: usize,
    pub otherwise: Option<usize>,
}

impl Work<'_, '_> {
    pub(super) fn block(&mut self, seen: &Seen<'_>, open: Open, end: usize) {
        let begin = open.begin;
        let (first, last) = (seen.occurrences[begin], seen.occurrences[end]);
        let otherwise = open.otherwise.map(|at| (at, seen.occurrences[at]));
        let is_within_one = first.paragraph == last.paragraph;
        let is_whole = is_within_one && otherwise.is_none() && seen.is_all_of_it(begin, end);
        let placed = if is_within_one && !is_whole {
            self.letters_block(seen, &open, end)
        } else {
            self.elements_block(seen, &open, end)
        };
        if placed.is_none() {
            let paragraph = &seen.paragraphs[first.paragraph];
            let written = format!("{{{{{}}}}}", paragraph.inside(first));
            self.mistake(Mistake::new(
                Fault::Misplaced,
                &written,
                self.story,
                &paragraph.beginning(),
            ));
        }
    }

    /// Within one paragraph: between letters.
    fn letters_block(&mut self, seen: &Seen<'_>, open: &Open, end: usize) -> Option<()> {
        let paragraph = &seen.paragraphs[seen.occurrences[open.begin].paragraph];
        let begin_at = paragraph.letters.get(seen.occurrences[open.begin].to - 1)?;
        let end_at = paragraph.letters.get(seen.occurrences[end].from)?;
        let middle = match open.otherwise {
            Some(at) => Some((at, paragraph.letters.get(seen.occurrences[at].from)?)),
            None => None,
        };
        let texts = [
            Some(begin_at),
            middle.map(|(_, letter)| letter),
            Some(end_at),
        ];
        let texts: Vec<u32> = texts
            .into_iter()
            .flatten()
            .map(|letter| letter.text)
            .collect();
        let run_of = |text: u32| self.tokens.at(text).parent;
        let is_one_text = texts.iter().all(|text| *text == begin_at.text);
        let home = self.tokens.at(run_of(begin_at.text)).parent;
        if !texts
            .iter()
            .all(|text| self.tokens.at(run_of(*text)).parent == home)
        {
            return None;
        }
        let split = |text: u32| {
            if is_one_text {
                return (String::new(), String::new());
            }
            let prefix = &self.tokens.prefix;
            let looks = self.tokens.child(run_of(text), Name::RunProperties);
            let looks = looks.map_or("", |at| {
                self.tokens
                    .text(self.tokens.at(at).from, self.tokens.end(at))
            });
            let again = format!("<{prefix}r>{looks}<{prefix}t xml:space=\"preserve\">");
            (format!("</{prefix}t></{prefix}r>"), again)
        };
        let id = seen.turn(open.begin);
        let mut edits = vec![(
            begin_at.to,
            id,
            split(begin_at.text),
            What::Begin(open.block.clone(), id),
        )];
        if let Some((at, letter)) = middle {
            edits.push((
                letter.from,
                seen.turn(at) - 1,
                split(letter.text),
                What::Else(id),
            ));
        }
        edits.push((
            end_at.from,
            seen.turn(end) - 1,
            split(end_at.text),
            What::End(id),
        ));
        let (from, to) = (begin_at.to, end_at.from);
        for (at, turn, (before, after), what) in edits {
            self.raw(at, turn, before);
            self.edit(at, turn, what);
            self.raw(at, turn, after);
        }
        if matches!(open.block, Block::EachParty) {
            self.make_repeatable(from, to);
        }
        Some(())
    }

    /// Whole paragraphs, or rows of a table: from the one with the beginning to the one with the end.
    fn elements_block(&mut self, seen: &Seen<'_>, open: &Open, end: usize) -> Option<()> {
        let paragraph_of = |at: usize| &seen.paragraphs[seen.occurrences[at].paragraph];
        let (first, last) = (paragraph_of(open.begin), paragraph_of(end));
        let holder = self.common(first.token, last.token)?;
        let child = |paragraph: &Paragraph| {
            let path = self.tokens.path(paragraph.token);
            let at = path.iter().position(|at| *at == holder)?;
            path.get(at + 1).copied()
        };
        let (from, to) = (child(first)?, child(last)?);
        let otherwise = match open.otherwise {
            Some(at) => {
                let middle = child(paragraph_of(at))?;
                // Between the two, or there is no telling which side its text is of.
                if middle <= from || middle > to {
                    return None;
                }
                Some((at, middle))
            }
            None => None,
        };
        let (start, stop) = (self.tokens.at(from).from, self.tokens.end(to));
        let id = seen.turn(open.begin);
        self.edit(start, id, What::Begin(open.block.clone(), id));
        if let Some((at, middle)) = otherwise {
            self.edit(self.tokens.at(middle).from, seen.turn(at), What::Else(id));
        }
        // After what ends at the same place within it, before what begins there.
        self.edit(stop, seen.turn(end), What::End(id));
        for at in [Some(open.begin), open.otherwise, Some(end)]
            .into_iter()
            .flatten()
        {
            let paragraph = paragraph_of(at);
            let own = self.tokens.at(paragraph.token);
            let siblings = self
                .tokens
                .children(own.parent)
                .filter(|at| self.tokens.at(*at).name == Name::Paragraph);
            let is_only_one =
                self.tokens.at(own.parent).name == Name::Cell && siblings.take(2).count() == 1;
            if seen.is_only_directives(seen.occurrences[at].paragraph)
                && !paragraph.is_kept
                && !is_only_one
            {
                let end = self.tokens.end(paragraph.token);
                self.edit(own.from, seen.turn(at), What::Skip(end));
                self.ensure_paragraph(own.parent);
            }
        }
        match self.tokens.at(holder).name {
            Name::Table => self.watch_table(holder, seen.turn(open.begin)),
            _ => {
                if self.tokens.at(from).name == Name::Row {
                    let path = self.tokens.path(holder);
                    if let Some(table) = path
                        .into_iter()
                        .rfind(|at| self.tokens.at(*at).name == Name::Table)
                    {
                        self.watch_table(table, seen.turn(open.begin));
                    }
                }
            }
        }
        if let Some(holder) = self.holder_of(from) {
            self.ensure_paragraph(holder);
        }
        if matches!(open.block, Block::EachParty) {
            self.make_repeatable(start, stop);
        }
        Some(())
    }
}
