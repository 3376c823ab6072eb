-- Word templates and their versions, letters to many made of them, and documents that are filed without a mail.

-- What is born in the house has no mail. SQLite cannot take `not null` off a column, so both are made anew.
drop index entries_by_mail;
drop index entries_once;
drop index entries_by_fingerprint;
alter table entries add column mail blob references mails (id);
alter table entries add column mail_fingerprint blob;
update entries set mail = mail_id, mail_fingerprint = fingerprint;
alter table entries drop column mail_id;
alter table entries drop column fingerprint;
alter table entries rename column mail to mail_id;
alter table entries rename column mail_fingerprint to fingerprint;
create unique index entries_once on entries (case_id, fingerprint) where state <> 'undone';
create index entries_by_mail on entries (mail_id);
create index entries_by_fingerprint on entries (fingerprint);

create table templates (
  id blob primary key,
  -- A principal: who may use it. `role:user` is the whole organisation.
  holder text not null,
  -- A principal: who may change it.
  keeper text not null,
  -- Steps with / between them; empty at the top.
  folder text not null,
  name text not null,
  -- The latest.
  version integer not null,
  created_by text not null,
  created_at text not null,
  changed_at text not null,
  removed_at text
);
create unique index templates_by_place on templates (holder, folder, name) where removed_at is null;

create table template_versions (
  template_id blob not null references templates (id) on delete cascade,
  number integer not null,
  sha256 blob not null references blobs (sha256),
  byte_length integer not null,
  file_name text not null,
  -- Which fields it has, what it asks for, whether it carries macros.
  facts text not null,
  comment text not null,
  created_by text not null,
  created_at text not null,
  primary key (template_id, number)
);
create index template_versions_by_sha256 on template_versions (sha256);

-- One template to many cases in one go; each case has its own result.
create table letter_runs (
  id blob primary key,
  template_id blob not null references templates (id) on delete cascade,
  version integer not null,
  -- What was asked for, but for the cases.
  wish text not null,
  created_by text not null,
  created_at text not null,
  idempotency_key text not null,
  request_hash blob not null,
  unique (created_by, idempotency_key)
);

create table letter_cases (
  run_id blob not null references letter_runs (id) on delete cascade,
  position integer not null,
  case_id blob not null references cases (id) on delete cascade,
  -- Whom on the case, by place among its parties; a letter each.
  parties text not null,
  -- waiting, done or failed
  state text not null,
  reason text,
  entry_id blob references entries (id),
  primary key (run_id, position)
);
