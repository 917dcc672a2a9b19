-- Lines with a balance, and long distance.
INSERT INTO sandbox_fijacomline (number, holder, identity_card, plan, balance, amounts)
SELECT product.service_number, customer.name, customer.identity_card, product.plan,
    pg_temp.pick(product.id, 80, 8000) / 100.0,
    CASE product.plan WHEN 'Fijacom Básico' THEN ARRAY[10, 20, 30]
        WHEN 'Fijacom Familia' THEN ARRAY[20, 30, 50, 100] ELSE ARRAY[35, 70, 140] END
FROM sandbox_product product JOIN sandbox_customer customer USING (contract) WHERE product.service = 'FIJACOM';

INSERT INTO sandbox_mioline (number, holder, identity_card, plan, state, balance, amounts)
SELECT product.service_number, customer.name, customer.identity_card, product.plan,
    CASE pg_temp.pick(product.id, 81, 20) WHEN 0 THEN 'blocked' WHEN 1 THEN 'inactive' ELSE 'active' END,
    pg_temp.pick(product.id, 82, 6000) / 100.0,
    CASE product.plan WHEN 'MIO Diario' THEN ARRAY[5, 10, 20] WHEN 'MIO Semanal' THEN ARRAY[15, 30]
        WHEN 'MIO Joven' THEN ARRAY[10, 25, 50] ELSE ARRAY[50, 100] END
FROM sandbox_product product JOIN sandbox_customer customer USING (contract) WHERE product.service = 'MIO';

-- Error 62 comes when the credit does not suffice: their balances are small.
INSERT INTO sandbox_longdistancecustomer (number, name, identity_card, card_digits, kind, error_62, last_payment_on,
    last_payment, balance, credit_limit)
SELECT product.service_number, customer.name, customer.identity_card, customer.card_digits,
    CASE WHEN pg_temp.pick(product.id, 85, 3) = 0 THEN 'postpaid' ELSE 'prepaid' END,
    has_error,
    CASE WHEN pg_temp.pick(product.id, 86, 10) > 0 THEN %(today)s::date - pg_temp.pick(product.id, 87, 90) END,
    CASE WHEN pg_temp.pick(product.id, 86, 10) > 0 THEN 10 * (1 + pg_temp.pick(product.id, 88, 10)) ELSE 0 END,
    CASE WHEN has_error THEN pg_temp.pick(product.id, 89, 200) / 100.0
        ELSE 5 + pg_temp.pick(product.id, 89, 15000) / 100.0 END,
    CASE WHEN pg_temp.pick(product.id, 90, 2) = 0 THEN 200 ELSE 500 END
FROM sandbox_product product JOIN sandbox_customer customer USING (contract),
    LATERAL (SELECT pg_temp.pick(product.id, 91, 7) = 0 AS has_error) checked
WHERE product.service = 'FIXED' AND pg_temp.pick(product.id, 92, 100) < 12;

INSERT INTO sandbox_dialcode (origin, destination, reach, code, words) VALUES
    ('fixed', 'fixed', 'national', '0-13', 'Después el código de la ciudad y los siete números.'),
    ('fixed', 'mobile', 'national', '0-13', 'Después los ocho números del celular.'),
    ('mobile', 'fixed', 'national', '0-13', 'Desde el celular, después el código de la ciudad y los siete números.'),
    ('mobile', 'mobile', 'national', '', 'Marque los ocho números del celular, sin código.'),
    ('booth', 'fixed', 'national', '13', 'En la cabina, después el código de la ciudad y los siete números.'),
    ('booth', 'mobile', 'national', '13', 'En la cabina, después los ocho números del celular.'),
    ('fixed', 'fixed', 'abroad', '00-13', 'Después el código del país, el de la ciudad y el número.'),
    ('fixed', 'mobile', 'abroad', '00-13', 'Después el código del país y el número del celular.'),
    ('mobile', 'fixed', 'abroad', '00-13', 'Desde el celular, después el código del país, el de la ciudad y el número.'),
    ('mobile', 'mobile', 'abroad', '00-13', 'Desde el celular, después el código del país y el número del celular.'),
    ('booth', 'fixed', 'abroad', '00-13', 'En la cabina, después el código del país, el de la ciudad y el número.'),
    ('booth', 'mobile', 'abroad', '00-13', 'En la cabina, después el código del país y el número del celular.');
