-- Which request made which case, so that a repeated one makes no second.
create table case_requests (
  user_name text not null,
  idempotency_key text not null,
  request_hash blob not null,
  case_id blob not null references cases (id) on delete cascade,
  primary key (user_name, idempotency_key)
) without rowid;
