-- Cases (办件): what the desk works through. What was said and why stands in 'change', under the person's key; here is
-- nothing but the course of a case. A row is written in the transaction of its change, and goes when its person leaves.
CREATE TABLE cases (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    subject bytea NOT NULL,
    organisation boolean NOT NULL,
    -- a keyed hash of what it is about
    object bytea NOT NULL,
    state text NOT NULL,
    -- where a suspended or proposed case goes back to
    resumes text,
    -- decided, or proposed
    outcome text,
    four_eyes boolean NOT NULL,
    proposer text,
    version integer NOT NULL,
    filed_on date NOT NULL,
    due_on date,
    -- working days left when the clock was stopped
    remaining integer,
    review_until date,
    at timestamptz NOT NULL
);
CREATE UNIQUE INDEX cases_open ON cases (subject, object) WHERE state <> 'closed';
CREATE INDEX cases_subject ON cases (subject, at);
CREATE INDEX cases_queue ON cases ((coalesce(due_on, 'infinity'::date)), id);
