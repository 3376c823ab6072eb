-- What is said of mail that waits: in the queue of one mailbox, whose it is and until when it is out of sight; of the mail
-- itself, by when it is to be journaled, and why nothing settled it.
create table queue_places (
  mail_id uuid not null references mails (id) on delete cascade,
  mailbox_id uuid not null references mailboxes (id) on delete cascade,
  -- A principal, such as `user:…` or `unit:…`. It sees the mail by this.
  assignee text,
  assigned_by text,
  assigned_at timestamptz,
  snoozed_until timestamptz,
  snoozed_by text,
  primary key (mail_id, mailbox_id)
);
create index queue_places_by_assignee on queue_places (assignee, mail_id) where assignee is not null;

create table mail_deadlines (
  mail_id uuid primary key references mails (id) on delete cascade,
  date date not null,
  set_by text not null,
  set_at timestamptz not null
);

create table waiting_reasons (
  mail_id uuid primary key references mails (id) on delete cascade,
  code text not null,
  noted_at timestamptz not null
);
