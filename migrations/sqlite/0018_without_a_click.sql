-- What is filed without a click, and the mails that go out.

-- Mails that the service sends, written down before they leave: so many to one address, and some once only.
create table mails_out (
  id blob primary key,
  template text not null,
  address text not null,
  -- Of what may go out once only, e.g. an acknowledgement to one sender on one day.
  once text unique,
  begun_at text not null,
  sent_at text
);
create index mails_out_by_address on mails_out (address, begun_at);

-- Marks in outgoing mail: which case an answer belongs to, and by whose hand it gets there.
create table case_marks (
  id blob primary key,
  case_id blob not null references cases (id) on delete cascade,
  made_by text not null,
  made_at text not null
);

-- Threads whose later mails go to a case.
create table followed_threads (
  id blob primary key,
  thread_id blob not null references threads (id) on delete cascade,
  case_id blob not null references cases (id) on delete cascade,
  -- The act that it began with; what follows is seen by those who see that one.
  entry_id blob references entries (id) on delete set null,
  -- File (on), or wait for a person with this case beside it (ask).
  mode text not null,
  followed_by text not null,
  since text not null,
  stopped_at text,
  -- said, case_closed, undone, joined
  stopped_why text,
  stopped_by text
);
create unique index followed_threads_once on followed_threads (thread_id, case_id) where stopped_at is null;
create index followed_threads_by_thread on followed_threads (thread_id);
create index followed_threads_by_case on followed_threads (case_id);
create index followed_threads_by_entry on followed_threads (entry_id);

-- Folders of mailboxes; what a person puts there goes to the case.
create table linked_folders (
  folder_id blob primary key references folders (id) on delete cascade,
  case_id blob not null references cases (id) on delete cascade,
  linked_by text not null,
  linked_at text not null
);
create index linked_folders_by_case on linked_folders (case_id);
