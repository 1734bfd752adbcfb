-- What each load asks of a large ledger. Marks wait for records that are not in a snapshot: they are read by kind, page by
-- page. Room for who came since: counted behind a position. Departures: the last of each person.
CREATE INDEX change_marks ON change (kind, position) WHERE kind IN ('record_marked', 'entry_amended');
CREATE INDEX change_left ON change (subject, position) WHERE kind = 'left';
DROP INDEX change_growth;
CREATE INDEX change_growth ON change (position) WHERE kind IN ('enrolled', 'token_bound');
