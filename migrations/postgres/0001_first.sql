-- The first schema: people, mailboxes, mails with their bytes, cases, journal entries and the outbox.
-- Its twin in migrations/sqlite holds the same tables with that database's own types.

create table users (
  name text primary key,
  display_name text not null,
  mail text,
  unit text,
  created_at timestamptz not null
);

create table mailboxes (
  id uuid primary key,
  name text not null unique,
  settings jsonb not null,
  state text not null default 'new',
  state_reason text,
  state_at timestamptz not null,
  created_at timestamptz not null
);

create table mailbox_access (
  mailbox_id uuid not null references mailboxes (id) on delete cascade,
  user_name text not null references users (name) on delete cascade,
  primary key (mailbox_id, user_name)
);

create table folders (
  id uuid primary key,
  mailbox_id uuid not null references mailboxes (id) on delete cascade,
  name text not null,
  uidvalidity bigint,
  highestmodseq bigint,
  exists_count bigint not null default 0,
  state text not null default 'new',
  state_reason text,
  state_at timestamptz not null,
  unique (mailbox_id, name)
);

-- An object is one write to the blob storage; a blob is a range of its bytes.
create table blob_objects (
  id uuid primary key,
  byte_length bigint not null,
  created_at timestamptz not null
);

create table blobs (
  sha256 bytea primary key,
  object_id uuid not null references blob_objects (id),
  byte_offset bigint not null,
  byte_length bigint not null
);
create index blobs_by_object on blobs (object_id);

create table threads (
  id uuid primary key
);

-- Everything a conversation is known by: Message-IDs it holds or mentions, Exchange's Thread-Index root.
create table thread_keys (
  key text primary key,
  thread_id uuid not null references threads (id)
);
create index thread_keys_by_thread on thread_keys (thread_id);

create table mails (
  id uuid primary key,
  sha256 bytea not null unique references blobs (sha256),
  fingerprint bytea not null,
  message_id text,
  thread_id uuid not null references threads (id),
  subject text not null,
  base_subject text not null,
  from_name text,
  from_address text not null,
  sent_at timestamptz,
  received_at timestamptz not null,
  kind text not null,
  byte_length bigint not null,
  preview text not null,
  -- The parsed mail without its text: addresses, attachments, warnings.
  envelope jsonb not null,
  signals jsonb not null,
  -- Why the whole mail is not here, e.g. above the size limit: its headers alone were stored.
  incomplete_reason text,
  stored_at timestamptz not null
);
create index mails_by_message_id on mails (message_id);
create index mails_by_thread on mails (thread_id);
create index mails_by_fingerprint on mails (fingerprint);
create index mails_by_base_subject on mails (base_subject, received_at);
create index mails_by_received on mails (received_at, id);

create table mail_locations (
  folder_id uuid not null references folders (id) on delete cascade,
  uidvalidity bigint not null,
  uid bigint not null,
  mail_id uuid not null references mails (id) on delete cascade,
  mailbox_id uuid not null references mailboxes (id) on delete cascade,
  flags jsonb not null,
  primary key (folder_id, uidvalidity, uid)
);
create index mail_locations_by_mail on mail_locations (mail_id, mailbox_id);
create index mail_locations_by_mailbox on mail_locations (mailbox_id, mail_id);

create table mail_people (
  mail_id uuid not null references mails (id) on delete cascade,
  role text not null,
  address text not null,
  primary key (mail_id, role, address)
);

-- Search text is indexed, not kept: the raw mail is the truth.
create table mail_search (
  mail_id uuid primary key references mails (id) on delete cascade,
  words tsvector not null
);
create index mail_search_words on mail_search using gin (words);

create table cases (
  id uuid primary key,
  number text not null unique,
  title text not null,
  kle text,
  facet text,
  status text not null,
  responsible text,
  unit text,
  restricted boolean not null,
  created_at timestamptz not null,
  closed_at timestamptz,
  version bigint not null default 1,
  search_text text not null
);
create index cases_by_created on cases (created_at, id);

create table case_counters (
  year bigint primary key,
  last_number bigint not null
);

create table case_access (
  case_id uuid not null references cases (id) on delete cascade,
  user_name text not null,
  primary key (case_id, user_name)
);

create table case_parties (
  case_id uuid not null references cases (id) on delete cascade,
  position bigint not null,
  kind text not null,
  name text not null,
  identifier text,
  address text,
  mail text,
  primary key (case_id, position)
);

create table case_recents (
  user_name text not null,
  case_id uuid not null references cases (id) on delete cascade,
  used_at timestamptz not null,
  primary key (user_name, case_id)
);

create table case_favourites (
  user_name text not null,
  case_id uuid not null references cases (id) on delete cascade,
  primary key (user_name, case_id)
);

-- A journal entry: the act of filing one mail on one case.
create table entries (
  id uuid primary key,
  mail_id uuid not null references mails (id),
  fingerprint bytea not null,
  case_id uuid not null references cases (id),
  state text not null,
  state_reason text,
  created_by text not null,
  created_at timestamptz not null,
  undone_by text,
  undone_at timestamptz,
  idempotency_key text not null,
  request_hash bytea not null,
  unique (created_by, idempotency_key)
);
-- Never the same mail twice on a case; copies that differ in trace headers count as the same.
create unique index entries_once on entries (case_id, fingerprint) where state <> 'undone';
create index entries_by_mail on entries (mail_id);
create index entries_by_fingerprint on entries (fingerprint);

create table documents (
  id uuid primary key,
  case_id uuid not null references cases (id),
  entry_id uuid references entries (id),
  number bigint not null,
  title text not null,
  document_date date not null,
  direction text not null,
  created_by text not null,
  created_at timestamptz not null,
  withdrawn_at timestamptz,
  unique (case_id, number)
);
create index documents_by_entry on documents (entry_id);

create table files (
  id uuid primary key,
  document_id uuid not null references documents (id) on delete cascade,
  position bigint not null,
  name text not null,
  media_type text not null,
  byte_length bigint not null,
  sha256 bytea not null references blobs (sha256)
);
create index files_by_document on files (document_id, position);
create index files_by_sha256 on files (sha256);

-- The outbox. A job may run twice; what it does must not mind.
create table jobs (
  id uuid primary key,
  kind text not null,
  payload jsonb not null,
  entry_id uuid references entries (id),
  -- Jobs of one group are claimed together, so that one connection serves them all.
  group_key text not null,
  state text not null,
  attempts bigint not null default 0,
  run_at timestamptz not null,
  fence bigint not null default 0,
  leased_until timestamptz,
  last_error text,
  created_at timestamptz not null
);
create index jobs_due on jobs (state, run_at);
create index jobs_by_entry on jobs (entry_id);

create table leases (
  name text primary key,
  holder text not null,
  fence bigint not null,
  expires_at timestamptz not null
);

create table audit (
  id bigserial primary key,
  at timestamptz not null,
  actor text not null,
  action text not null,
  subject_kind text not null,
  subject_id text not null,
  detail jsonb not null
);

-- What happened, ids only; every process follows it for its pages and its suggestion index.
create table events (
  id bigserial primary key,
  at timestamptz not null,
  kind text not null,
  payload jsonb not null
);
