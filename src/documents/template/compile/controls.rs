//! Content controls: a field's value in the place of what they hold, or all they hold repeated or left out.

use super::{Block, Control, Node, What, Work};
use crate::documents::template::{
    mistake::{Fault, MAX_MISTAKES, Mistake},
    tokens::{Kind, Name},
    words::{self, Field, Word},
};

impl Work<'_, '_> {
    /// Fills in content controls by their tags.
    pub(super) fn controls(&mut self) -> Vec<Control> {
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
}
