"""Interest on late payment: its terms, the reference rates, how days are counted, what it comes to.

Read in this order: terms, day_count, tables, rates, accrual, telling, course, claim, in_force.
"""
