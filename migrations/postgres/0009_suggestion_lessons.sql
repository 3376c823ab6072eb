-- What was suggested for a mail and what was chosen: learned in the order of `id`, so that every process, and every
-- restart, weighs the same. Features and a place; nothing of the mail.
create table suggestion_lessons (
  id bigserial primary key,
  entry_id uuid not null unique references entries (id),
  user_name text not null,
  made_at timestamptz not null,
  lesson jsonb not null
);
