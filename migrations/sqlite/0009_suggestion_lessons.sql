-- What was suggested for a mail and what was chosen: learned in the order of `id`, so that every process, and every
-- restart, weighs the same. Features and a place; nothing of the mail.
create table suggestion_lessons (
  id integer primary key autoincrement,
  entry_id blob not null unique references entries (id),
  user_name text not null,
  made_at text not null,
  lesson text not null
);
