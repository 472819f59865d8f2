"""Reference rates as they were published: each percent holds from its day until the next one.

A table grows by a line when its rate changes and by a later `last_known_on` when it has been looked
up and has not. A creditor need not wait for either: `rates` in the terms adds days of its own.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from shared.contracts.interest import CN_LPR_1Y, DE_BASE, ECB


@dataclass(frozen=True, slots=True)
class Table:
    """A reference rate as it was published."""

    #: From which ISO day on which percent a year holds.
    published: dict[str, str]
    #: The last day the source has been read for; what comes later is presumed to be the same.
    last_known_on: date
    #: Whether what is in force on 1 January and 1 July holds for the half-year it begins.
    by_half_year: bool = False


#: European Central Bank, "Key ECB interest rates": main refinancing operations, by the day a rate
#: takes effect. It begins with the fixed-rate tenders of 2008. Directive 2011/7/EU, article 2(7)
#: makes it the reference rate, article 3(2) lets the rate in force on 1 January and 1 July hold for
#: the half-year, article 2(6) adds at least 8 points (`margin_percent: "8"`), and article 6(1) the
#: fixed sum of EUR 40 an invoice.
ECB_MAIN_REFINANCING: Final = Table(
    {
        "2008-10-15": "3.75",
        "2008-11-12": "3.25",
        "2008-12-10": "2.50",
        "2009-01-21": "2.00",
        "2009-03-11": "1.50",
        "2009-04-08": "1.25",
        "2009-05-13": "1.00",
        "2011-04-13": "1.25",
        "2011-07-13": "1.50",
        "2011-11-09": "1.25",
        "2011-12-14": "1.00",
        "2012-07-11": "0.75",
        "2013-05-08": "0.50",
        "2013-11-13": "0.25",
        "2014-06-11": "0.15",
        "2014-09-10": "0.05",
        "2016-03-16": "0.00",
        "2022-07-27": "0.50",
        "2022-09-14": "1.25",
        "2022-11-02": "2.00",
        "2022-12-21": "2.50",
        "2023-02-08": "3.00",
        "2023-03-22": "3.50",
        "2023-05-10": "3.75",
        "2023-06-21": "4.00",
        "2023-08-02": "4.25",
        "2023-09-20": "4.50",
        "2024-06-12": "4.25",
        "2024-09-18": "3.65",
        "2024-10-23": "3.40",
        "2024-12-18": "3.15",
        "2025-02-05": "2.90",
        "2025-03-12": "2.65",
        "2025-04-23": "2.40",
        "2025-06-11": "2.15",
    },
    # The decision of 18 December 2025 left the rate as it was.
    last_known_on=date(2026, 1, 1),
    by_half_year=True,
)

#: Deutsche Bundesbank, "Basiszinssatz nach § 247 BGB": it changes on 1 January and 1 July only.
#: Between undertakings § 288(2) BGB adds 9 points (`margin_percent: "9"`), and § 288(5) the EUR 40.
DE_BASE_RATE: Final = Table(
    {
        "2002-01-01": "2.57",
        "2002-07-01": "2.47",
        "2003-01-01": "1.97",
        "2003-07-01": "1.22",
        "2004-01-01": "1.14",
        "2004-07-01": "1.13",
        "2005-01-01": "1.21",
        "2005-07-01": "1.17",
        "2006-01-01": "1.37",
        "2006-07-01": "1.95",
        "2007-01-01": "2.70",
        "2007-07-01": "3.19",
        "2008-01-01": "3.32",
        "2008-07-01": "3.19",
        "2009-01-01": "1.62",
        "2009-07-01": "0.12",
        "2011-07-01": "0.37",
        "2012-01-01": "0.12",
        "2013-01-01": "-0.13",
        "2013-07-01": "-0.38",
        "2014-01-01": "-0.63",
        "2014-07-01": "-0.73",
        "2015-01-01": "-0.83",
        "2016-07-01": "-0.88",
        "2023-01-01": "1.62",
        "2023-07-01": "3.12",
        "2024-01-01": "3.62",
        "2024-07-01": "3.37",
        "2025-01-01": "2.27",
        "2025-07-01": "1.27",
    },
    # Published for 1 January 2026 as unchanged.
    last_known_on=date(2026, 1, 1),
    by_half_year=True,
)

#: National Interbank Funding Center for the People's Bank of China: the loan prime rate of one
#: year, published monthly; only changes stand here. The Supreme People's Court's interpretation on
#: sales contracts (as amended in 2020), article 18(4): where a contract names no rate and the
#: breach is of 2019-08-20 or later, the loss is the LPR "at the time of the breach" plus 30 to
#: 50 % of it (`factor: "1.3"` to `"1.5"`). Hence terms on it keep the rate of the first day overdue
#: unless they say `rate_of: each_day`.
CN_LOAN_PRIME_RATE: Final = Table(
    {
        "2019-08-20": "4.25",
        "2019-09-20": "4.20",
        "2019-11-20": "4.15",
        "2020-02-20": "4.05",
        "2020-04-20": "3.85",
        "2021-12-20": "3.80",
        "2022-01-20": "3.70",
        "2022-08-22": "3.65",
        "2023-06-20": "3.55",
        "2023-08-21": "3.45",
        "2024-07-22": "3.35",
        "2024-10-21": "3.10",
        "2025-05-20": "3.00",
    },
    last_known_on=date(2026, 2, 24),
)

TABLES: Final = {
    ECB: ECB_MAIN_REFINANCING,
    DE_BASE: DE_BASE_RATE,
    CN_LPR_1Y: CN_LOAN_PRIME_RATE,
}
