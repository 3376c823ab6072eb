-- KL's subject plan as it was last imported, and which imports there were; the newest import's id is the plan's version.
create table kle_imports (
  id integer primary key autoincrement,
  published text,
  keywords_published text,
  facets_published text,
  imported_at text not null,
  imported_by text not null,
  -- How many entries were new, changed, retired, removed.
  counts text not null
);

create table kle_entries (
  number text primary key,
  title text not null,
  guidance text not null,
  -- Each with a text and perhaps a facet.
  keywords text not null,
  -- Each with a title and perhaps a section.
  laws text not null,
  preservation text,
  deletion_days integer,
  retired boolean not null,
  retired_on text,
  -- Numbers and facets.
  replaced_by text not null,
  uuid blob
) without rowid;

create table kle_facets (
  facet text primary key,
  title text not null,
  guidance text not null,
  keywords text not null,
  preservation text,
  retired boolean not null,
  retired_on text,
  replaced_by text not null,
  uuid blob
) without rowid;

create index cases_by_kle on cases (id) where kle is not null;
