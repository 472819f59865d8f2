"""`arrears journal`: what is typed wrongly is said before a database is asked."""

import pytest
from typer.testing import CliRunner

from cli.errors import UsageError
from cli.main import make_app


@pytest.mark.parametrize(
    "month", ["2026", "2026-13", "2026-00", "0000-01", "2026-1", "26-01", "٢٠٢٦-01"]
)
def test_what_is_no_month_is_refused(month: str) -> None:
    words = ["journal", "archive", "--before", month, "--to", "somewhere"]
    result = CliRunner().invoke(make_app(), words)
    assert isinstance(result.exception, UsageError)
    assert result.exception.message == f"--before: {month!r} is no month; write it as in 2026-01"
