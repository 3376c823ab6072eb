-- Where mails lie that were removed here and stay in the mailbox: they are not fetched again.
create table removed_places (
  folder_id blob not null references folders (id) on delete cascade,
  uidvalidity integer not null,
  uid integer not null,
  primary key (folder_id, uidvalidity, uid)
);

-- What was never journaled is removed by how long it has been here.
create index mails_by_stored on mails (stored_at, id);
