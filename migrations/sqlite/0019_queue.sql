-- What is said of mail that waits: in the queue of one mailbox, whose it is and until when it is out of sight; of the mail
-- itself, by when it is to be journaled, and why nothing settled it.
create table queue_places (
  mail_id blob not null references mails (id) on delete cascade,
  mailbox_id blob not null references mailboxes (id) on delete cascade,
  -- A principal, such as `user:…` or `unit:…`. It sees the mail by this.
  assignee text,
  assigned_by text,
  assigned_at text,
  snoozed_until text,
  snoozed_by text,
  primary key (mail_id, mailbox_id)
) without rowid;
create index queue_places_by_assignee on queue_places (assignee, mail_id) where assignee is not null;

create table mail_deadlines (
  mail_id blob primary key references mails (id) on delete cascade,
  date text not null,
  set_by text not null,
  set_at text not null
) without rowid;

create table waiting_reasons (
  mail_id blob primary key references mails (id) on delete cascade,
  code text not null,
  noted_at text not null
) without rowid;
