-- Access is given to principals: `user:…`, `group:…`, `unit:…`, `role:…`. Who counts as which is in `memberships`.

create table case_access_by_principal (
  case_id blob not null references cases (id) on delete cascade,
  principal text not null,
  -- 1 read, 2 write, 3 manage; each holds those before it.
  level integer not null,
  -- Of an opening in an emergency: when it ends.
  until text,
  primary key (case_id, principal)
);
-- Until now whoever was named could do everything.
insert into case_access_by_principal (case_id, principal, level)
select case_id, 'user:' || user_name, 3 from case_access;
drop table case_access;
alter table case_access_by_principal rename to case_access;
create index case_access_by_until on case_access (until) where until is not null;

-- Whoever is responsible for a case says who may see it. To a restricted one nobody is let in by this.
insert into case_access (case_id, principal, level)
select id, 'user:' || responsible, 3 from cases
where responsible is not null and not restricted;

create table mailbox_access_by_principal (
  mailbox_id blob not null references mailboxes (id) on delete cascade,
  principal text not null,
  -- owner, delegate or registrar; all see what lies in it.
  kind text not null,
  primary key (mailbox_id, principal)
);
insert into mailbox_access_by_principal (mailbox_id, principal, kind)
select mailbox_id, 'user:' || user_name, 'owner' from mailbox_access;
insert into mailbox_access_by_principal (mailbox_id, principal, kind)
select id, 'registrar:mailbox:' || name, 'registrar' from mailboxes;
drop table mailbox_access;
alter table mailbox_access_by_principal rename to mailbox_access;

-- Who runs or watches the service is no user by that, and sees no content.
delete from memberships
where principal = 'role:user' and user_name in (
  select user_name from memberships where principal in ('role:administrator', 'role:auditor'));

-- What was filed may be seen by fewer than its case, never by more.
alter table entries add column restricted boolean not null default false;
create table entry_access (
  entry_id blob not null references entries (id) on delete cascade,
  principal text not null,
  primary key (entry_id, principal)
);

-- Restricted cases that were opened by stating a reason.
create table emergency_openings (
  id blob primary key,
  case_id blob not null references cases (id) on delete cascade,
  user_name text not null,
  reason text not null,
  opened_at text not null,
  ends_at text not null
);
create index emergency_openings_by_case on emergency_openings (case_id, opened_at);

-- What those who manage a case must hear of.
create table notices (
  id blob primary key,
  kind text not null,
  case_id blob not null references cases (id) on delete cascade,
  opening_id blob not null references emergency_openings (id) on delete cascade,
  noted_at text not null
);
create table notice_seen (
  notice_id blob not null references notices (id) on delete cascade,
  user_name text not null,
  primary key (notice_id, user_name)
);
