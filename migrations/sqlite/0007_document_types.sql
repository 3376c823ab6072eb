-- What kind of document it is, as somebody chose or took over from the proposal; null where nobody knows.
alter table documents add column document_type text;

-- What choosing taught, as it was learned, so that an undo takes back exactly that; null where nobody chose a type.
alter table entries add column type_lessons text;
create index entries_with_type_lessons on entries (id) where type_lessons is not null;
