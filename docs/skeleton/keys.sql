CREATE TABLE IF NOT EXISTS done_by_key (
    system text NOT NULL,
    key text NOT NULL,
    operation text NOT NULL,
    body jsonb NOT NULL,
    asked_by jsonb NOT NULL,
    reference text NOT NULL DEFAULT '',
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (system, key)
);
