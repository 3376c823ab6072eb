//! A text part to what is written when it is filled in: its own bytes, with values, conditions and loops between them.
//!
//! What is to be done is collected as edits at places of the bytes (`controls`, `written`, `blocks`) and then folded into a
//! tree (`fold`). Blocks that begin and end in different paragraphs take whole paragraphs, or whole rows of a table; a
//! paragraph that held nothing but their beginning or end goes. Within one paragraph they take letters, with the runs they
//! stand in split around them.

mod blocks;
mod controls;
mod fold;
mod seen;
mod structure;
mod written;

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{
    mistake::{MAX_MISTAKES, Mistake},
    paragraphs,
    tokens::Tokens,
    words::{self, Condition, Field, Word, Wrong},
};
use crate::documents::package::{PackageError, Story};

#[derive(Debug)]
pub(in super::super) enum Node {
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
pub(in super::super) enum Block {
    EachParty,
    If(Condition),
}

#[derive(Debug)]
pub(in super::super) struct Compiled {
    pub nodes: Vec<Node>,
    pub prefix: String,
    pub fields: BTreeSet<Field>,
    pub mistakes: Vec<Mistake>,
}

/// A content control whose content is a field's value, and what is written as its tag.
pub(in super::super) struct Control {
    pub from: u32,
    pub to: u32,
    pub tag: String,
}

/// Those of a part, in order.
pub(in super::super) fn controls(tokens: &Tokens<'_>, story: Story) -> Vec<Control> {
    Work::new(tokens, story).controls()
}

pub(in super::super) fn compile(
    tokens: &Tokens<'_>,
    story: Story,
) -> Result<Compiled, PackageError> {
    let mut work = Work::new(tokens, story);
    let has_brace = |letters: &[paragraphs::Letter]| letters.iter().any(|letter| letter.c == '{');
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
}
