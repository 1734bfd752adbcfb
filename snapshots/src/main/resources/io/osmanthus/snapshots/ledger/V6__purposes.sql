-- What each scene was served with: a recipient that joins under the same version of a purpose is refused, also where the file
-- in the store that says so is gone.
CREATE TABLE purpose_served (
    scene text PRIMARY KEY,
    version integer NOT NULL,
    recipients text[] NOT NULL
);
