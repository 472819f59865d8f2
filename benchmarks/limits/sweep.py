"""Limit 3: one set-based statement that raises the same escalations as the monitor's sweep.

It marks the items, moves their timers, logs the words and puts them into the outbox; it decides by
one comparison, and says in each word what the monitor's own say.
"""

from collections.abc import Mapping
from datetime import timedelta
from time import perf_counter
from typing import Final

from benchmarks.frame.servers import Servers, ask
from benchmarks.product.books import FIRST_LEVEL_DAYS, TIME_ZONE, Books
from benchmarks.product.sweep import SWEEP_SECONDS
from benchmarks.stream.mix import TODAY
from shared.calendar import start_of_day
from shared.contracts.catalogue import ESCALATIONS

#: Days on which the default policy raises its second level.
NEXT_LEVEL_DAYS: Final = 30
RAISE: Final = """
WITH due AS (
    SELECT t.partition, t.account_id, t.invoice_id, t.instalment
    FROM monitor.timers AS t WHERE t.due_at <= $1
), marked AS (
    UPDATE monitor.items AS i SET
        level = 'dunning', next_attention_on = i.due_on + $3::int,
        raised = json_build_array(json_build_object(
            'level', 'dunning', 'action', 'dunning_letter', 'skipped', json_build_array(),
            'raised_on', $2::date, 'policy', 'default@1', 'days_overdue', $2::date - i.due_on,
            'cycle', i.cycle, 'held_by', null, 'held_until', null, 'holds', 0, 'insured', false,
            'cross_default', false, 'addressed', ''))
    FROM due AS d
    WHERE i.partition = d.partition AND i.account_id = d.account_id
      AND i.invoice_id = d.invoice_id AND i.instalment = d.instalment
      AND i.open_minor > 10000 AND i.due_on + $4::int <= $2::date
    RETURNING i.*
), timed AS (
    UPDATE monitor.timers AS t SET due_at = (m.next_attention_on::timestamp AT TIME ZONE $5)
    FROM marked AS m
    WHERE t.partition = m.partition AND t.account_id = m.account_id
      AND t.invoice_id = m.invoice_id AND t.instalment = m.instalment
), words AS (
    SELECT m.*, md5(m.invoice_id || m.instalment || m.cycle || 'dunning')::uuid AS escalation_id,
        md5(m.invoice_id || m.instalment || m.cycle || 'dunning raised')::uuid AS event_id,
        json_build_object(
            'type', 'escalation.raised.v1', 'account_id', m.account_id, 'invoice_id', m.invoice_id,
            'instalment', m.instalment, 'item_id', m.invoice_id || '/' || m.instalment,
            'level', 'dunning', 'action', 'dunning_letter', 'skipped', json_build_array(),
            'days_overdue', $2::date - m.due_on, 'due_on', m.due_on, 'reached_on', $2::date,
            'open', to_char(m.open_minor / 100.0, 'FM999999990.00'), 'currency', m.currency,
            'policy', 'default@1', 'cycle', m.cycle, 'time', $1) AS event
    FROM marked AS m
), logged AS (
    INSERT INTO monitor.escalations (
        partition, event_id, account_id, type, escalation_id, invoice_id, instalment, level, event)
    SELECT partition, event_id, account_id, 'escalation.raised.v1', escalation_id, invoice_id,
        instalment, 'dunning', event FROM words
)
INSERT INTO monitor.outbox (partition, topic, key, value, said_at)
SELECT partition, $6, account_id, convert_to(json_build_object(
    'specversion', '1.0', 'id', event_id, 'source', 'arrears/monitor',
    'type', 'escalation.raised.v1', 'time', $1, 'subject', invoice_id || '/' || instalment,
    'datacontenttype', 'application/json', 'data', event)::text, 'UTF8'), $1
FROM words
"""


class SetBasedSweep:
    """The same books as a `Sweep`'s, swept by one statement in one transaction."""

    def __init__(self, servers: Servers, *, open_items: int, due_items: int, days: int) -> None:
        self.name = "limit 3"
        self._books = Books(servers, open_items=open_items, due_items=due_items, days=days)

    async def measure(self, repetition: int) -> Mapping[str, float]:
        """Sweep the next day."""
        database_url = await self._books.database_url()
        today = TODAY + timedelta(days=repetition + 1)
        now = start_of_day(today, TIME_ZONE)
        rules = (NEXT_LEVEL_DAYS, FIRST_LEVEL_DAYS, TIME_ZONE, ESCALATIONS)
        started = perf_counter()
        await ask(database_url, RAISE, now, today, *rules)
        taken = perf_counter() - started
        await self._books.check(self.name, repetition + 1)
        return {SWEEP_SECONDS: taken}
