"""What somebody with all rights might change behind the monitor's back, and how it is named."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Doctored:
    """A change of rows, the invariant that it breaks, and words of what the audit says."""

    what: str
    invariant: str
    sql: str
    words: str


#: Of the history that `desk.py` makes, on its partition 7.
CASES: Final = (
    Doctored(
        "a running total",
        "conservation",
        "UPDATE monitor.balances SET invoiced_minor = invoiced_minor + 1",
        "invoiced 80001, rows_invoiced 80000",
    ),
    Doctored(
        "totals that are gone",
        "conservation",
        "DELETE FROM monitor.balances WHERE account_id = 'default:D'",
        "account_id default:D",
    ),
    Doctored(
        "rows and totals alike",
        "conservation",
        """
        UPDATE monitor.items SET amount_minor = amount_minor + 1 WHERE invoice_id = 'PART';
        UPDATE monitor.balances SET invoiced_minor = invoiced_minor + 1
        WHERE account_id = 'default:C'
        """,
        "invoiced 80001, rows_invoiced 80001",
    ),
    Doctored(
        "what is cleared of an item",
        "items",
        """
        UPDATE monitor.items SET cleared_minor = 20000, open_minor = 30000 WHERE
        invoice_id = 'PART'
        """,
        "records_cleared 10000",
    ),
    Doctored(
        "what is open of an item",
        "items",
        "UPDATE monitor.items SET open_minor = 1 WHERE invoice_id = 'PART'",
        "open 1",
    ),
    Doctored(
        "the status of an item",
        "items",
        "UPDATE monitor.items SET status = 'cleared' WHERE invoice_id = 'PART'",
        "status cleared",
    ),
    Doctored(
        "an item that is gone",
        "items",
        "DELETE FROM monitor.items WHERE invoice_id = 'WHOLE'",
        "invoice_id WHOLE",
    ),
    Doctored(
        "what is unapplied of a payment",
        "funds",
        "UPDATE monitor.funds SET unapplied_minor = 1 WHERE funds_id = 'P-1'",
        "funds_id P-1",
    ),
    Doctored(
        "a clearing record without an event",
        "records",
        "UPDATE monitor.clearings SET \"offset\" = 90 WHERE funds_id = 'P-1'",
        "offset 90",
    ),
    Doctored(
        "a timer that is gone",
        "timers",
        "DELETE FROM monitor.timers WHERE invoice_id = 'PART'",
        "fault no timer",
    ),
    Doctored(
        "a timer put off",
        "timers",
        "UPDATE monitor.timers SET due_at = '2099-01-01' WHERE invoice_id = 'PART'",
        "fault a timer that is too late",
    ),
    Doctored(
        "a timer of a settled item",
        "timers",
        """
        INSERT INTO monitor.timers VALUES (7, 'default:C', 'WHOLE', 1, '2026-03-01')
        """,
        "fault a timer of a settled item",
    ),
    Doctored(
        "a timer of nothing",
        "timers",
        "INSERT INTO monitor.timers VALUES (7, 'zz:Z', 'NONE', 1, '2026-03-01')",
        "fault a timer without an item",
    ),
    Doctored(
        "a word that is gone from the log",
        "escalations",
        "DELETE FROM monitor.escalations WHERE invoice_id = 'LATE'",
        "times_raised 0",
    ),
    Doctored(
        "a level that is gone from the item",
        "escalations",
        """
        UPDATE monitor.items SET raised = '[]', level = NULL WHERE invoice_id = 'LATE'
        """,
        "stands_by_item False",
    ),
    Doctored(
        "a level raised twice",
        "escalations",
        """
        INSERT INTO monitor.escalations (partition, event_id, escalation_id, account_id,
        invoice_id, instalment, type, level, event) SELECT partition, gen_random_uuid(),
        escalation_id, account_id, invoice_id, instalment, type, level, event FROM
        monitor.escalations WHERE invoice_id = 'LATE'
        """,
        "times_raised 2",
    ),
    Doctored(
        "a fact under another key",
        "outbox",
        """
        UPDATE monitor.outbox SET key = 'default:X' WHERE seq = (SELECT min(seq) FROM
        monitor.outbox)
        """,
        "fault it is of another account",
    ),
    Doctored(
        "a fact out of order",
        "outbox",
        """
        INSERT INTO monitor.outbox (partition, topic, key, value, said_at) SELECT
        partition, topic, key, value, said_at FROM monitor.outbox ORDER BY seq LIMIT 1
        """,
        "fault it was said before the one in front of it",
    ),
    Doctored(
        "a fact that nobody can read",
        "outbox",
        "UPDATE monitor.outbox SET value = convert_to('no JSON', 'UTF8')",
        "unreadable",
    ),
    Doctored(
        "a position that was moved back",
        "positions",
        "UPDATE monitor.partitions SET next_offset = 5",
        "journal_last 5",
    ),
    Doctored(
        "an event",
        "chain",
        """
        UPDATE monitor.journal SET event = replace(event::text, '300.00', '3.00')::json
        WHERE "offset" = 3
        """,
        "seal 1, offset 3, fault the row at offset 3 was changed",
    ),
    Doctored(
        "when events were recorded: the first is named",
        "chain",
        "UPDATE monitor.journal SET recorded_at = recorded_at - interval '1 day'",
        "offset 0, fault the row at offset 0 was changed",
    ),
    Doctored(
        "an event that is gone",
        "chain",
        'DELETE FROM monitor.journal WHERE "offset" = 1',
        "offset 1, fault the row at offset 1 was deleted",
    ),
    Doctored(
        "an event in the place of another",
        "chain",
        """
        UPDATE monitor.journal SET "offset" = 10 WHERE "offset" = 5; INSERT INTO
        monitor.journal SELECT partition, 5, recorded_at, account_id, gen_random_uuid(),
        clearing_rule, event, changes FROM monitor.journal WHERE "offset" = 4
        """,
        "offset 5, fault the row at offset 5 was changed",
    ),
    Doctored(
        "a seal with another digest",
        "chain",
        "UPDATE monitor.seals SET digest = sha256('forged') WHERE number = 2",
        "seal 2, or seal 1 before it was changed",
    ),
    Doctored(
        "a seal with a row less",
        "chain",
        """
        UPDATE monitor.seals SET entries = substring(entries FROM 17) WHERE number = 1
        """,
        "seal 1 was changed: its offsets do not fit",
    ),
    Doctored(
        "a seal that is gone",
        "chain",
        "DELETE FROM monitor.seals WHERE number = 1",
        "seal 1 is missing",
    ),
)
