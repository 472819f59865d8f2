"""The monitor's SQL for the write path: each statement has a name and a sentence.

All of it is set-based: keys and rows go in as arrays, written as text by `arrays.columns`, so that
a batch costs a fixed number of statements whatever its size.
"""

from typing import Final

#: Take partitions over: whoever had them is fenced from here on. In one that was never taken before
#: nothing waits to be looked at under the policies there are.
ACQUIRE: Final = """
INSERT INTO monitor.partitions (partition, epoch, owner, policies_seen)
SELECT partition, 1, $2, (SELECT count(*) FROM monitor.policies)
FROM unnest($1::int[]) AS partition
ON CONFLICT (partition) DO UPDATE SET epoch = partitions.epoch + 1, owner = excluded.owner
RETURNING partition, epoch, next_offset, offset_shift
"""

#: Move partitions from their expected to their new offsets, if this owner's epoch still stands
#: and nobody has stopped them.
ADVANCE: Final = """
UPDATE monitor.partitions AS p SET next_offset = m.next_offset
FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[])
     AS m (partition, epoch, expected, next_offset)
WHERE p.partition = m.partition AND p.epoch = m.epoch AND p.next_offset = m.expected
  AND p.stopped_reason IS NULL
"""

#: Lock one partition for a sweep, if this owner's epoch still stands and nobody has stopped it.
HOLD: Final = """
SELECT 1 FROM monitor.partitions
WHERE partition = $1 AND epoch = $2 AND stopped_reason IS NULL FOR UPDATE
"""

#: Stop a partition, if an epoch still stands where one is given; the first reason is kept.
STOP: Final = """
UPDATE monitor.partitions
SET stopped_reason = coalesce(stopped_reason, $2), stopped_at = coalesce(stopped_at, $3)
WHERE partition = $1 AND epoch = coalesce($4::bigint, epoch)
"""

#: Keep the default policy of the code base as the first version, unless there is one.
SEED_POLICY: Final = """
INSERT INTO monitor.policies (policy, version, document, created_at)
VALUES ('default', 1, $1, $2) ON CONFLICT DO NOTHING
"""

#: Keep the number of ledger partitions, the first time.
SEED_TOPOLOGY: Final = """
INSERT INTO monitor.topology (ledger_partitions)
SELECT $1 WHERE NOT EXISTS (SELECT 1 FROM monitor.topology)
"""

#: Add the next version of a policy.
ADD_POLICY: Final = """
INSERT INTO monitor.policies (policy, version, document, created_at)
SELECT $1, coalesce(max(version), 0) + 1, $2, $3 FROM monitor.policies WHERE policy = $1
RETURNING version
"""

#: Two policies are never added at once: the second is checked against the first.
LOCK_POLICIES: Final = """
LOCK TABLE monitor.policies IN SHARE ROW EXCLUSIVE MODE
"""

#: Write invoices' facts.
SAVE_INVOICES: Final = """
INSERT INTO monitor.invoices (partition, account_id, invoice_id, facts, anomalies)
SELECT partition, account_id, invoice_id, facts::json, anomalies::json
FROM unnest($1::text::int[], $2::text::text[], $3::text::text[], $4::text::text[],
    $5::text::text[])
     AS n (partition, account_id, invoice_id, facts, anomalies)
ON CONFLICT (partition, account_id, invoice_id) DO UPDATE SET
    facts = excluded.facts, anomalies = excluded.anomalies
"""

#: Delete items (and their timers below) of invoices that were amended to fewer instalments.
DROP_ITEMS: Final = """
DELETE FROM monitor.items AS i
USING unnest($1::text::int[], $2::text::text[], $3::text::text[], $4::text::int[])
      AS k (partition, account_id, invoice_id, kept)
WHERE i.partition = k.partition AND i.account_id = k.account_id
  AND i.invoice_id = k.invoice_id AND i.instalment > k.kept
"""

#: Delete the timers of items that are no more.
DROP_TIMERS: Final = """
DELETE FROM monitor.timers AS t
USING unnest($1::text::int[], $2::text::text[], $3::text::text[], $4::text::int[])
      AS k (partition, account_id, invoice_id, kept)
WHERE t.partition = k.partition AND t.account_id = k.account_id
  AND t.invoice_id = k.invoice_id AND t.instalment > k.kept
"""

#: Write items.
SAVE_ITEMS: Final = """
INSERT INTO monitor.items AS i (
    partition, account_id, invoice_id, instalment, currency, amount_minor, cleared_minor,
    credited_minor, written_off_minor, disputed_minor, open_minor, issued_on, due_on,
    original_due_on, status, cycle, level, raised, next_attention_on, disputed_days, turns)
SELECT partition, account_id, invoice_id, instalment, currency, amount_minor, cleared_minor,
    credited_minor, written_off_minor, disputed_minor, open_minor, issued_on, due_on,
    original_due_on, status, cycle, level, raised::json, next_attention_on, disputed_days::json,
    turns
FROM unnest(
    $1::text::int[], $2::text::text[], $3::text::text[], $4::text::int[], $5::text::text[],
    $6::text::bigint[], $7::text::bigint[],
    $8::text::bigint[], $9::text::bigint[], $10::text::bigint[], $11::text::bigint[],
    $12::text::date[], $13::text::date[],
    $14::text::date[], $15::text::text[], $16::text::int[], $17::text::text[],
    $18::text::text[], $19::text::date[], $20::text::text[],
    $21::text::int[])
    AS n (partition, account_id, invoice_id, instalment, currency, amount_minor, cleared_minor,
    credited_minor, written_off_minor, disputed_minor, open_minor, issued_on, due_on,
    original_due_on, status, cycle, level, raised, next_attention_on, disputed_days, turns)
ON CONFLICT (partition, account_id, invoice_id, instalment) DO UPDATE SET
    amount_minor = excluded.amount_minor, cleared_minor = excluded.cleared_minor,
    credited_minor = excluded.credited_minor, written_off_minor = excluded.written_off_minor,
    disputed_minor = excluded.disputed_minor, open_minor = excluded.open_minor,
    due_on = excluded.due_on, original_due_on = excluded.original_due_on,
    status = excluded.status, cycle = excluded.cycle, level = excluded.level,
    raised = excluded.raised, next_attention_on = excluded.next_attention_on,
    disputed_days = excluded.disputed_days, turns = excluded.turns
"""

#: Set timers.
SAVE_TIMERS: Final = """
INSERT INTO monitor.timers AS t (partition, account_id, invoice_id, instalment, due_at)
SELECT * FROM unnest($1::text::int[], $2::text::text[], $3::text::text[], $4::text::int[],
    $5::text::timestamptz[])
ON CONFLICT (partition, account_id, invoice_id, instalment) DO UPDATE SET due_at = excluded.due_at
WHERE t.due_at <> excluded.due_at
"""

#: Take timers away.
CLEAR_TIMERS: Final = """
DELETE FROM monitor.timers AS t
USING unnest($1::text::int[], $2::text::text[], $3::text::text[], $4::text::int[])
      AS k (partition, account_id, invoice_id, instalment)
WHERE t.partition = k.partition AND t.account_id = k.account_id
  AND t.invoice_id = k.invoice_id AND t.instalment = k.instalment
"""

#: Write funds.
SAVE_FUNDS: Final = """
INSERT INTO monitor.funds (
    partition, account_id, kind, funds_id, currency, amount_minor, reversed_minor,
    unapplied_minor, free_minor, facts, anomalies)
SELECT partition, account_id, kind, funds_id, currency, amount_minor, reversed_minor,
    unapplied_minor, free_minor, facts::json, anomalies::json
FROM unnest(
    $1::text::int[], $2::text::text[], $3::text::text[], $4::text::text[], $5::text::text[],
    $6::text::bigint[], $7::text::bigint[],
    $8::text::bigint[], $9::text::bigint[], $10::text::text[], $11::text::text[])
    AS n (partition, account_id, kind, funds_id, currency, amount_minor, reversed_minor,
    unapplied_minor, free_minor, facts, anomalies)
ON CONFLICT (partition, account_id, kind, funds_id) DO UPDATE SET
    currency = excluded.currency, amount_minor = excluded.amount_minor,
    reversed_minor = excluded.reversed_minor, unapplied_minor = excluded.unapplied_minor,
    free_minor = excluded.free_minor, facts = excluded.facts, anomalies = excluded.anomalies
"""

#: Add a batch's changes to accounts' totals; gives those of which money is then not conserved.
ADD_BALANCES: Final = """
WITH added AS (
INSERT INTO monitor.balances AS b (
    partition, account_id, currency, invoiced_minor, received_minor, credited_minor,
    written_off_minor, reversed_minor, open_minor, unapplied_minor, interest_minor)
SELECT * FROM unnest(
    $1::text::int[], $2::text::text[], $3::text::text[], $4::text::bigint[],
    $5::text::bigint[], $6::text::bigint[], $7::text::bigint[],
    $8::text::bigint[], $9::text::bigint[], $10::text::bigint[], $11::text::bigint[])
ON CONFLICT (partition, account_id, currency) DO UPDATE SET
    invoiced_minor = b.invoiced_minor + excluded.invoiced_minor,
    received_minor = b.received_minor + excluded.received_minor,
    credited_minor = b.credited_minor + excluded.credited_minor,
    written_off_minor = b.written_off_minor + excluded.written_off_minor,
    reversed_minor = b.reversed_minor + excluded.reversed_minor,
    open_minor = b.open_minor + excluded.open_minor,
    unapplied_minor = b.unapplied_minor + excluded.unapplied_minor,
    interest_minor = b.interest_minor + excluded.interest_minor
RETURNING b.*
)
SELECT account_id, currency FROM added
WHERE invoiced_minor + interest_minor - received_minor - credited_minor - written_off_minor
      + reversed_minor <> open_minor - unapplied_minor
"""

#: Keep a word about an escalation.
SAVE_ESCALATIONS: Final = """
INSERT INTO monitor.escalations (
    partition, event_id, account_id, type, escalation_id, invoice_id, instalment, level, event)
SELECT partition, event_id, account_id, type, escalation_id, invoice_id, instalment, level,
    event::json
FROM unnest($1::text::int[], $2::text::uuid[], $3::text::text[], $4::text::text[],
    $5::text::uuid[], $6::text::text[], $7::text::int[],
    $8::text::text[], $9::text::text[]) WITH ORDINALITY
    AS n (partition, event_id, account_id, type, escalation_id, invoice_id, instalment, level,
    event, place)
ORDER BY place
"""

#: Put facts into the outbox, in order.
SAVE_OUTBOX: Final = """
INSERT INTO monitor.outbox (partition, topic, key, value, said_at)
SELECT partition, topic, key, value, $5
FROM unnest($1::text::int[], $2::text::text[], $3::text::text[],
    $4::text::bytea[]) WITH ORDINALITY
    AS n (partition, topic, key, value, place)
ORDER BY place
"""

#: Delete facts that were acknowledged.
SENT: Final = """
DELETE FROM monitor.outbox AS o USING unnest($1::int[], $2::bigint[]) AS k (partition, seq)
WHERE o.partition = k.partition AND o.seq = k.seq
"""

#: Write what is known of accounts besides their items.
SAVE_ACCOUNTS: Final = """
INSERT INTO monitor.accounts (partition, account_id, facts, anomalies)
SELECT partition, account_id, facts::json, anomalies::json
FROM unnest($1::text::int[], $2::text::text[], $3::text::text[], $4::text::text[])
     AS n (partition, account_id, facts, anomalies)
ON CONFLICT (partition, account_id) DO UPDATE SET
    facts = excluded.facts, anomalies = excluded.anomalies
"""

#: Write what was said about accounts.
SAVE_SAID: Final = """
INSERT INTO monitor.accounts (partition, account_id, facts, said)
SELECT partition, account_id, '{}', said::json
FROM unnest($1::text::int[], $2::text::text[],
    $3::text::text[]) AS n (partition, account_id, said)
ON CONFLICT (partition, account_id) DO UPDATE SET said = excluded.said
"""

#: Write groups.
SAVE_GROUPS: Final = """
INSERT INTO monitor.groups (partition, account_id, facts)
SELECT partition, account_id, facts::json
FROM unnest($1::text::int[], $2::text::text[],
    $3::text::text[]) AS n (partition, account_id, facts)
ON CONFLICT (partition, account_id) DO UPDATE SET facts = excluded.facts
"""

#: Set the timers of accounts.
SAVE_ACCOUNT_TIMERS: Final = """
INSERT INTO monitor.account_timers AS t (partition, account_id, due_at)
SELECT * FROM unnest($1::text::int[], $2::text::text[], $3::text::timestamptz[])
ON CONFLICT (partition, account_id) DO UPDATE SET due_at = excluded.due_at
WHERE t.due_at <> excluded.due_at
"""

#: Take the timers of accounts away.
CLEAR_ACCOUNT_TIMERS: Final = """
DELETE FROM monitor.account_timers AS t
USING unnest($1::text::int[], $2::text::text[]) AS k (partition, account_id)
WHERE t.partition = k.partition AND t.account_id = k.account_id
"""

#: Make every open item of accounts due for a look.
RETIME_ACCOUNTS: Final = """
INSERT INTO monitor.timers (partition, account_id, invoice_id, instalment, due_at)
SELECT i.partition, i.account_id, i.invoice_id, i.instalment, $3
FROM unnest($1::text::int[], $2::text::text[]) AS k (partition, account_id)
JOIN monitor.items AS i USING (partition, account_id)
WHERE i.open_minor > 0
ON CONFLICT (partition, account_id, invoice_id, instalment) DO UPDATE SET due_at = excluded.due_at
"""

#: Make every open item of invoices due for a look. Not by `open_minor > 0`: that would be answered
#: from the index of all that is open of an account, once for each of its invoices.
RETIME_INVOICES: Final = """
INSERT INTO monitor.timers (partition, account_id, invoice_id, instalment, due_at)
SELECT i.partition, i.account_id, i.invoice_id, i.instalment, $4
FROM unnest($1::text::int[], $2::text::text[],
    $3::text::text[]) AS k (partition, account_id, invoice_id)
JOIN monitor.items AS i USING (partition, account_id, invoice_id)
WHERE i.open_minor <> 0
ON CONFLICT (partition, account_id, invoice_id, instalment) DO UPDATE SET due_at = excluded.due_at
"""

#: Keep how far a partition has been timed anew; at the end, by how many versions of policies.
SAVE_RETIMING: Final = """
UPDATE monitor.partitions SET
    policies_seen = CASE WHEN $6 THEN $2 ELSE policies_seen END,
    retiming_versions = CASE WHEN $6 THEN NULL ELSE $2 END,
    retimed_account = CASE WHEN $6 THEN NULL ELSE $3 END,
    retimed_invoice = CASE WHEN $6 THEN NULL ELSE $4 END,
    retimed_instalment = CASE WHEN $6 THEN NULL ELSE $5::int END
WHERE partition = $1
"""
