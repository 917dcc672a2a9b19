-- What is broken, owed and being installed. %(today)s is the day the dates are told from.
INSERT INTO sandbox_damage (number, contract, service_number, component, cause, description, registered_at,
    reiterations, state, has_service, order_number, is_sown)
SELECT
    'D-' || (10000000 + seed), contract, service_number,
    pg_temp.one_of(w.components, seed, 40), pg_temp.one_of(w.causes, seed, 41), '',
    %(today)s::date::timestamp AT TIME ZONE 'America/La_Paz'
        - make_interval(days => age, mins => pg_temp.pick(seed, 42, 900)),
    CASE WHEN pg_temp.pick(seed, 43, 3) = 0 THEN pg_temp.pick(seed, 44, 5) ELSE 0 END,
    told,
    CASE told WHEN 'closed' THEN true WHEN 'attended' THEN pg_temp.pick(seed, 45, 2) = 0
        WHEN 'executed' THEN pg_temp.pick(seed, 45, 2) = 0 ELSE false END,
    CASE WHEN told IN ('suspended', 'annulled') THEN '' ELSE 'OT-' || (10000000 + seed) END, true
FROM words w, LATERAL (
    SELECT product.*, product.id * 4 + nth AS seed,
        -- the newest is days old, those before it weeks
        pg_temp.pick(product.id * 4 + nth, 46, 7) + nth * 21 AS age,
        CASE WHEN nth > 0 THEN 'closed'
            WHEN product.state = 'suspended' THEN 'suspended'
            ELSE pg_temp.rarely('diferido', pg_temp.one_of(w.damage_states, product.id, 47), product.id) END AS told
    FROM sandbox_product product, generate_series(0, 2) AS nth
    WHERE product.service IN ('FIXED', 'INTERNET', 'TV', 'PUBLIC')
        AND nth <= CASE WHEN pg_temp.pick(product.id, 48, 100) < 18 THEN pg_temp.pick(product.id, 49, 3) ELSE -1 END
) broken;

INSERT INTO sandbox_workorder (number, contract, kind, service, sold_on, state, has_service, annulled_for, zone, sector)
SELECT
    'OT-' || (60000000 + seed), contract,
    CASE WHEN pg_temp.pick(seed, 60, 4) = 0 THEN 'transfer' ELSE 'installation' END, service,
    %(today)s::date - CASE WHEN told IN ('registered', 'assigned')
        THEN pg_temp.pick(seed, 61, 18) ELSE 3 + pg_temp.pick(seed, 61, 60) END,
    told, told = 'closed' AND pg_temp.pick(seed, 62, 3) > 0,
    CASE WHEN told = 'annulled' THEN pg_temp.one_of(w.annulled_for, seed, 63) ELSE '' END,
    (SELECT zone FROM sandbox_customer customer WHERE customer.contract = ordered.contract),
    pg_temp.one_of(w.sectors, seed, 64)
FROM words w, LATERAL (
    SELECT product.*, product.id AS seed,
        pg_temp.rarely('paralizada', pg_temp.one_of(w.order_states, product.id, 65), product.id) AS told
    FROM sandbox_product product
    WHERE product.service IN ('FIXED', 'INTERNET', 'TV') AND pg_temp.pick(product.id, 66, 100) < 12
) ordered;

-- %(invoices)s months of each product; who is suspended for debt owes two, and every third one the newest.
INSERT INTO sandbox_invoice (number, contract, service_number, amount, due_on, paid_on)
SELECT
    'F-' || (product.id * 12 + back), product.contract, product.service_number,
    CASE product.service
        WHEN 'INTERNET' THEN w.internet_prices[array_position(w.internet_plans, product.plan::text)]::numeric
        WHEN 'TV' THEN w.tv_prices[array_position(w.tv_plans, product.plan::text)]::numeric
        WHEN 'FIXED' THEN w.fixed_prices[array_position(w.fixed_plans, product.plan::text)]::numeric
            + pg_temp.pick(product.id * 12 + back, 71, 4000) / 100.0
        ELSE 60 + pg_temp.pick(product.id * 12 + back, 71, 20000) / 100.0 END,
    due_on,
    CASE WHEN back < CASE WHEN product.suspended_for = 'debt' THEN 2
            WHEN pg_temp.pick(product.id, 72, 3) = 0 THEN 1 ELSE 0 END
        THEN NULL ELSE least(due_on, %(today)s::date) - pg_temp.pick(product.id * 12 + back, 73, 16) END
FROM words w, sandbox_product product, generate_series(0, %(invoices)s - 1) AS back,
    LATERAL (SELECT (date_trunc('month', %(today)s::date)::date + 24 - (back || ' months')::interval)::date AS due_on) due
WHERE product.service NOT IN ('MIO', 'FIJACOM') AND product.state <> 'retired';

INSERT INTO sandbox_certificate (number, contract, amount, paid)
SELECT 'CA-' || (100000 + id), contract, 6960, CASE WHEN pg_temp.pick(id, 75, 3) = 0
    THEN 870 * (1 + pg_temp.pick(id, 76, 7)) ELSE 6960 END
FROM sandbox_product WHERE service = 'FIXED' AND pg_temp.pick(id, 77, 2) = 0;
