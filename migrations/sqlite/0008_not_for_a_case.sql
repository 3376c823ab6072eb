-- Mails that somebody said belong on no case: they leave the queue, and the engine learns from it.
create table not_for_a_case (
  mail_id blob primary key references mails (id) on delete cascade,
  said_by text not null,
  said_at text not null
) without rowid;
