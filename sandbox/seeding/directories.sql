-- Guiatel has every fixed line, one in twenty of them in reserve; then who pays to be listed, and who works here.
INSERT INTO sandbox_directoryentry (id, name, address, number, is_reserved)
SELECT product.id, customer.name, customer.address, product.service_number, pg_temp.pick(product.id, 100, 20) = 0
FROM sandbox_product product JOIN sandbox_customer customer USING (contract) WHERE product.service = 'FIXED';

INSERT INTO sandbox_commercialentry (id, name, address, number)
SELECT n, pg_temp.one_of(w.firms, n, 110) || ' ' || pg_temp.one_of(w.firm_names, n, 111),
    pg_temp.one_of(w.streets, n, 112) || ' ' || (10 + pg_temp.pick(n, 113, 1990)),
    (4300000 + mod(n * 7919, 400000))::text
FROM words w, generate_series(1, 600) AS n;

INSERT INTO sandbox_employee (id, name, unit, extension)
SELECT n, pg_temp.one_of(CASE WHEN mod(n, 2) = 0 THEN w.women ELSE w.men END, n, 120) || ' '
        || pg_temp.one_of(w.surnames, n, 121) || ' ' || pg_temp.one_of(w.surnames, n, 122),
    pg_temp.one_of(w.units, n, 123), (2000 + n)::text
FROM words w, generate_series(1, 240) AS n
UNION ALL
SELECT 240 + nth, 'Secretaría', unit, (1000 + nth * 10)::text
FROM words w, unnest(w.units) WITH ORDINALITY AS each_unit(unit, nth);
