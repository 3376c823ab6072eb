//! What a document carries of where it belongs: custom document properties (ECMA-376 part 1, 15.2.12.2).
//!
//! Word keeps them when the document is edited, copied and sent, and Office.js reads them.

use std::fmt::Write as _;
use std::io::{Read, Seek};

use super::{CONTENT_TYPES, Changes, Package, PackageError, RELATIONS, xml};

const PART: &str = "docProps/custom.xml";
const CONTENT_TYPE: &str = "application/vnd.openxmlformats-officedocument.custom-properties+xml";
const RELATION: &str =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties";
const NAMESPACE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties";
const TYPES: &str = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes";
/// Of every property that people or programs set.
const FORMAT: &str = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}";
/// 0 and 1 mean something else.
const FIRST_ID: u32 = 2;

/// A name such as `sagspost:case`, and a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    pub name: String,
    pub value: String,
}

impl<R: Read + Seek> Package<R> {
    /// Adds to the changes what sets these properties; others stay.
    pub fn set_properties(
        &mut self,
        set: &[Property],
        changes: &mut Changes,
    ) -> Result<(), PackageError> {
        if set.is_empty() {
            return Ok(());
        }
        let known = self
            .names
            .iter()
            .find(|name| self.types.of(name) == Some(CONTENT_TYPE))
            .cloned();
        if let Some(name) = known {
            let source = self.part(&name)?;
            changes.insert(name, with_properties(&source, set)?);
            return Ok(());
        }
        changes.insert(PART.to_owned(), with_properties(none().as_bytes(), set)?);
        let types = self.part(CONTENT_TYPES)?;
        let part = format!("<Override PartName=\"/{PART}\" ContentType=\"{CONTENT_TYPE}\"/>");
        changes.insert(CONTENT_TYPES.to_owned(), with_child(&types, &part)?);
        let relations = self.part(RELATIONS)?;
        let relation =
            format!("<Relationship Id=\"rIdSagspost\" Type=\"{RELATION}\" Target=\"{PART}\"/>");
        changes.insert(RELATIONS.to_owned(), with_child(&relations, &relation)?);
        Ok(())
    }
}

/// The texts among the custom properties of a document.
pub fn properties<R: Read + Seek>(package: &mut Package<R>) -> Result<Vec<Property>, PackageError> {
    let name = package
        .names
        .iter()
        .find(|name| package.types.of(name) == Some(CONTENT_TYPE))
        .cloned();
    let Some(name) = name else {
        return Ok(Vec::new());
    };
    let source = package.part(&name)?;
    let mut found = Vec::new();
    let mut reader = quick_xml::Reader::from_reader(source.as_slice());
    let mut is_inside = false;
    loop {
        use quick_xml::events::Event;
        match reader.read_event().map_err(|_| PackageError::Damaged)? {
            Event::Start(start) if start.local_name().as_ref() == b"property" => {
                let attribute = start.try_get_attribute("name").ok().flatten();
                let name = attribute.map(|name| String::from_utf8_lossy(&name.value).into_owned());
                found.push(Property {
                    name: name.unwrap_or_default(),
                    value: String::new(),
                });
            }
            Event::Start(start) => is_inside = start.local_name().as_ref() == b"lpwstr",
            Event::End(_) => is_inside = false,
            Event::Text(text) if is_inside => {
                if let Some(property) = found.last_mut() {
                    property.value.push_str(&String::from_utf8_lossy(&text));
                }
            }
            Event::DocType(_) => return Err(PackageError::HasGrammar),
            Event::Eof => return Ok(found),
            _ => (),
        }
    }
}

fn none() -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
         <Properties xmlns=\"{NAMESPACE}\"></Properties>"
    )
}

fn with_properties(source: &[u8], set: &[Property]) -> Result<Vec<u8>, PackageError> {
    let (mut last_id, mut replaced, mut starts) = (FIRST_ID - 1, Vec::new(), Vec::new());
    let (children, end) = xml::elements(source, |element| {
        if element.name != "property" {
            return;
        }
        let id = element.attribute("pid").and_then(|id| id.parse().ok());
        last_id = last_id.max(id.unwrap_or(0));
        let name = element.attribute("name").unwrap_or_default();
        // Word tells names apart without regard to case.
        if set
            .iter()
            .any(|property| property.name.eq_ignore_ascii_case(&name))
        {
            starts.push(element.tag.start);
        }
    })?;
    if end == source.len() {
        // The root is one empty tag.
        return with_properties(none().as_bytes(), set);
    }
    replaced.extend(
        children
            .into_iter()
            .filter(|child| starts.contains(&child.start)),
    );
    let mut out = Vec::with_capacity(source.len() + 256 * set.len());
    let mut at = 0;
    for range in replaced {
        out.extend_from_slice(source.get(at..range.start).unwrap_or_default());
        at = range.end;
    }
    out.extend_from_slice(source.get(at..end).unwrap_or_default());
    for property in set {
        last_id = last_id.saturating_add(1);
        let mut written = String::new();
        let _ = write!(
            written,
            "<property xmlns=\"{NAMESPACE}\" fmtid=\"{FORMAT}\" pid=\"{last_id}\" name=\"{}\">\
             <vt:lpwstr xmlns:vt=\"{TYPES}\">{}</vt:lpwstr></property>",
            quick_xml::escape::escape(&property.name),
            quick_xml::escape::escape(&property.value),
        );
        out.extend_from_slice(written.as_bytes());
    }
    out.extend_from_slice(source.get(end..).unwrap_or_default());
    Ok(out)
}

/// With one more element at the end of the root.
fn with_child(source: &[u8], child: &str) -> Result<Vec<u8>, PackageError> {
    let (_, end) = xml::elements(source, |_| ())?;
    let mut out = source.get(..end).unwrap_or_default().to_vec();
    out.extend_from_slice(child.as_bytes());
    out.extend_from_slice(source.get(end..).unwrap_or_default());
    Ok(out)
}
