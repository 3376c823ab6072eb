//! What is written between braces: read, matched beginning with end, and taken out.

use super::{Block, Control, Node, What, Work, blocks::Open, seen::Seen};
use crate::documents::template::{
    mistake::{Fault, MAX_MISTAKES, Mistake},
    paragraphs::{self, Occurrence, Paragraph},
    words::Word,
};

/// Conditions within conditions.
const MAX_BLOCK_DEPTH: usize = 16;

impl Work<'_, '_> {
    /// What is written between braces.
    pub(super) fn written(&mut self, paragraphs: &[Paragraph], filled: &[Control]) {
        let occurrences: Vec<Occurrence> = paragraphs::occurrences(paragraphs)
            .into_iter()
            .filter(|occurrence| {
                let letters = &paragraphs[occurrence.paragraph].letters;
                let at = letters[occurrence.from].from;
                let next = filled.partition_point(|control| control.to <= at);
                filled.get(next).is_none_or(|control| at < control.from)
            })
            .collect();
        let mut open: Vec<Open> = Vec::new();
        let mut words: Vec<Option<Word>> = Vec::with_capacity(occurrences.len());
        let mut ends: Vec<(Open, usize)> = Vec::new();
        for (at, occurrence) in occurrences.iter().enumerate() {
            if self.mistakes.len() >= MAX_MISTAKES {
                return;
            }
            let paragraph = &paragraphs[occurrence.paragraph];
            let inside = paragraph.inside(*occurrence);
            let story = self.story;
            let mistake = |fault| {
                Mistake::new(
                    fault,
                    &format!("{{{{{inside}}}}}"),
                    story,
                    &paragraph.beginning(),
                )
            };
            if !occurrence.is_closed {
                let beginning = Mistake {
                    written: format!("{{{{{}", inside.chars().take(30).collect::<String>()),
                    ..mistake(Fault::UnclosedField)
                };
                self.mistake(beginning);
                words.push(None);
                continue;
            }
            let word = match self.read(&inside) {
                Ok(word) => word,
                Err(wrong) => {
                    let mistake = Mistake {
                        meant: wrong.meant,
                        ..mistake(wrong.fault)
                    };
                    self.mistake(mistake);
                    words.push(None);
                    continue;
                }
            };
            match &word {
                Word::Field(field) => {
                    self.fields.insert(field.clone());
                }
                Word::EachParty
                    if open
                        .iter()
                        .any(|open| matches!(open.block, Block::EachParty)) =>
                {
                    let mistake = mistake(Fault::NestedLoop);
                    self.mistake(mistake);
                    open.push(Open {
                        block: Block::EachParty,
                        begin: at,
                        otherwise: None,
                    });
                }
                Word::EachParty => open.push(Open {
                    block: Block::EachParty,
                    begin: at,
                    otherwise: None,
                }),
                Word::If(condition) => {
                    self.fields.insert(condition.field.clone());
                    if open.len() >= MAX_BLOCK_DEPTH {
                        let mistake = mistake(Fault::TooDeep);
                        self.mistake(mistake);
                    }
                    open.push(Open {
                        block: Block::If(condition.clone()),
                        begin: at,
                        otherwise: None,
                    });
                }
                Word::Else => {
                    if let Some(Open {
                        block: Block::If(_),
                        otherwise: otherwise @ None,
                        ..
                    }) = open.last_mut()
                    {
                        *otherwise = Some(at);
                    } else {
                        let mistake = mistake(Fault::UnexpectedElse);
                        self.mistake(mistake);
                    }
                }
                Word::EndEach | Word::EndIf => {
                    let fits = |open: &Open| {
                        matches!(open.block, Block::EachParty) == (word == Word::EndEach)
                    };
                    if open.last().is_some_and(fits) {
                        let ended = open.pop().map(|open| (open, at));
                        // What lies too deep has been told, and is not looked at any more.
                        ends.extend(ended.filter(|_| open.len() < MAX_BLOCK_DEPTH));
                    } else {
                        let mistake = mistake(Fault::UnexpectedEnd);
                        self.mistake(mistake);
                    }
                }
            }
            words.push(Some(word));
        }
        for Open { block, begin, .. } in open {
            let fault = match block {
                Block::EachParty => Fault::UnclosedLoop,
                Block::If(_) => Fault::UnclosedCondition,
            };
            let occurrence = occurrences[begin];
            let paragraph = &paragraphs[occurrence.paragraph];
            let written = format!("{{{{{}}}}}", paragraph.inside(occurrence));
            self.mistake(Mistake::new(
                fault,
                &written,
                self.story,
                &paragraph.beginning(),
            ));
        }
        let seen = Seen::new(paragraphs, &occurrences, &words);
        for (at, occurrence) in occurrences.iter().enumerate() {
            self.replace(&seen, at, *occurrence);
        }
        // The outermost first, as edits at the same place are made in this order.
        ends.sort_by_key(|(open, _)| open.begin);
        for (open, end) in ends {
            self.block(&seen, open, end);
        }
    }

    /// Takes the braces and what is in them out, and puts a field's value there.
    fn replace(&mut self, seen: &Seen<'_>, at: usize, occurrence: Occurrence) {
        let Some(word) = &seen.words[at] else { return };
        let paragraph = &seen.paragraphs[occurrence.paragraph];
        let turn = seen.turn(at);
        for (index, (text, from, to)) in paragraph
            .pieces(occurrence.from, occurrence.to)
            .into_iter()
            .enumerate()
        {
            self.preserve(text);
            if let (0, Word::Field(field)) = (index, word) {
                self.edit(from, turn, What::Node(Node::Value(field.clone())));
            }
            self.edit(from, turn, What::Skip(to));
        }
    }

    /// Spaces at the ends of a text are Word's to drop unless it says so.
    fn preserve(&mut self, text: u32) {
        if self.preserved.insert(text) {
            let token = self.tokens.at(text);
            let tag = format!("<{}t xml:space=\"preserve\">", self.tokens.prefix);
            self.raw(token.from, 0, tag);
            self.edit(token.from, 0, What::Skip(token.to));
        }
    }
}
