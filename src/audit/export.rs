//! The log handed out: JSON lines, which keep everything, or CSV for a spreadsheet.

use std::io::{self, Write};

use serde::Serialize;

use crate::store::{AuditFilter, Chained, Recorded, Store, StoreError};

const PAGE: i64 = 1000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    JsonLines,
    Csv,
}

#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the export cannot be written: {0}")]
    Write(#[from] io::Error),
    #[error("the export cannot be written: {0}")]
    Csv(#[from] csv::Error),
}

/// A record as it is handed out: with number and hash, so that a complete export can be verified by itself.
#[derive(Serialize)]
struct Line<'r> {
    seq: i64,
    hash: String,
    #[serde(flatten)]
    record: &'r Recorded,
}

const COLUMNS: [&str; 16] = [
    "seq",
    "at",
    "actor",
    "on_behalf_of",
    "action",
    "subject_kind",
    "subject_id",
    "case_id",
    "outcome",
    "why",
    "address",
    "agent",
    "request",
    "detail",
    "id",
    "hash",
];

/// Writes the records that fit, oldest first; how many.
pub async fn write(
    store: &Store,
    filter: &AuditFilter,
    format: Format,
    out: &mut (impl Write + Send),
) -> Result<u64, ExportError> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    if format == Format::Csv {
        csv.write_record(COLUMNS)?;
    }
    let (mut after, mut written) = (0, 0);
    loop {
        let page = store.audit_page(filter, after, PAGE).await?;
        for row in &page {
            match format {
                Format::JsonLines => {
                    let line = Line {
                        seq: row.seq,
                        hash: hex::encode(&row.hash),
                        record: &row.record,
                    };
                    serde_json::to_writer(&mut *out, &line).map_err(io::Error::from)?;
                    out.write_all(b"\n")?;
                }
                Format::Csv => csv.write_record(cells(row))?,
            }
            written += 1;
        }
        if format == Format::Csv {
            out.write_all(&csv.into_inner().map_err(csv::IntoInnerError::into_error)?)?;
            csv = csv::Writer::from_writer(Vec::new());
        }
        match page.last() {
            Some(last) => after = last.seq,
            None => return Ok(written),
        }
    }
}

fn cells(row: &Chained) -> [String; 16] {
    let record = &row.record;
    let optional = |text: &Option<String>| harmless(text.as_deref().unwrap_or_default());
    [
        row.seq.to_string(),
        record.at.to_rfc3339(),
        harmless(&record.actor),
        optional(&record.on_behalf_of),
        harmless(&record.action),
        harmless(&record.subject_kind),
        harmless(&record.subject_id),
        optional(&record.case_id),
        harmless(&record.outcome),
        optional(&record.why),
        optional(&record.address),
        optional(&record.agent),
        optional(&record.request),
        harmless(&record.detail),
        record.id.to_string(),
        hex::encode(&row.hash),
    ]
}

/// A cell that a spreadsheet would take for a formula is quoted from it.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        return format!("'{text}");
    }
    text.to_owned()
}
