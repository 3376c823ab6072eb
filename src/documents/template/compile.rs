//! A text part to what is written when it is filled in: its own bytes, with values, conditions and loops between them.
//!
//! What is to be done is collected as edits at places of the bytes and then folded into a tree. Blocks that begin and
//! end in different paragraphs take whole paragraphs, or whole rows of a table; a paragraph that held nothing but their
//! beginning or end goes. Within one paragraph they take letters, with the runs they stand in split around them.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{
    mistake::{Fault, MAX_MISTAKES, Mistake},
    paragraphs::{self, Occurrence, Paragraph},
    tokens::{Kind, Name, Tokens},
    words::{self, Condition, Field, Word, Wrong},
};
use crate::documents::package::{PackageError, Story};

/// Conditions within conditions.
const MAX_BLOCK_DEPTH: usize = 16;

#[derive(Debug)]
pub(super) enum Node {
    /// Bytes of the part.
    Copy(u32, u32),
    Raw(String),
    /// As text of a run.
    Value(Field),
    Block {
        is: Block,
        body: Vec<Node>,
        otherwise: Vec<Node>,
    },
    /// Written only if a row is left in it.
    Table(Vec<Node>),
    /// What holds paragraphs must end with one.
    EnsureParagraph,
    /// A number that no other drawing has.
    FreshId,
}

#[derive(Clone, Debug)]
pub(super) enum Block {
    EachParty,
    If(Condition),
}

#[derive(Debug)]
pub(super) struct Compiled {
    pub nodes: Vec<Node>,
    pub prefix: String,
    pub fields: BTreeSet<Field>,
    pub mistakes: Vec<Mistake>,
}

/// A content control whose content is a field's value, and what is written as its tag.
pub(super) struct Control {
    pub from: u32,
    pub to: u32,
    pub tag: String,
}

/// Those of a part, in order.
pub(super) fn controls(tokens: &Tokens<'_>, story: Story) -> Vec<Control> {
    Work::new(tokens, story).controls()
}

pub(super) fn compile(tokens: &Tokens<'_>, story: Story) -> Result<Compiled, PackageError> {
    let mut work = Work::new(tokens, story);
    let has_brace =
        |letters: &[paragraphs::Letter]| letters.iter().any(|letter| letter.c == '{');
    let paragraphs = paragraphs::paragraphs(tokens, has_brace)?;
    let filled = work.controls();
    work.written(&paragraphs, &filled);
    let mut nodes = work.fold();
    if !work.mistakes.is_empty() {
        // It says what is wrong, and is never half filled in.
        nodes = vec![Node::Copy(0, tokens.source.len() as u32)];
    }
    Ok(Compiled {
        nodes,
        prefix: tokens.prefix.clone(),
        fields: work.fields,
        mistakes: work.mistakes,
    })
}

struct Edit {
    at: u32,
    /// Which of those at the same place comes first.
    turn: u32,
    what: What,
}

enum What {
    /// Leaves out everything up to there.
    Skip(u32),
    Node(Node),
    /// With the turn of its beginning, by which its end is known.
    Begin(Block, u32),
    Else(u32),
    End(u32),
    BeginTable,
    EndTable,
}

struct Work<'t, 's> {
    tokens: &'t Tokens<'s>,
    story: Story,
    edits: Vec<Edit>,
    /// Texts whose spaces are kept already.
    preserved: HashSet<u32>,
    tables: HashSet<u32>,
    holders: HashSet<u32>,
    fields: BTreeSet<Field>,
    mistakes: Vec<Mistake>,
    /// What is written was read before, mostly.
    read: HashMap<String, Result<Word, Wrong>>,
}

/// A block that has begun.
struct Open {
    block: Block,
    begin: usize,
    otherwise: Option<usize>,
}

impl<'t, 's> Work<'t, 's> {
    fn new(tokens: &'t Tokens<'s>, story: Story) -> Self {
        Self {
            tokens,
            story,
            edits: Vec::new(),
            preserved: HashSet::new(),
            tables: HashSet::new(),
            holders: HashSet::new(),
            fields: BTreeSet::new(),
            mistakes: Vec::new(),
            read: HashMap::new(),
        }
    }

    fn read(&mut self, written: &str) -> Result<Word, Wrong> {
        if let Some(known) = self.read.get(written) {
            return known.clone();
        }
        let read = words::read(written);
        self.read.insert(written.to_owned(), read.clone());
        read
    }

    fn edit(&mut self, at: u32, turn: u32, what: What) {
        self.edits.push(Edit { at, turn, what });
    }

    fn raw(&mut self, at: u32, turn: u32, written: String) {
        self.edit(at, turn, What::Node(Node::Raw(written)));
    }

    fn mistake(&mut self, mistake: Mistake) {
        if self.mistakes.len() < MAX_MISTAKES && !self.mistakes.contains(&mistake) {
            self.mistakes.push(mistake);
        }
    }

    /// Fills in content controls by their tags.
    fn controls(&mut self) -> Vec<Control> {
        let mut filled: Vec<Control> = Vec::new();
        let mut loops: Vec<(u32, u32)> = Vec::new();
        for at in 0..self.tokens.list.len() as u32 {
            if self.mistakes.len() >= MAX_MISTAKES {
                break;
            }
            let token = self.tokens.at(at);
            let is_control = (token.kind, token.name) == (Kind::Open, Name::Control);
            if !is_control || filled.last().is_some_and(|control| token.from < control.to) {
                continue;
            }
            let Some(properties) = self.tokens.child(at, Name::ControlProperties) else {
                continue;
            };
            let Some(tag) = self
                .tokens
                .child(properties, Name::Tag)
                .and_then(|tag| self.tokens.value(tag))
            else {
                continue;
            };
            let Some(content) = self.tokens.child(at, Name::ControlContent) else {
                continue;
            };
            // Tags are there for other purposes too: only what looks like ours can be wrong.
            if !tag.contains('.')
                && !tag.trim_start().starts_with('#')
                && words::field(&tag.to_lowercase()).is_err()
            {
                continue;
            }
            match self.read(&tag) {
                Ok(Word::Field(field)) => {
                    self.fields.insert(field.clone());
                    self.fill(at, properties, content, field);
                    filled.push(Control {
                        from: token.from,
                        to: self.tokens.end(at),
                        tag,
                    });
                }
                Ok(Word::EachParty) => {
                    if loops.last().is_some_and(|(_, to)| token.from < *to) {
                        self.mistake(Mistake::new(Fault::NestedLoop, &tag, self.story, ""));
                        continue;
                    }
                    loops.push((token.from, self.tokens.end(at)));
                    self.control_block(content, Block::EachParty);
                }
                Ok(Word::If(condition)) => {
                    self.fields.insert(condition.field.clone());
                    self.control_block(content, Block::If(condition));
                }
                Ok(_) => self.mistake(Mistake::new(Fault::UnexpectedEnd, &tag, self.story, "")),
                Err(wrong) => {
                    let near = self.plain_text(content);
                    let mistake = Mistake::new(wrong.fault, &tag, self.story, &near);
                    self.mistake(Mistake {
                        meant: wrong.meant,
                        ..mistake
                    });
                }
            }
        }
        filled
    }

    fn plain_text(&self, open: u32) -> String {
        let mut text = String::new();
        for at in open..self.tokens.at(open).mate {
            let token = self.tokens.at(at);
            if token.kind == Kind::Text && text.len() < 200 {
                text.push_str(self.tokens.text(token.from, token.to));
            }
        }
        text
    }

    /// The whole content of a control, repeated or left out.
    fn control_block(&mut self, content: u32, block: Block) {
        let token = self.tokens.at(content);
        if token.kind == Kind::Empty {
            return;
        }
        let (from, to) = (token.to, self.tokens.at(token.mate).from);
        if matches!(block, Block::EachParty) {
            self.make_repeatable(from, to);
        }
        // Around what begins and ends at the same places within it.
        self.edit(from, token.from, What::Begin(block, token.from));
        self.edit(to, u32::MAX - token.from, What::End(token.from));
        if let Some(holder) = self.holder_of(content) {
            self.ensure_paragraph(holder);
        }
        if let Some(first) = self.tokens.children(content).next()
            && self.tokens.at(first).name == Name::Row
            && let Some(table) = self
                .tokens
                .path(content)
                .into_iter()
                .rfind(|at| self.tokens.at(*at).name == Name::Table)
        {
            self.watch_table(table, token.from);
        }
    }

    /// Puts a value in the place of what a control holds, with the looks of its first run.
    fn fill(&mut self, control: u32, properties: u32, content: u32, field: Field) {
        let prefix = self.tokens.prefix.clone();
        let is_placeholder = self.tokens.child(properties, Name::Placeholder).is_some();
        for name in [Name::Placeholder, Name::Binding] {
            // What it is bound to would take its value's place again.
            if let Some(at) = self.tokens.child(properties, name) {
                let from = self.tokens.at(at).from;
                let to = self.tokens.end(at);
                self.edit(from, 0, What::Skip(to));
            }
        }
        let looks_at = if is_placeholder { properties } else { content };
        let looks = if self.tokens.at(looks_at).kind == Kind::Empty {
            None
        } else {
            self.tokens
                .within(looks_at, Name::RunProperties)
                .filter(|at| {
                    // A paragraph's mark has looks too.
                    self.tokens.at(self.tokens.at(*at).parent).name != Name::ParagraphProperties
                })
        };
        let looks = looks.map_or("", |at| {
            self.tokens
                .text(self.tokens.at(at).from, self.tokens.end(at))
        });
        let run = (
            format!("<{prefix}r>{looks}<{prefix}t xml:space=\"preserve\">"),
            format!("</{prefix}t></{prefix}r>"),
        );
        let token = self.tokens.at(content);
        let is_within_paragraph = self.is_within_paragraph(&self.tokens.path(control));
        let (from, to, before, after) = if token.kind == Kind::Empty {
            let (open, close) = (
                format!("<{prefix}sdtContent>"),
                format!("</{prefix}sdtContent>"),
            );
            let (p, end) = if is_within_paragraph {
                (String::new(), String::new())
            } else {
                (format!("<{prefix}p>"), format!("</{prefix}p>"))
            };
            (token.from, token.to, open + &p, end + &close)
        } else if let Some(paragraph) = self
            .tokens
            .within(content, Name::Paragraph)
            .filter(|_| !is_within_paragraph)
        {
            let own = self.tokens.at(paragraph);
            let siblings: Vec<u32> = self
                .tokens
                .children(own.parent)
                .filter(|at| *at > paragraph)
                .collect();
            for sibling in siblings {
                let of = self.tokens.at(sibling);
                if of.name == Name::Paragraph {
                    let end = self.tokens.end(sibling);
                    self.edit(of.from, 0, What::Skip(end));
                }
            }
            if own.kind == Kind::Empty {
                (
                    own.from,
                    own.to,
                    format!("<{prefix}p>"),
                    format!("</{prefix}p>"),
                )
            } else {
                let after_properties = self
                    .tokens
                    .child(paragraph, Name::ParagraphProperties)
                    .map(|at| self.tokens.end(at));
                let from = after_properties.unwrap_or(own.to);
                (
                    from,
                    self.tokens.at(own.mate).from,
                    String::new(),
                    String::new(),
                )
            }
        } else {
            (
                token.to,
                self.tokens.at(token.mate).from,
                String::new(),
                String::new(),
            )
        };
        self.raw(from, 0, before + &run.0);
        self.edit(from, 0, What::Node(Node::Value(field)));
        self.raw(from, 0, run.1 + &after);
        self.edit(from, 0, What::Skip(to));
    }

    /// What is written between braces.
    fn written(&mut self, paragraphs: &[Paragraph], filled: &[Control]) {
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
                Word::Else => match open.last_mut() {
                    Some(Open {
                        block: Block::If(_),
                        otherwise: otherwise @ None,
                        ..
                    }) => *otherwise = Some(at),
                    _ => {
                        let mistake = mistake(Fault::UnexpectedElse);
                        self.mistake(mistake);
                    }
                },
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
            self.mistake(Mistake::new(fault, &written, self.story, &paragraph.beginning()));
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

    fn block(&mut self, seen: &Seen<'_>, open: Open, end: usize) {
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
                if middle == from || middle < from || middle > to {
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

    /// What holds both paragraphs and is cut between paragraphs or rows.
    fn common(&self, one: u32, two: u32) -> Option<u32> {
        let (one, two) = (self.tokens.path(one), self.tokens.path(two));
        // Of one paragraph it is what holds that.
        let most = one.len().min(two.len()) - 1;
        let shared = one
            .iter()
            .zip(&two)
            .take(most)
            .take_while(|(a, b)| a == b)
            .count();
        let mut at = shared.checked_sub(1)?;
        let name = |at: usize| one.get(at).map(|at| self.tokens.at(*at).name);
        // Cells are not taken out of their rows: the row is.
        while matches!(name(at), Some(Name::Row)) || matches!(name(at + 1), Some(Name::Cell)) {
            at = at.checked_sub(1)?;
        }
        let fits = match name(at)? {
            Name::Body | Name::Holder | Name::Cell | Name::Table => true,
            // Also around runs, where nothing whole lies between.
            Name::ControlContent | Name::Wrapper => !self.is_within_paragraph(one.get(..at)?),
            _ => false,
        };
        fits.then(|| one.get(at).copied()).flatten()
    }

    /// Whether what lies at the end of a path is a part of a paragraph, and not a paragraph itself.
    fn is_within_paragraph(&self, path: &[u32]) -> bool {
        let nearest = path
            .iter()
            .rev()
            .find_map(|at| match self.tokens.at(*at).name {
                Name::Paragraph => Some(true),
                Name::Holder | Name::Cell | Name::Body => Some(false),
                _ => None,
            });
        nearest.unwrap_or(false)
    }

    /// What must end with a paragraph: a cell, a text box, a header.
    fn holder_of(&self, at: u32) -> Option<u32> {
        let parent = self.tokens.path(at).into_iter().rev().skip(1).find(|at| {
            !matches!(
                self.tokens.at(*at).name,
                Name::ControlContent | Name::Control | Name::Wrapper
            )
        })?;
        matches!(self.tokens.at(parent).name, Name::Cell | Name::Holder).then_some(parent)
    }

    fn ensure_paragraph(&mut self, holder: u32) {
        let token = self.tokens.at(holder);
        if matches!(token.name, Name::Cell | Name::Holder) && self.holders.insert(holder) {
            let end = self.tokens.at(token.mate).from;
            self.edit(end, u32::MAX, What::Node(Node::EnsureParagraph));
        }
    }

    fn watch_table(&mut self, table: u32, turn: u32) {
        if self.tables.insert(table) {
            self.edit(self.tokens.at(table).from, turn, What::BeginTable);
            self.edit(self.tokens.end(table), turn, What::EndTable);
            if let Some(holder) = self.holder_of(table) {
                self.ensure_paragraph(holder);
            }
        }
    }

    /// What may stand only once in a document is left out of what is repeated, or made anew each time.
    fn make_repeatable(&mut self, from: u32, to: u32) {
        let first = self.tokens.list.partition_point(|token| token.from < from) as u32;
        let after = self.tokens.list.partition_point(|token| token.from < to) as u32;
        for at in first..after {
            let token = self.tokens.at(at);
            if !matches!(token.kind, Kind::Open | Kind::Empty) {
                continue;
            }
            match token.name {
                Name::Bookmark => self.edit(token.from, 0, What::Skip(self.tokens.end(at))),
                Name::Id if self.tokens.at(token.parent).name == Name::ControlProperties => {
                    self.edit(token.from, 0, What::Skip(self.tokens.end(at)));
                }
                Name::DrawingId => {
                    if let Some((from, to)) = self.tokens.attribute(at, "id") {
                        self.edit(from, 0, What::Node(Node::FreshId));
                        self.edit(from, 0, What::Skip(to));
                    }
                }
                Name::Paragraph | Name::Row => {
                    if let Some((from, to)) = self.tokens.attribute(at, "w14:paraId") {
                        let whole = from - " w14:paraId=\"".len() as u32;
                        self.edit(whole, 0, What::Skip(to + 1));
                    }
                }
                _ => (),
            }
        }
    }

    /// Edits to a tree. Blocks that reach into each other are told and not made.
    fn fold(&mut self) -> Vec<Node> {
        let mut edits = std::mem::take(&mut self.edits);
        edits.sort_by_key(|edit| (edit.at, edit.turn));
        let mut open: Vec<Level> = vec![Level::new(Frame::Whole)];
        let (mut at, mut is_crossing) = (0, false);
        for edit in edits {
            let is_left_out = edit.at < at;
            if !is_left_out {
                push(&mut open, Node::Copy(at, edit.at));
                at = edit.at;
            }
            match edit.what {
                What::Skip(to) => at = at.max(to),
                What::Node(node) if !is_left_out => push(&mut open, node),
                What::Node(_) => (),
                What::Begin(block, id) => open.push(Level::new(Frame::Block(block, id))),
                What::BeginTable => open.push(Level::new(Frame::Table)),
                What::Else(id) => match open.last_mut() {
                    Some(level) if level.is_block(id) => level.is_otherwise = true,
                    _ => is_crossing = true,
                },
                What::End(id) => match open.pop() {
                    Some(Level {
                        frame: Frame::Block(is, begun),
                        body,
                        otherwise,
                        ..
                    }) if begun == id => {
                        push(
                            &mut open,
                            Node::Block {
                                is,
                                body,
                                otherwise,
                            },
                        );
                    }
                    other => {
                        open.extend(other);
                        is_crossing = true;
                    }
                },
                What::EndTable => match open.pop() {
                    Some(Level {
                        frame: Frame::Table,
                        body,
                        ..
                    }) => push(&mut open, Node::Table(body)),
                    other => {
                        open.extend(other);
                        is_crossing = true;
                    }
                },
            }
        }
        let end = self.tokens.source.len() as u32;
        push(&mut open, Node::Copy(at, end.max(at)));
        if is_crossing || open.len() > 1 {
            if self.mistakes.is_empty() {
                self.mistake(Mistake::new(Fault::Crossing, "", self.story, ""));
            }
            return Vec::new();
        }
        open.pop().map(|level| level.body).unwrap_or_default()
    }
}

struct Seen<'p> {
    paragraphs: &'p [Paragraph],
    occurrences: &'p [Occurrence],
    words: &'p [Option<Word>],
    said: Vec<Said>,
}

/// Of a paragraph, before each of its letters and after the last: how many are no blanks and not of these words.
struct Said {
    beside_directives: Vec<u32>,
    beside_beginnings: Vec<u32>,
    beside_ends: Vec<u32>,
}

impl<'p> Seen<'p> {
    fn new(
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
        let said = paragraphs.iter().zip(of_paragraph).map(|(paragraph, words)| {
            let beside = |left_out: fn(&Word) -> bool| {
                let says = |letter: &paragraphs::Letter| letter.is_mark || !letter.c.is_whitespace();
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
                beside_directives: beside(Word::is_directive),
                beside_beginnings: beside(|word| matches!(word, Word::EachParty | Word::If(_))),
                beside_ends: beside(|word| matches!(word, Word::EndEach | Word::EndIf)),
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
    fn turn(&self, at: usize) -> u32 {
        let occurrence = self.occurrences[at];
        self.paragraphs[occurrence.paragraph].letters[occurrence.from].from
    }

    /// Whether these words reach around all there is in their paragraph, but for what reaches around them.
    fn is_all_of_it(&self, begin: usize, end: usize) -> bool {
        let (from, to) = (self.occurrences[begin].from, self.occurrences[end].to);
        let paragraph = self.occurrences[begin].paragraph;
        let said = &self.said[paragraph];
        !self.paragraphs[paragraph].is_kept
            && said.beside_beginnings[from] == 0
            && said.beside_ends.last() == Some(&said.beside_ends[to])
    }

    /// Whether a paragraph is nothing but blanks, beginnings and ends.
    fn is_only_directives(&self, paragraph: usize) -> bool {
        self.said[paragraph].beside_directives.last() == Some(&0)
    }
}

enum Frame {
    Whole,
    Block(Block, u32),
    Table,
}

struct Level {
    frame: Frame,
    body: Vec<Node>,
    otherwise: Vec<Node>,
    is_otherwise: bool,
}

impl Level {
    fn new(frame: Frame) -> Self {
        Self {
            frame,
            body: Vec::new(),
            otherwise: Vec::new(),
            is_otherwise: false,
        }
    }

    fn is_block(&self, id: u32) -> bool {
        matches!(self.frame, Frame::Block(_, begun) if begun == id)
    }
}

fn push(open: &mut [Level], node: Node) {
    if matches!(node, Node::Copy(from, to) if from == to)
        || matches!(&node, Node::Raw(raw) if raw.is_empty())
    {
        return;
    }
    if let Some(level) = open.last_mut() {
        if level.is_otherwise {
            level.otherwise.push(node);
        } else {
            level.body.push(node);
        }
    }
}
