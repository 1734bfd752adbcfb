-- What each load asks of a large ledger. Marks wait for records that are not in a snapshot: they are read by kind, page by
-- page. Room for who came since: counted behind a position. Departures: the last of each person. An index for each kind,
-- ordered by nothing but the position: rows lie in that order, and the planner must see that they do.
CREATE INDEX change_record_marked ON change (position) WHERE kind = 'record_marked';
CREATE INDEX change_entry_amended ON change (position) WHERE kind = 'entry_amended';
CREATE INDEX change_arrears_marked ON change (position) WHERE kind = 'arrears_marked';
CREATE INDEX change_left ON change (subject, position) WHERE kind = 'left';
DROP INDEX change_growth;
CREATE INDEX change_growth ON change (position) WHERE kind IN ('enrolled', 'token_bound');
