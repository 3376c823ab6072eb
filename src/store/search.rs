//! Full-text search, where the two databases differ: FTS5 in SQLite, `tsvector` in PostgreSQL. Only here.

use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{StoreError, db::Tx};

/// What is indexed of one mail; the text itself is not kept.
pub(super) struct SearchText<'a> {
    pub mail_id: Uuid,
    pub subject: &'a str,
    pub people: String,
    pub body: &'a str,
}

/// Rows of one insert: below both databases' limits on parameters.
const ROWS: usize = 200;
/// Words a user may search for at once.
const MAX_WORDS: usize = 20;

pub(super) async fn index(tx: &mut Tx, texts: &[SearchText<'_>]) -> Result<(), StoreError> {
    match tx {
        Tx::Sqlite(tx, _) => {
            let (last,): (i64,) =
                sqlx::query_as("select coalesce(max(docid), 0) from mail_search_rows")
                    .fetch_one(&mut **tx)
                    .await?;
            let mut first = last + 1;
            for chunk in texts.chunks(ROWS) {
                QueryBuilder::<sqlx::Sqlite>::new("insert into mail_search_rows (docid, mail_id) ")
                    .push_values((first..).zip(chunk), |mut row, (docid, text)| {
                        row.push_bind(docid).push_bind(text.mail_id);
                    })
                    .build()
                    .execute(&mut **tx)
                    .await?;
                QueryBuilder::<sqlx::Sqlite>::new(
                    "insert into mail_search (rowid, subject, people, body) ",
                )
                .push_values((first..).zip(chunk), |mut row, (docid, text)| {
                    row.push_bind(docid)
                        .push_bind(text.subject)
                        .push_bind(text.people.as_str())
                        .push_bind(text.body);
                })
                .build()
                .execute(&mut **tx)
                .await?;
                first += chunk.len() as i64;
            }
        }
        Tx::Postgres(tx) => {
            for chunk in texts.chunks(ROWS) {
                QueryBuilder::<sqlx::Postgres>::new("insert into mail_search (mail_id, words) ")
                    .push_values(chunk, |mut row, text| {
                        row.push_bind(text.mail_id)
                            .push("setweight(to_tsvector('simple', ")
                            .push_bind_unseparated(text.subject)
                            .push_unseparated("), 'A') || to_tsvector('simple', ")
                            .push_bind_unseparated(text.people.as_str())
                            .push_unseparated(") || to_tsvector('simple', ")
                            .push_bind_unseparated(text.body)
                            .push_unseparated(")");
                    })
                    .push(" on conflict (mail_id) do nothing")
                    .build()
                    .execute(&mut **tx)
                    .await?;
            }
        }
    }
    Ok(())
}

/// Makes the words of a mail's attachments find it.
pub(super) async fn index_attachments(
    tx: &mut Tx,
    mail_id: Uuid,
    words: &str,
) -> Result<(), StoreError> {
    match tx {
        Tx::Sqlite(tx, _) => {
            sqlx::query(
                "insert into attachment_search (rowid, words)
                 select docid, $1 from mail_search_rows where mail_id = $2",
            )
            .bind(words)
            .bind(mail_id)
            .execute(&mut **tx)
            .await?;
        }
        Tx::Postgres(tx) => {
            sqlx::query(
                "insert into attachment_search (mail_id, words)
                 values ($1, to_tsvector('simple', $2))
                 on conflict (mail_id) do nothing",
            )
            .bind(mail_id)
            .bind(words)
            .execute(&mut **tx)
            .await?;
        }
    }
    Ok(())
}

/// Takes a mail out of the search; before its row goes.
pub(super) async fn forget(tx: &mut Tx, mail_id: Uuid) -> Result<(), StoreError> {
    match tx {
        Tx::Sqlite(tx, _) => {
            for delete in [
                "delete from mail_search
                 where rowid in (select docid from mail_search_rows where mail_id = $1)",
                "delete from attachment_search
                 where rowid in (select docid from mail_search_rows where mail_id = $1)",
            ] {
                sqlx::query(delete).bind(mail_id).execute(&mut **tx).await?;
            }
        }
        // Goes with the mail's row.
        Tx::Postgres(_) => {}
    }
    Ok(())
}

/// The condition on a mail `m` that a word begins one of its own or of its attachments', around what is bound for it.
pub(super) struct WordIn {
    pub mail: &'static str,
    pub or_attachments: &'static str,
    pub end: &'static str,
}

const IN_SQLITE: WordIn = WordIn {
    mail: "m.id in (
        select r.mail_id from mail_search s join mail_search_rows r on r.docid = s.rowid
        where mail_search match (",
    or_attachments: ")
        union all
        select r.mail_id from attachment_search s join mail_search_rows r on r.docid = s.rowid
        where attachment_search match (",
    end: "))",
};

const IN_POSTGRES: WordIn = WordIn {
    mail: "m.id in (
        select s.mail_id from mail_search s where s.words @@ to_tsquery('simple', ",
    or_attachments: ")
        union all
        select s.mail_id from attachment_search s where s.words @@ to_tsquery('simple', ",
    end: "))",
};

/// How a word is looked for, and for each word what to bind. `None` when the search has no word.
pub(super) fn clause(words: &str, postgres: bool) -> Option<(&'static WordIn, Vec<String>)> {
    let words: Vec<String> = words
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(MAX_WORDS)
        .map(str::to_lowercase)
        .collect();
    if words.is_empty() {
        return None;
    }
    Some(if postgres {
        let prefix = |word: &String| format!("'{word}':*");
        (&IN_POSTGRES, words.iter().map(prefix).collect())
    } else {
        let prefix = |word: &String| format!("\"{word}\"*");
        (&IN_SQLITE, words.iter().map(prefix).collect())
    })
}

#[cfg(test)]
mod tests {
    use super::clause;

    #[test]
    fn operators_of_the_query_languages_are_read_as_plain_words() {
        let (_, sqlite) = clause("tag\" OR *nød", false).unwrap();
        assert_eq!(sqlite, ["\"tag\"*", "\"or\"*", "\"nød\"*"]);
        let (_, postgres) = clause("a' | !b", true).unwrap();
        assert_eq!(postgres, ["'a':*", "'b':*"]);
    }

    #[test]
    fn a_search_of_signs_alone_has_no_words() {
        assert!(clause(" - \" ", false).is_none());
    }
}
