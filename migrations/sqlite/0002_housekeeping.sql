-- Since when a mail lies in no mailbox and on no case: such mails are removed after a while, since nobody may see them.
alter table mails add column unplaced_at text;
create index mails_unplaced on mails (unplaced_at) where unplaced_at is not null;

-- Since when nothing lives in an object: it stays a while for readers and for backups that are being taken.
alter table blob_objects add column retired_at text;
