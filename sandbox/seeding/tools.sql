-- One draw: a number from 0 below `among` that follows from n and the question's own salt.
CREATE FUNCTION pg_temp.pick(n bigint, salt int, among int) RETURNS int LANGUAGE sql IMMUTABLE AS
    $$ SELECT mod(hashint8extended(n, salt) & 9223372036854775807, among)::int $$;
CREATE FUNCTION pg_temp.one_of(words text[], n bigint, salt int) RETURNS text LANGUAGE sql IMMUTABLE AS
    $$ SELECT words[1 + mod(hashint8extended(n, salt) & 9223372036854775807, cardinality(words))::int] $$;
CREATE FUNCTION pg_temp.contract(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
    $$ SELECT (1000000 + n * 7)::text $$;
-- 611953 and 6180339 have no factor in common with the ranges: no number comes twice. The cooperative's own service
-- lines are nobody's.
CREATE FUNCTION pg_temp.line_number(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
    $$ SELECT (4000000 + mod(n * 611953 + 12345, 1000000))::text $$;
CREATE FUNCTION pg_temp.mobile_number(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
    $$ SELECT '7' || lpad(mod(n * 6180339 + 777, 10000000)::text, 7, '0') $$;
CREATE FUNCTION pg_temp.line_service(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
    $$ SELECT CASE
        WHEN mod(n * 611953 + 12345, 1000000) IN (200224, 251000, 522222, 639999) THEN ''
        WHEN mod(hashint8extended(n, 38) & 9223372036854775807, 100) < 58 THEN 'FIXED'
        WHEN mod(hashint8extended(n, 38) & 9223372036854775807, 100) < 64 THEN 'FIJACOM'
        WHEN mod(hashint8extended(n, 38) & 9223372036854775807, 100) < 66 THEN 'PUBLIC'
        ELSE '' END $$;

-- What no procedure knows is rare, as in life: two of three are closed instead.
CREATE FUNCTION pg_temp.rarely(rare text, told text, id bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
    $$ SELECT CASE WHEN told = rare AND pg_temp.pick(id, 67, 3) > 0 THEN 'closed' ELSE told END $$;
