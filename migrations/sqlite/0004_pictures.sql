-- In which conversations a small picture was seen: one that stands in many is a logo, not a document.
create table picture_threads (
  sha256 blob not null,
  thread_id blob not null,
  primary key (sha256, thread_id)
) without rowid;
