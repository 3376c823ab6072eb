//! What Word asks of a document whatever is taken out of it or put in twice.

use super::{Node, What, Work};
use crate::documents::template::tokens::{Kind, Name};

impl Work<'_, '_> {
    /// What holds both paragraphs and is cut between paragraphs or rows.
    pub(super) fn common(&self, one: u32, two: u32) -> Option<u32> {
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
    pub(super) fn is_within_paragraph(&self, path: &[u32]) -> bool {
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
    pub(super) fn holder_of(&self, at: u32) -> Option<u32> {
        let parent = self.tokens.path(at).into_iter().rev().skip(1).find(|at| {
            !matches!(
                self.tokens.at(*at).name,
                Name::ControlContent | Name::Control | Name::Wrapper
            )
        })?;
        matches!(self.tokens.at(parent).name, Name::Cell | Name::Holder).then_some(parent)
    }

    pub(super) fn ensure_paragraph(&mut self, holder: u32) {
        let token = self.tokens.at(holder);
        if matches!(token.name, Name::Cell | Name::Holder) && self.holders.insert(holder) {
            let end = self.tokens.at(token.mate).from;
            self.edit(end, u32::MAX, What::Node(Node::EnsureParagraph));
        }
    }

    pub(super) fn watch_table(&mut self, table: u32, turn: u32) {
        if self.tables.insert(table) {
            self.edit(self.tokens.at(table).from, turn, What::BeginTable);
            self.edit(self.tokens.end(table), turn, What::EndTable);
            if let Some(holder) = self.holder_of(table) {
                self.ensure_paragraph(holder);
            }
        }
    }

    /// What may stand only once in a document is left out of what is repeated, or made anew each time.
    pub(super) fn make_repeatable(&mut self, from: u32, to: u32) {
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
}
