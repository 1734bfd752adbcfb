-- Who entered and left lists of late: the newest changes of entries, whoever they are of.
CREATE INDEX change_entries ON change (position) WHERE kind IN ('entry_added', 'entry_amended');
