-- Who people are, what they belong to, and by what they are let in.

-- A person who left keeps their name on what they did, and is let in nowhere.
alter table users add column disabled_at text;

-- Whom the organisation's provider says this is. The name may change there and be given to another; this does not.
create table user_identities (
  issuer text not null,
  subject text not null,
  user_name text not null references users (name) on delete cascade,
  -- Of the claims as they were taken over last: the same again change nothing.
  claims_hash blob not null,
  bound_at text not null,
  primary key (issuer, subject),
  unique (issuer, user_name)
);

-- The organisation as a tree; a user's `unit` is a code of it, or a text that stands alone.
create table units (
  code text primary key,
  name text not null,
  parent text references units (code)
);
create index units_by_parent on units (parent);

create table user_groups (
  user_name text not null references users (name) on delete cascade,
  group_name text not null,
  -- Who said so: claims or import. Each takes back only its own.
  source text not null,
  primary key (user_name, group_name, source)
);

-- Who has which role: a principal such as `group:…`, and what the role is limited to, such as `mailbox:…`.
create table role_grants (
  principal text not null,
  role text not null,
  scope text not null,
  -- command line or configuration.
  source text not null,
  primary key (principal, role, scope, source)
);

-- Who may act for whom.
create table deputies (
  user_name text not null references users (name) on delete cascade,
  acts_for text not null references users (name) on delete cascade,
  -- The last day, when there is one.
  until text,
  primary key (user_name, acts_for)
);

-- Derived from all of the above, and what access is asked of: everything a user counts as.
create table memberships (
  user_name text not null references users (name) on delete cascade,
  principal text not null,
  primary key (user_name, principal)
);
create index memberships_by_principal on memberships (principal, user_name);

insert into memberships (user_name, principal)
select name, 'user:' || name from users
union all
select name, 'role:user' from users
union all
select name, 'unit:' || unit from users where unit is not null;

-- Tokens of scripts. Of each only the hash is known here.
create table service_tokens (
  id blob primary key,
  name text not null unique,
  user_name text not null references users (name) on delete cascade,
  hash blob not null unique,
  scope text not null,
  created_at text not null,
  expires_at text not null,
  revoked_at text,
  used_at text
);

-- Sign-ins that have begun and wait for the provider; known by the hash of what the browser brings back.
create table sign_ins (
  state_hash blob primary key,
  browser_hash blob not null,
  nonce text not null,
  code_verifier text not null,
  return_to text not null,
  begun_at text not null
);
create index sign_ins_by_age on sign_ins (begun_at);

-- Who is signed in to the web pages; known by the hash of their cookie.
create table sessions (
  hash blob primary key,
  user_name text not null references users (name) on delete cascade,
  begun_at text not null,
  used_at text not null
);
create index sessions_by_user on sessions (user_name);
create index sessions_by_age on sessions (used_at);
