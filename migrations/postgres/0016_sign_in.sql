-- The session that the browser held when it began to sign in: it ends with the sign-in. The answer of the provider comes as
-- a link from elsewhere, with which browsers do not send the session's cookie.
alter table sign_ins add column session_hash bytea;

-- An add-in's way in: what its dialog is given for the pane, once and for a minute, and the tokens made of it. Both end with
-- the session that they come from.
create table pane_codes (
  hash bytea primary key,
  session_hash bytea not null references sessions (hash) on delete cascade,
  made_at timestamptz not null
);
create index pane_codes_by_session on pane_codes (session_hash);
create table pane_tokens (
  hash bytea primary key,
  session_hash bytea not null references sessions (hash) on delete cascade,
  made_at timestamptz not null
);
create index pane_tokens_by_session on pane_tokens (session_hash);
