-- Blobs may be encrypted: under a key that is derived from a data key and the blob's own salt. Data keys lie here wrapped by
-- the master key, which never does. A blob without a key lies in the clear.
create table data_keys (
  id blob primary key,
  -- The name of the master key that wraps it.
  master text not null,
  wrapped blob not null,
  created_at text not null
);
alter table blobs add column key_id blob references data_keys (id);
alter table blobs add column salt blob;
create index blobs_by_key on blobs (key_id);
