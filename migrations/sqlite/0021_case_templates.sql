-- What new cases begin as, kept by the organisation.
create table case_templates (
  name text primary key,
  title text,
  kle text,
  facet text,
  responsible text,
  unit text,
  access text not null,
  changed_by text not null,
  changed_at text not null
) without rowid;

-- Whom a document is from, to or about, and until when it asks for something.
alter table documents add column deadline text;
create table document_parties (
  document_id blob not null references documents (id) on delete cascade,
  position integer not null,
  kind text not null,
  name text not null,
  identifier text,
  address text,
  mail text,
  primary key (document_id, position)
) without rowid;
create index document_parties_by_mail on document_parties (mail) where mail is not null;
create index document_parties_by_identifier on document_parties (identifier) where identifier is not null;
