"""The tables of the peer that commits each event, and each statement it makes."""

from typing import Final

SCHEMA: Final = """
CREATE TABLE events (name uuid PRIMARY KEY, account_id text NOT NULL, event jsonb NOT NULL);
CREATE TABLE items (
    account_id text, invoice_id text, due_on date NOT NULL, currency text NOT NULL,
    open_minor bigint NOT NULL, PRIMARY KEY (account_id, invoice_id)
);
CREATE INDEX items_open ON items (account_id, due_on) WHERE open_minor > 0;
CREATE TABLE funds (
    account_id text, funds_id text, currency text NOT NULL, free_minor bigint NOT NULL,
    PRIMARY KEY (account_id, funds_id)
);
CREATE INDEX funds_free ON funds (account_id) WHERE free_minor > 0;
CREATE TABLE named (
    account_id text, funds_id text, invoice_id text, amount_minor bigint NOT NULL,
    PRIMARY KEY (account_id, funds_id, invoice_id)
);
CREATE TABLE met (
    account_id text, funds_id text, invoice_id text, amount_minor bigint NOT NULL,
    PRIMARY KEY (account_id, funds_id, invoice_id)
);
"""
#: Open less unapplied, by account.
BALANCES: Final = """
SELECT account_id, sum(minor) FROM (
    SELECT account_id, open_minor AS minor FROM items
    UNION ALL SELECT account_id, -free_minor FROM funds
    UNION ALL SELECT account_id, -amount_minor FROM named
) AS parts GROUP BY account_id
"""
#: An event that is there already changes nothing.
CLAIM: Final = "INSERT INTO events VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING 1"
ADD_ITEM: Final = "INSERT INTO items VALUES ($1, $2, $3, $4, $5)"
ADD_FUNDS: Final = "INSERT INTO funds VALUES ($1, $2, $3, $4)"
ADD_NAMED: Final = "INSERT INTO named VALUES ($1, $2, $3, $4)"
TAKE_NAMED: Final = (
    "DELETE FROM named WHERE account_id = $1 AND invoice_id = $2 RETURNING funds_id, amount_minor"
)
ONE_ITEM: Final = "SELECT open_minor FROM items WHERE account_id = $1 AND invoice_id = $2"
OPEN_ITEMS: Final = (
    "SELECT invoice_id, open_minor FROM items WHERE account_id = $1 AND currency = $2 "
    "AND open_minor > 0 ORDER BY due_on, invoice_id"
)
FREE_FUNDS: Final = (
    "SELECT funds_id, free_minor FROM funds WHERE account_id = $1 AND currency = $2 "
    "AND free_minor > 0 ORDER BY funds_id"
)
PAY: Final = (
    "UPDATE items SET open_minor = open_minor - $3 WHERE account_id = $1 AND invoice_id = $2"
)
SPEND: Final = (
    "UPDATE funds SET free_minor = free_minor - $3 WHERE account_id = $1 AND funds_id = $2"
)
ADD_MET: Final = (
    "INSERT INTO met VALUES ($1, $2, $3, $4) ON CONFLICT (account_id, funds_id, invoice_id) "
    "DO UPDATE SET amount_minor = met.amount_minor + excluded.amount_minor"
)
TAKE_FUNDS: Final = "DELETE FROM funds WHERE account_id = $1 AND funds_id = $2"
TAKE_MET: Final = (
    "DELETE FROM met WHERE account_id = $1 AND funds_id = $2 RETURNING invoice_id, amount_minor"
)
