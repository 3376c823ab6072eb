-- The audit log. Acts write their record into the inbox, in their own transaction; one process at a time moves what lies
-- there into the log, numbers it and chains it by hashes, and signs a checkpoint now and then. See docs/audit.md.
create table audit_inbox (
  id uuid primary key,
  at timestamptz not null,
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
);

create table audit_log (
  seq bigint primary key,
  id uuid not null,
  at timestamptz not null,
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
  hash bytea not null
);
create index audit_log_by_at on audit_log (at);
create index audit_log_by_actor on audit_log (actor, seq);
create index audit_log_by_deputy on audit_log (on_behalf_of, seq) where on_behalf_of is not null;
create index audit_log_by_subject on audit_log (subject_id, seq);
create index audit_log_by_case on audit_log (case_id, seq) where case_id is not null;

-- What the log was at a moment, signed.
create table audit_checkpoints (
  number bigint primary key,
  seq bigint not null,
  hash bytea not null,
  at timestamptz not null,
  public_key bytea not null,
  signature bytea not null
);

-- Up to where the log was removed because its time was up, signed: the only way in which records leave it.
create table audit_removals (
  through_seq bigint primary key,
  hash bytea not null,
  checkpoint bigint not null,
  at timestamptz not null,
  public_key bytea not null,
  signature bytea not null
);

insert into audit_inbox (id, at, actor, action, subject_kind, subject_id, outcome, detail)
select lpad(to_hex(id), 32, '0')::uuid, at, actor, action, subject_kind, subject_id, 'ok', detail::text
from audit;
drop table audit;

create function audit_is_not_changed() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log cannot be changed';
end $$;
create function audit_grows_at_its_end() returns trigger language plpgsql as $$
begin
  if new.seq <= (select max(seq) from audit_log) then
    raise exception 'the audit log grows at its end alone';
  end if;
  return new;
end $$;
create function audit_log_is_not_removed() returns trigger language plpgsql as $$
begin
  if old.seq > coalesce((select max(through_seq) from audit_removals), 0) then
    raise exception 'the audit log cannot be removed';
  end if;
  return old;
end $$;
create function audit_checkpoints_are_not_removed() returns trigger language plpgsql as $$
begin
  if old.seq >= coalesce((select max(through_seq) from audit_removals), 0) then
    raise exception 'the audit log cannot be removed';
  end if;
  return old;
end $$;

create trigger audit_inbox_is_not_changed before update or truncate on audit_inbox
  for each statement execute function audit_is_not_changed();
create trigger audit_log_is_not_changed before update or truncate on audit_log
  for each statement execute function audit_is_not_changed();
create trigger audit_log_grows_at_its_end before insert on audit_log
  for each row execute function audit_grows_at_its_end();
create trigger audit_log_is_not_removed before delete on audit_log
  for each row execute function audit_log_is_not_removed();
create trigger audit_checkpoints_are_not_changed before update or truncate on audit_checkpoints
  for each statement execute function audit_is_not_changed();
create trigger audit_checkpoints_are_not_removed before delete on audit_checkpoints
  for each row execute function audit_checkpoints_are_not_removed();
create trigger audit_removals_are_not_changed before update or delete or truncate on audit_removals
  for each statement execute function audit_is_not_changed();
