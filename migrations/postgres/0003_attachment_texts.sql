-- What attachments say. Read after the mail is stored, by a job; the position is that among the mail's attachments.
create table attachment_texts (
  mail_id uuid not null references mails (id) on delete cascade,
  position bigint not null,
  format text not null,
  -- Its beginning.
  text text not null,
  title text,
  heading text,
  language text,
  notes jsonb not null,
  primary key (mail_id, position)
);

-- What the suggestion engine reads of them; null until they are read. Beside what it read of the mail, since what a
-- case has learned from that must be forgotten as it was learned.
alter table mails add column attachment_signals jsonb;

create table attachment_search (
  mail_id uuid primary key references mails (id) on delete cascade,
  words tsvector not null
);
create index attachment_search_words on attachment_search using gin (words);
