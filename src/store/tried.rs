//! Stored mails as a dry run of rules looks at them: where they lie, and what people did with them.

use std::collections::HashMap;

use uuid::Uuid;

use super::{
    Store, StoreError,
    access::{sees_entry, sees_mailbox},
    db::Db,
    mails::digest,
};

/// Rows of one question.
const CHUNK: usize = 500;

/// Where a person filed a mail, or a copy of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiledByPerson {
    pub case_number: String,
    pub case_title: String,
    pub by: String,
}

impl Store {
    /// A mailbox that the viewer sees and the folder in it where each mail lies, by name; of several one.
    pub async fn places_seen(
        &self,
        mails: &[Uuid],
        viewer: &str,
    ) -> Result<HashMap<Uuid, (String, String)>, StoreError> {
        let select = format!(
            "select l.mail_id, b.name, f.name
             from mail_locations l
             join folders f on f.id = l.folder_id
             join mailboxes b on b.id = l.mailbox_id
             where {} and l.mail_id in (",
            sees_mailbox("l.mailbox_id", "$1")
        );
        let mut places = HashMap::new();
        for chunk in mails.chunks(CHUNK) {
            let rows: Vec<(Uuid, String, String)> = match &*self.db {
                Db::Sqlite { readers, .. } => {
                    among::<sqlx::Sqlite, Uuid>(&select, viewer, chunk, "b.name, f.name")
                        .build_query_as()
                        .fetch_all(readers)
                        .await?
                }
                Db::Postgres(pool) => {
                    among::<sqlx::Postgres, Uuid>(&select, viewer, chunk, "b.name, f.name")
                        .build_query_as()
                        .fetch_all(pool)
                        .await?
                }
            };
            for (mail, mailbox, folder) in rows {
                places.entry(mail).or_insert((mailbox, folder));
            }
        }
        Ok(places)
    }

    /// Where people filed mails, by their fingerprints, as far as the viewer sees it. What a rule filed is no person's
    /// choice.
    pub async fn filed_by_people(
        &self,
        fingerprints: &[[u8; 32]],
        viewer: &str,
    ) -> Result<HashMap<[u8; 32], Vec<FiledByPerson>>, StoreError> {
        let select = format!(
            "select e.fingerprint, c.number, c.title, e.created_by
             from entries e
             join cases c on c.id = e.case_id
             where e.state <> 'undone' and e.idempotency_key not like 'rule:%' and {} and e.fingerprint in (",
            sees_entry("$1")
        );
        let prints: Vec<Vec<u8>> = fingerprints.iter().map(|print| print.to_vec()).collect();
        let mut filed: HashMap<[u8; 32], Vec<FiledByPerson>> = HashMap::new();
        for chunk in prints.chunks(CHUNK) {
            let rows: Vec<(Vec<u8>, String, String, String)> = match &*self.db {
                Db::Sqlite { readers, .. } => {
                    among::<sqlx::Sqlite, Vec<u8>>(&select, viewer, chunk, "e.id")
                        .build_query_as()
                        .fetch_all(readers)
                        .await?
                }
                Db::Postgres(pool) => {
                    among::<sqlx::Postgres, Vec<u8>>(&select, viewer, chunk, "e.id")
                        .build_query_as()
                        .fetch_all(pool)
                        .await?
                }
            };
            for (print, case_number, case_title, by) in rows {
                filed
                    .entry(digest(&print))
                    .or_default()
                    .push(FiledByPerson {
                        case_number,
                        case_title,
                        by,
                    });
            }
        }
        Ok(filed)
    }

    /// What the attachments of mails say, of those that were read. Ask for the mails first.
    pub async fn texts_of_attachments(
        &self,
        mails: &[Uuid],
    ) -> Result<HashMap<Uuid, Vec<String>>, StoreError> {
        let select = "select mail_id, text from attachment_texts where $1 = $1 and mail_id in (";
        let mut texts: HashMap<Uuid, Vec<String>> = HashMap::new();
        for chunk in mails.chunks(CHUNK) {
            let rows: Vec<(Uuid, String)> = match &*self.db {
                Db::Sqlite { readers, .. } => {
                    among::<sqlx::Sqlite, Uuid>(select, "", chunk, "mail_id, position")
                        .build_query_as()
                        .fetch_all(readers)
                        .await?
                }
                Db::Postgres(pool) => {
                    among::<sqlx::Postgres, Uuid>(select, "", chunk, "mail_id, position")
                        .build_query_as()
                        .fetch_all(pool)
                        .await?
                }
            };
            for (mail, text) in rows {
                texts.entry(mail).or_default().push(text);
            }
        }
        Ok(texts)
    }
}

/// `select` ends within a list that these are put into; it knows the viewer as $1.
fn among<DB, T>(select: &str, viewer: &str, these: &[T], order: &str) -> sqlx::QueryBuilder<DB>
where
    DB: sqlx::Database,
    DB::Arguments: Default,
    T: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB> + Clone,
    String: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
{
    // Bound first, so that both databases know the viewer by that number.
    let mut query = sqlx::QueryBuilder::new("with viewer (name) as (select cast(");
    query.push_bind(viewer.to_owned()).push(" as text)) ");
    query.push(select);
    let mut list = query.separated(", ");
    for this in these {
        list.push_bind(this.clone());
    }
    query.push(") order by ").push(order);
    query
}
