"""The ledger's rules: pure functions and values, without time, logs, settings or SQL of their own.

Read in this order: ledger (funds, invoice, clearing, account, fold), policy, escalation, insurance,
interest.
"""
