-- Mails that somebody said belong on no case: they leave the queue, and the engine learns from it.
create table not_for_a_case (
  mail_id uuid primary key references mails (id) on delete cascade,
  said_by text not null,
  said_at timestamptz not null
);
