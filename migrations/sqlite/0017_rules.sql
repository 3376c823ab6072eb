-- Automatic mailbox rules: whose they are, every version of their text, what they did with which mail.
create table rules (
  id blob primary key,
  -- 'organisation', 'mailbox:<id>' or 'person:<user name>'.
  owner text not null,
  mailbox_id blob references mailboxes (id) on delete cascade,
  person text,
  name text not null,
  -- Within its owner, from 1.
  position integer not null,
  -- 'live', 'shadow' or 'off'.
  mode text not null,
  version integer not null,
  text text not null,
  changed_by text not null,
  changed_at text not null,
  hits integer not null default 0,
  last_hit_at text,
  suspended_reason text,
  suspended_case text,
  suspended_at text,
  unique (owner, name)
) without rowid;
create index rules_by_mailbox on rules (mailbox_id);

create table rule_versions (
  rule_id blob not null references rules (id) on delete cascade,
  version integer not null,
  what text not null,
  text text not null,
  changed_by text not null,
  changed_at text not null,
  primary key (rule_id, version)
) without rowid;

-- Cases that rules name: a rule is suspended when one of them closes.
create table rule_cases (
  case_number text not null,
  rule_id blob not null references rules (id) on delete cascade,
  primary key (case_number, rule_id)
) without rowid;

-- Counts changes of any rule: what was made ready of them is made anew.
create table rules_revision (
  id integer primary key,
  revision integer not null
);
insert into rules_revision (id, revision) values (1, 0);

-- What a rule said of a mail in a mailbox, once. Rules may go; what they did stays told.
create table mail_decisions (
  id blob primary key,
  mail_id blob not null references mails (id) on delete cascade,
  mailbox_id blob not null references mailboxes (id) on delete cascade,
  rule_id blob not null,
  rule_name text not null,
  owner text not null,
  rule_version integer not null,
  live integer not null,
  at text not null,
  outcome text not null,
  causes text not null,
  followed text not null,
  acted_for text,
  undone_at text,
  unique (mail_id, mailbox_id, rule_id)
);
create index mail_decisions_by_rule on mail_decisions (rule_id, at);

create table mail_tags (
  mail_id blob not null references mails (id) on delete cascade,
  tag text not null,
  rule_id blob not null,
  tagged_at text not null,
  primary key (mail_id, tag)
) without rowid;

-- Which mailbox's copy of a mail a rule makes a case of: each makes one, whatever mailboxes see it.
create table rule_new_cases (
  rule_id blob not null,
  fingerprint blob not null,
  mailbox_id blob not null,
  primary key (rule_id, fingerprint)
) without rowid;
