"""What Smartflex answers, as the contract has it."""

from __future__ import annotations

from systems.contract import COUNT, DAY, FLAG, MAYBE_DAY, MOMENT, MONEY, TEXT, many, one_of, perhaps, record, such_as

SERVICE = one_of("FIXED", "INTERNET", "TV", "FIJACOM", "MIO", "PUBLIC", name="Service")
PRODUCT = record(
    "Product",
    service=SERVICE,
    service_number=TEXT,
    plan=TEXT,
    state=such_as("active", "suspended", "retired"),
    suspended_for=such_as("", "debt", "request"),
)
CUSTOMER = record(
    "Customer",
    contract=TEXT,
    name=TEXT,
    identity_card=such_as("5234567-1F CB"),
    segment=TEXT,
    address=TEXT,
    zone=TEXT,
    telephones=many(TEXT),
    products=many(PRODUCT),
)
FOUND = record("Found", customers=many(CUSTOMER, at_most=20), more=FLAG)
MAYBE_CUSTOMER = record("MaybeCustomer", customer=perhaps(CUSTOMER))

DAMAGE = record(
    "Damage",
    number=TEXT,
    service_number=TEXT,
    component=TEXT,
    cause=TEXT,
    registered_at=MOMENT,
    reiterations=COUNT,
    state=such_as(
        *("registered", "assigned", "in_execution", "executed", "attended", "closed", "annulled", "suspended"),
        about="The work order's, or suspended when the product is, or another.",
    ),
    has_service=FLAG,
    order_number=TEXT,
)
DAMAGES = record("Damages", damages=many(DAMAGE))

INVOICE = record(
    "Invoice",
    number=TEXT,
    period=such_as("2026-11"),
    amount=MONEY,
    due_on=DAY,
    is_paid=FLAG,
    paid_on=MAYBE_DAY,
)
SERVICE_ACCOUNT = record("ServiceAccount", service=SERVICE, service_number=TEXT, invoices=many(INVOICE))
ACCOUNT = record("Account", services=many(SERVICE_ACCOUNT), places=many(TEXT))
ACCOUNT_OF_CONTRACT = record("AccountOfContract", account=ACCOUNT)

WORK_ORDER = record(
    "WorkOrder",
    number=TEXT,
    kind=one_of("installation", "transfer"),
    service=SERVICE,
    sold_on=DAY,
    state=such_as("registered", "assigned", "closed", "annulled"),
    has_service=FLAG,
    annulled_for=such_as("", "technical_data", "subscriber_absent", "wrong_address"),
    zone=TEXT,
    sector=TEXT,
)
ORDERS = record("Orders", orders=many(WORK_ORDER))
