//! The small parts that tell what the package holds: elements and attributes, nothing else.

use std::ops::Range;

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

use super::{MAX_DEPTH, PackageError};

pub(super) struct Element<'e> {
    /// Without its prefix.
    pub name: &'e str,
    /// From its beginning to the end of its start tag.
    pub tag: Range<usize>,
    start: &'e BytesStart<'e>,
}

impl Element<'_> {
    pub fn attribute(&self, name: &str) -> Option<String> {
        self.start
            .attributes()
            .with_checks(false)
            .filter_map(Result::ok)
            .find(|attribute| attribute.key.as_ref() == name.as_bytes())
            .map(|attribute| {
                let value = String::from_utf8_lossy(&attribute.value);
                quick_xml::escape::unescape(&value)
                    .map_or_else(|_| value.clone().into_owned(), std::borrow::Cow::into_owned)
            })
    }
}

/// Shows every element; returns where each one at the second level, within the root, begins and ends, and where the
/// root's end tag begins.
pub(super) fn elements(
    source: &[u8],
    mut show: impl FnMut(&Element<'_>),
) -> Result<(Vec<Range<usize>>, usize), PackageError> {
    std::str::from_utf8(source).map_err(|_| PackageError::Encoding)?;
    let mut reader = Reader::from_reader(source);
    let mut depth = 0_usize;
    let (mut children, mut child_from, mut end) = (Vec::new(), 0, source.len());
    loop {
        let from = reader.buffer_position() as usize;
        let event = reader.read_event().map_err(|_| PackageError::Damaged)?;
        let to = reader.buffer_position() as usize;
        match &event {
            Event::Start(start) | Event::Empty(start) => {
                let local = start.local_name();
                let name =
                    std::str::from_utf8(local.as_ref()).map_err(|_| PackageError::Encoding)?;
                show(&Element {
                    name,
                    tag: from..to,
                    start,
                });
                if depth == 1 {
                    child_from = from;
                }
                if matches!(event, Event::Start(_)) {
                    depth += 1;
                } else if depth == 1 {
                    children.push(from..to);
                }
                if depth > MAX_DEPTH {
                    return Err(PackageError::TooDeep);
                }
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                match depth {
                    0 => end = from,
                    1 => children.push(child_from..to),
                    _ => (),
                }
            }
            Event::DocType(_) => return Err(PackageError::HasGrammar),
            Event::Eof if depth > 0 => return Err(PackageError::Damaged),
            Event::Eof => return Ok((children, end)),
            _ => (),
        }
    }
}
