-- Word templates and their versions, letters to many made of them, and documents that are filed without a mail.

-- What is born in the house has no mail.
alter table entries alter column mail_id drop not null;
alter table entries alter column fingerprint drop not null;

create table templates (
  id uuid primary key,
  -- A principal: who may use it. `role:user` is the whole organisation.
  holder text not null,
  -- A principal: who may change it.
  keeper text not null,
  -- Steps with / between them; empty at the top.
  folder text not null,
  name text not null,
  -- The latest.
  version bigint not null,
  created_by text not null,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  removed_at timestamptz
);
create unique index templates_by_place on templates (holder, folder, name) where removed_at is null;

create table template_versions (
  template_id uuid not null references templates (id) on delete cascade,
  number bigint not null,
  sha256 bytea not null references blobs (sha256),
  byte_length bigint not null,
  file_name text not null,
  -- Which fields it has, what it asks for, whether it carries macros.
  facts jsonb not null,
  comment text not null,
  created_by text not null,
  created_at timestamptz not null,
  primary key (template_id, number)
);
create index template_versions_by_sha256 on template_versions (sha256);

-- One template to many cases in one go; each case has its own result.
create table letter_runs (
  id uuid primary key,
  template_id uuid not null references templates (id) on delete cascade,
  version bigint not null,
  -- What was asked for, but for the cases.
  wish jsonb not null,
  created_by text not null,
  created_at timestamptz not null,
  idempotency_key text not null,
  request_hash bytea not null,
  unique (created_by, idempotency_key)
);

create table letter_cases (
  run_id uuid not null references letter_runs (id) on delete cascade,
  position bigint not null,
  case_id uuid not null references cases (id) on delete cascade,
  -- Whom on the case, by place among its parties; a letter each.
  parties jsonb not null,
  -- waiting, done or failed
  state text not null,
  reason text,
  entry_id uuid references entries (id),
  primary key (run_id, position)
);
