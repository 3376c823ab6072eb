-- The first schema: people, mailboxes, mails with their bytes, cases, journal entries and the outbox.
-- Its twin in migrations/postgres holds the same tables with that database's own types.

create table users (
  name text primary key,
  display_name text not null,
  mail text,
  unit text,
  created_at text not null
);

create table mailboxes (
  id blob primary key,
  name text not null unique,
  settings text not null,
  state text not null default 'new',
  state_reason text,
  state_at text not null,
  created_at text not null
);

create table mailbox_access (
  mailbox_id blob not null references mailboxes (id) on delete cascade,
  user_name text not null references users (name) on delete cascade,
  primary key (mailbox_id, user_name)
);

create table folders (
  id blob primary key,
  mailbox_id blob not null references mailboxes (id) on delete cascade,
  name text not null,
  uidvalidity integer,
  highestmodseq integer,
  exists_count integer not null default 0,
  state text not null default 'new',
  state_reason text,
  state_at text not null,
  unique (mailbox_id, name)
);

-- An object is one write to the blob storage; a blob is a range of its bytes.
create table blob_objects (
  id blob primary key,
  byte_length integer not null,
  created_at text not null
);

create table blobs (
  sha256 blob primary key,
  object_id blob not null references blob_objects (id),
  byte_offset integer not null,
  byte_length integer not null
);
create index blobs_by_object on blobs (object_id);

create table threads (
  id blob primary key
);

-- Everything a conversation is known by: Message-IDs it holds or mentions, Exchange's Thread-Index root.
create table thread_keys (
  key text primary key,
  thread_id blob not null references threads (id)
);
create index thread_keys_by_thread on thread_keys (thread_id);

create table mails (
  id blob primary key,
  sha256 blob not null unique references blobs (sha256),
  fingerprint blob not null,
  message_id text,
  thread_id blob not null references threads (id),
  subject text not null,
  base_subject text not null,
  from_name text,
  from_address text not null,
  sent_at text,
  received_at text not null,
  kind text not null,
  byte_length integer not null,
  preview text not null,
  -- The parsed mail without its text: addresses, attachments, warnings.
  envelope text not null,
  signals text not null,
  -- Why the whole mail is not here, e.g. above the size limit: its headers alone were stored.
  incomplete_reason text,
  stored_at text not null
);
create index mails_by_message_id on mails (message_id);
create index mails_by_thread on mails (thread_id);
create index mails_by_fingerprint on mails (fingerprint);
create index mails_by_base_subject on mails (base_subject, received_at);
create index mails_by_received on mails (received_at, id);

create table mail_locations (
  folder_id blob not null references folders (id) on delete cascade,
  uidvalidity integer not null,
  uid integer not null,
  mail_id blob not null references mails (id) on delete cascade,
  mailbox_id blob not null references mailboxes (id) on delete cascade,
  flags text not null,
  primary key (folder_id, uidvalidity, uid)
);
create index mail_locations_by_mail on mail_locations (mail_id, mailbox_id);
create index mail_locations_by_mailbox on mail_locations (mailbox_id, mail_id);

create table mail_people (
  mail_id blob not null references mails (id) on delete cascade,
  role text not null,
  address text not null,
  primary key (mail_id, role, address)
);

-- Search text is indexed, not kept: the raw mail is the truth.
create virtual table mail_search using fts5 (
  subject, people, body,
  content = '', contentless_delete = 1,
  tokenize = "unicode61 remove_diacritics 0"
);
create table mail_search_rows (
  docid integer primary key,
  mail_id blob not null unique references mails (id) on delete cascade
);

create table cases (
  id blob primary key,
  number text not null unique,
  title text not null,
  kle text,
  facet text,
  status text not null,
  responsible text,
  unit text,
  restricted boolean not null,
  created_at text not null,
  closed_at text,
  version integer not null default 1,
  search_text text not null
);
create index cases_by_created on cases (created_at, id);

create table case_counters (
  year integer primary key,
  last_number integer not null
);

create table case_access (
  case_id blob not null references cases (id) on delete cascade,
  user_name text not null,
  primary key (case_id, user_name)
);

create table case_parties (
  case_id blob not null references cases (id) on delete cascade,
  position integer not null,
  kind text not null,
  name text not null,
  identifier text,
  address text,
  mail text,
  primary key (case_id, position)
);

create table case_recents (
  user_name text not null,
  case_id blob not null references cases (id) on delete cascade,
  used_at text not null,
  primary key (user_name, case_id)
);

create table case_favourites (
  user_name text not null,
  case_id blob not null references cases (id) on delete cascade,
  primary key (user_name, case_id)
);

-- A journal entry: the act of filing one mail on one case.
create table entries (
  id blob primary key,
  mail_id blob not null references mails (id),
  fingerprint blob not null,
  case_id blob not null references cases (id),
  state text not null,
  state_reason text,
  created_by text not null,
  created_at text not null,
  undone_by text,
  undone_at text,
  idempotency_key text not null,
  request_hash blob not null,
  unique (created_by, idempotency_key)
);
-- Never the same mail twice on a case; copies that differ in trace headers count as the same.
create unique index entries_once on entries (case_id, fingerprint) where state <> 'undone';
create index entries_by_mail on entries (mail_id);
create index entries_by_fingerprint on entries (fingerprint);

create table documents (
  id blob primary key,
  case_id blob not null references cases (id),
  entry_id blob references entries (id),
  number integer not null,
  title text not null,
  document_date text not null,
  direction text not null,
  created_by text not null,
  created_at text not null,
  withdrawn_at text,
  unique (case_id, number)
);
create index documents_by_entry on documents (entry_id);

create table files (
  id blob primary key,
  document_id blob not null references documents (id) on delete cascade,
  position integer not null,
  name text not null,
  media_type text not null,
  byte_length integer not null,
  sha256 blob not null references blobs (sha256)
);
create index files_by_document on files (document_id, position);
create index files_by_sha256 on files (sha256);

-- The outbox. A job may run twice; what it does must not mind.
create table jobs (
  id blob primary key,
  kind text not null,
  payload text not null,
  entry_id blob references entries (id),
  -- Jobs of one group are claimed together, so that one connection serves them all.
  group_key text not null,
  state text not null,
  attempts integer not null default 0,
  run_at text not null,
  fence integer not null default 0,
  leased_until text,
  last_error text,
  created_at text not null
);
create index jobs_due on jobs (state, run_at);
create index jobs_by_entry on jobs (entry_id);

create table leases (
  name text primary key,
  holder text not null,
  fence integer not null,
  expires_at text not null
);

create table audit (
  id integer primary key autoincrement,
  at text not null,
  actor text not null,
  action text not null,
  subject_kind text not null,
  subject_id text not null,
  detail text not null
);

-- What happened, ids only; every process follows it for its pages and its suggestion index.
create table events (
  id integer primary key autoincrement,
  at text not null,
  kind text not null,
  payload text not null
);
