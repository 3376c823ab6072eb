-- Access is given to principals: `user:…`, `group:…`, `unit:…`, `role:…`. Who counts as which is in `memberships`.

alter table case_access add column principal text;
alter table case_access add column level bigint;
alter table case_access add column until timestamptz;
-- Until now whoever was named could do everything. 1 is read, 2 write, 3 manage; each holds those before it.
update case_access set principal = 'user:' || user_name, level = 3;
alter table case_access drop column user_name;
alter table case_access alter column principal set not null;
alter table case_access alter column level set not null;
alter table case_access add primary key (case_id, principal);
create index case_access_by_until on case_access (until) where until is not null;

-- Whoever is responsible for a case says who may see it. To a restricted one nobody is let in by this.
insert into case_access (case_id, principal, level)
select id, 'user:' || responsible, 3 from cases
where responsible is not null and not restricted;

alter table mailbox_access add column principal text;
-- owner, delegate or registrar; all see what lies in it.
alter table mailbox_access add column kind text;
update mailbox_access set principal = 'user:' || user_name, kind = 'owner';
alter table mailbox_access drop column user_name;
alter table mailbox_access alter column principal set not null;
alter table mailbox_access alter column kind set not null;
alter table mailbox_access add primary key (mailbox_id, principal);
insert into mailbox_access (mailbox_id, principal, kind)
select id, 'registrar:mailbox:' || name, 'registrar' from mailboxes;

-- Who runs or watches the service is no user by that, and sees no content.
delete from memberships
where principal = 'role:user' and user_name in (
  select user_name from memberships where principal in ('role:administrator', 'role:auditor'));

-- What was filed may be seen by fewer than its case, never by more.
alter table entries add column restricted boolean not null default false;
create table entry_access (
  entry_id uuid not null references entries (id) on delete cascade,
  principal text not null,
  primary key (entry_id, principal)
);

-- Restricted cases that were opened by stating a reason.
create table emergency_openings (
  id uuid primary key,
  case_id uuid not null references cases (id) on delete cascade,
  user_name text not null,
  reason text not null,
  opened_at timestamptz not null,
  ends_at timestamptz not null
);
create index emergency_openings_by_case on emergency_openings (case_id, opened_at);

-- What those who manage a case must hear of.
create table notices (
  id uuid primary key,
  kind text not null,
  case_id uuid not null references cases (id) on delete cascade,
  opening_id uuid not null references emergency_openings (id) on delete cascade,
  noted_at timestamptz not null
);
create table notice_seen (
  notice_id uuid not null references notices (id) on delete cascade,
  user_name text not null,
  primary key (notice_id, user_name)
);
