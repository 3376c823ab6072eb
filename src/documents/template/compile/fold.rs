//! Edits to a tree.

use super::{Block, Node, What, Work};
use crate::documents::template::mistake::{Fault, Mistake};

impl Work<'_, '_> {
    /// Edits to a tree. Blocks that reach into each other are told and not made.
    pub(super) fn fold(&mut self) -> Vec<Node> {
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
