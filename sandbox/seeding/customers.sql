-- Customers, then what they have. Everything of customer n follows from n.
INSERT INTO sandbox_customer (contract, name, identity_card, card_digits, segment, address, zone, telephones)
SELECT
    pg_temp.contract(n),
    CASE
        WHEN is_firm THEN pg_temp.one_of(w.firms, n, 1) || ' ' || pg_temp.one_of(w.firm_names, n, 2)
            || CASE pg_temp.pick(n, 3, 3) WHEN 0 THEN ' S.R.L.' WHEN 1 THEN ' Ltda.' ELSE '' END
        ELSE regexp_replace(
            CASE WHEN pg_temp.pick(n, 4, 2) = 0
                THEN pg_temp.one_of(w.women, n, 5) || ' ' || pg_temp.one_of(w.second_of_women, n, 6)
                ELSE pg_temp.one_of(w.men, n, 5) || ' ' || pg_temp.one_of(w.second_of_men, n, 6) END
            || ' ' || pg_temp.one_of(w.surnames, n, 7) || ' ' || pg_temp.one_of(w.surnames, n, 8),
            '  +', ' ')
    END,
    card || CASE WHEN is_firm THEN ''
        ELSE CASE WHEN pg_temp.pick(n, 9, 16) = 0
            THEN '-' || (1 + pg_temp.pick(n, 10, 9)) || chr(65 + pg_temp.pick(n, 11, 26)) ELSE '' END
        || ' ' || pg_temp.one_of(w.places_of_issue, n, 12) END,
    card,
    CASE WHEN is_firm THEN 'Corporativo' ELSE pg_temp.one_of(w.segments, n, 13) END,
    pg_temp.one_of(w.streets, n, 14) || ' ' || (10 + pg_temp.pick(n, 15, 1990)),
    pg_temp.one_of(w.zones, n, 16),
    CASE WHEN pg_temp.pick(n, 17, 40) = 0 THEN ARRAY[]::text[]
        ELSE ARRAY[(60000000 + pg_temp.pick(n, 18, 19999999))::text]
            || CASE WHEN pg_temp.pick(n, 19, 3) = 0
                THEN ARRAY[(4200000 + pg_temp.pick(n, 20, 599999))::text] ELSE ARRAY[]::text[] END
    END
FROM words w,
    LATERAL (
        SELECT n, pg_temp.pick(n, 21, 20) = 0 AS is_firm,
            -- a firm has its tax number there, of nine digits
            CASE WHEN pg_temp.pick(n, 21, 20) = 0 THEN (100000000 + n)::text
                ELSE (3000000 + mod(n * 7368787, 11000000))::text END AS card
        FROM generate_series(0, %(customers)s::bigint - 1) AS n
    ) each_one;

-- Slots 0 to 4: the line (fixed, Fijacom or public), Internet, TV, MIO. Nobody is without anything.
INSERT INTO sandbox_product (id, contract, service, service_number, plan, state, suspended_for)
SELECT id, contract, service, service_number, plan,
    CASE fate
        WHEN 0 THEN 'retired'
        WHEN 1 THEN 'en migración'
        WHEN 2 THEN 'suspended' WHEN 3 THEN 'suspended' WHEN 4 THEN 'suspended' WHEN 5 THEN 'suspended'
        WHEN 6 THEN 'suspended'
        ELSE 'active' END,
    CASE WHEN fate BETWEEN 2 AND 4 THEN 'debt' WHEN fate IN (5, 6) THEN 'request' ELSE '' END
FROM (
    SELECT n * 4 + slot + 1 AS id, pg_temp.contract(n) AS contract, pg_temp.pick(n * 4 + slot, 30, 80) AS fate,
        CASE slot
            WHEN 0 THEN pg_temp.line_service(n) WHEN 1 THEN 'INTERNET' WHEN 2 THEN 'TV' ELSE 'MIO' END AS service,
        CASE slot
            WHEN 0 THEN pg_temp.line_number(n)
            WHEN 3 THEN pg_temp.mobile_number(n)
            ELSE pg_temp.contract(n) || '0' || slot END AS service_number,
        CASE slot
            WHEN 0 THEN CASE pg_temp.line_service(n)
                WHEN 'FIXED' THEN pg_temp.one_of(w.fixed_plans, n, 31)
                WHEN 'FIJACOM' THEN pg_temp.one_of(w.fijacom_plans, n, 31)
                ELSE 'Teléfono público' END
            WHEN 1 THEN pg_temp.one_of(w.internet_plans, n, 32)
            WHEN 2 THEN pg_temp.one_of(w.tv_plans, n, 33)
            ELSE pg_temp.one_of(w.mio_plans, n, 34) END AS plan
    FROM words w, generate_series(0, %(customers)s::bigint - 1) AS n, generate_series(0, 3) AS slot
    WHERE CASE slot
        WHEN 0 THEN pg_temp.line_service(n) <> ''
        WHEN 1 THEN pg_temp.pick(n, 35, 100) < 55
            OR (pg_temp.line_service(n) = '' AND pg_temp.pick(n, 36, 100) >= 45)
        WHEN 2 THEN pg_temp.pick(n, 36, 100) < 45
        ELSE pg_temp.pick(n, 37, 100) < 12 END
) having_it;
