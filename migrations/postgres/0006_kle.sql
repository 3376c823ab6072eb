-- KL's subject plan as it was last imported, and which imports there were; the newest import's id is the plan's version.
create table kle_imports (
  id bigserial primary key,
  published date,
  keywords_published date,
  facets_published date,
  imported_at timestamptz not null,
  imported_by text not null,
  -- How many entries were new, changed, retired, removed.
  counts jsonb not null
);

create table kle_entries (
  number text primary key,
  title text not null,
  guidance text not null,
  -- Each with a text and perhaps a facet.
  keywords jsonb not null,
  -- Each with a title and perhaps a section.
  laws jsonb not null,
  preservation text,
  deletion_days bigint,
  retired boolean not null,
  retired_on date,
  -- Numbers and facets.
  replaced_by jsonb not null,
  uuid uuid
);

create table kle_facets (
  facet text primary key,
  title text not null,
  guidance text not null,
  keywords jsonb not null,
  preservation text,
  retired boolean not null,
  retired_on date,
  replaced_by jsonb not null,
  uuid uuid
);

create index cases_by_kle on cases (id) where kle is not null;
