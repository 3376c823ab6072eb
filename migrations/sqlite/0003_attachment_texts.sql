-- What attachments say. Read after the mail is stored, by a job; the position is that among the mail's attachments.
create table attachment_texts (
  mail_id blob not null references mails (id) on delete cascade,
  position integer not null,
  format text not null,
  -- Its beginning.
  text text not null,
  title text,
  heading text,
  language text,
  notes text not null,
  primary key (mail_id, position)
);

-- What the suggestion engine reads of them; null until they are read. Beside what it read of the mail, since what a
-- case has learned from that must be forgotten as it was learned.
alter table mails add column attachment_signals text;

-- A table of its own, found by the docid of mail_search_rows: an index that keeps no text takes no further column.
create virtual table attachment_search using fts5 (
  words,
  content = '', contentless_delete = 1,
  tokenize = "unicode61 remove_diacritics 0"
);
