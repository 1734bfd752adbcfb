-- The counter row: who holds it writes. Positions are gap-free in commit order.
CREATE TABLE ledger (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    position bigint NOT NULL DEFAULT 0,
    head bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex'),
    key_fingerprint text
);
INSERT INTO ledger DEFAULT VALUES;

-- Whoever has acted or been written about, under a key of their own. Key: sealed under the pseudonym key; null: destroyed,
-- the person has left. left_at and enrolled_at stay as the times of the last departure and the last enrolment by an act.
CREATE TABLE person (
    subject bytea PRIMARY KEY,
    key_number integer NOT NULL DEFAULT 1,
    key bytea,
    enrolled_at timestamptz,
    left_at timestamptz
);
CREATE INDEX person_left ON person (subject) WHERE left_at IS NOT NULL;

-- key_number: 0 plain (an organisation), else the number of the person's key; -1 nobody's.
CREATE TABLE change (
    position bigint PRIMARY KEY,
    subject bytea NOT NULL,
    kind text NOT NULL,
    key_number integer NOT NULL,
    payload bytea NOT NULL,
    actor text NOT NULL,
    at timestamptz NOT NULL,
    hash bytea NOT NULL
);
CREATE INDEX change_subject ON change (subject, position);
CREATE INDEX change_growth ON change (kind) WHERE kind IN ('enrolled', 'token_bound');

CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table change is append-only';
END $$;
CREATE TRIGGER change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON change
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- Answers to repetitions, for 24 hours. The answer is sealed under the pseudonym key.
CREATE TABLE once (
    scope bytea PRIMARY KEY,
    body bytea NOT NULL,
    status integer NOT NULL,
    answer bytea NOT NULL,
    position bigint NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX once_at ON once (at);

-- Whose arrears a reference names: a keyed hash of scene and reference. A random subject where nobody is enrolled.
CREATE TABLE arrears_reference (
    reference bytea PRIMARY KEY,
    subject bytea NOT NULL,
    scene text NOT NULL,
    since date NOT NULL,
    settled boolean NOT NULL DEFAULT false
);
CREATE INDEX arrears_reference_subject ON arrears_reference (subject);
