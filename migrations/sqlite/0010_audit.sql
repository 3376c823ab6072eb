-- The audit log. Acts write their record into the inbox, in their own transaction; one process at a time moves what lies
-- there into the log, numbers it and chains it by hashes, and signs a checkpoint now and then. See docs/audit.md.
create table audit_inbox (
  id blob primary key,
  at text not null,
  actor text not null,
  on_behalf_of text,
  address text,
  agent text,
  request text,
  action text not null,
  subject_kind text not null,
  subject_id text not null,
  case_id text,
  why text,
  outcome text not null,
  -- JSON, kept as it was hashed.
  detail text not null
) without rowid;

create table audit_log (
  seq integer primary key,
  id blob not null,
  at text not null,
  actor text not null,
  on_behalf_of text,
  address text,
  agent text,
  request text,
  action text not null,
  subject_kind text not null,
  subject_id text not null,
  case_id text,
  why text,
  outcome text not null,
  detail text not null,
  -- SHA-256 of the hash before it and of this record.
  hash blob not null
);
create index audit_log_by_at on audit_log (at);
create index audit_log_by_actor on audit_log (actor, seq);
create index audit_log_by_deputy on audit_log (on_behalf_of, seq) where on_behalf_of is not null;
create index audit_log_by_subject on audit_log (subject_id, seq);
create index audit_log_by_case on audit_log (case_id, seq) where case_id is not null;

-- What the log was at a moment, signed.
create table audit_checkpoints (
  number integer primary key,
  seq integer not null,
  hash blob not null,
  at text not null,
  public_key blob not null,
  signature blob not null
);

-- Up to where the log was removed because its time was up, signed: the only way in which records leave it.
create table audit_removals (
  through_seq integer primary key,
  hash blob not null,
  checkpoint integer not null,
  at text not null,
  public_key blob not null,
  signature blob not null
);

insert into audit_inbox (id, at, actor, action, subject_kind, subject_id, outcome, detail)
select unhex(printf('%032x', id)), at, actor, action, subject_kind, subject_id, 'ok', detail
from audit;
drop table audit;

create trigger audit_inbox_is_not_changed before update on audit_inbox
begin
  select raise(abort, 'the audit log cannot be changed');
end;
create trigger audit_log_is_not_changed before update on audit_log
begin
  select raise(abort, 'the audit log cannot be changed');
end;
create trigger audit_log_grows_at_its_end before insert on audit_log
when new.seq <= (select max(seq) from audit_log)
begin
  select raise(abort, 'the audit log grows at its end alone');
end;
create trigger audit_log_is_not_removed before delete on audit_log
when old.seq > coalesce((select max(through_seq) from audit_removals), 0)
begin
  select raise(abort, 'the audit log cannot be removed');
end;
create trigger audit_checkpoints_are_not_changed before update on audit_checkpoints
begin
  select raise(abort, 'the audit log cannot be changed');
end;
create trigger audit_checkpoints_are_not_removed before delete on audit_checkpoints
when old.seq >= coalesce((select max(through_seq) from audit_removals), 0)
begin
  select raise(abort, 'the audit log cannot be removed');
end;
create trigger audit_removals_are_not_changed before update on audit_removals
begin
  select raise(abort, 'the audit log cannot be changed');
end;
create trigger audit_removals_are_not_removed before delete on audit_removals
begin
  select raise(abort, 'the audit log cannot be removed');
end;
