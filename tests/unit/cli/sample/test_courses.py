"""What is open of an invoice, day by day, and who belongs to which group."""

import pytest

from cli.sample.billing.invoices import Invoice, Part
from cli.sample.parties.groups import GROUP_EVERY, group_near
from cli.sample.paying.courses import Course


@pytest.fixture(name="course")
def fixture_course() -> Course:
    """60 due on day 30 and 40 on day 60; 50 paid on day 35, bounced on 38, all paid on 70."""
    parts = (Part(due_day=30, minor=60), Part(due_day=60, minor=40))
    invoice = Invoice(invoice_id="I", issued_day=0, parts=parts, known_day=0, contract=None)
    course = Course(invoice)
    for day, minor in ((35, 50), (38, -50), (70, 100)):
        course.move(day, minor)
    return course


@pytest.mark.parametrize(
    ("day", "open_minor", "due_minor", "due_all_day"),
    [
        pytest.param(30, 100, 0, False, id="due today is not past due"),
        pytest.param(31, 100, 60, True, id="the first is past due"),
        pytest.param(35, 50, 10, False, id="something moves today"),
        pytest.param(36, 50, 10, True, id="a rest is past due"),
        pytest.param(40, 100, 60, True, id="the money went back"),
        pytest.param(61, 100, 100, True, id="both are past due"),
        pytest.param(70, 0, 0, False, id="paid"),
    ],
)
def test_what_is_open_and_what_is_due_of_it(
    course: Course, day: int, open_minor: int, due_minor: int, due_all_day: bool
) -> None:
    assert course.open_minor(day) == open_minor
    assert course.due_minor(day) == due_minor
    assert course.is_due_all(day) == due_all_day


@pytest.mark.parametrize(
    ("moved_minor", "after_day", "reached_day"), [(50, 0, 35), (50, 38, 70), (101, 0, None)]
)
def test_money_that_went_back_had_come_before_and_counts_no_more_after(
    course: Course, moved_minor: int, after_day: int, reached_day: int | None
) -> None:
    assert course.reached_day(moved_minor, after_day) == reached_day


def test_a_course_is_closed_by_its_last_move_and_open_again_when_that_is_cut(
    course: Course,
) -> None:
    assert course.closed_day() == 70
    course.cut(70)
    assert course.closed_day() is None
    assert course.open_minor(80) == 100
    assert course.first_overdue_day() == 31


@pytest.mark.parametrize("first", [1, 1 + GROUP_EVERY])
def test_all_customers_of_a_neighbourhood_see_the_same_group_within_it(first: int) -> None:
    near = range(first, first + GROUP_EVERY)
    groups = {group_near(number, seed=7) for number in near}
    assert len(groups) == 1
    (group,) = groups
    assert group.members <= set(near)
    assert len(group.members) > 1
    assert group.failing is None or group.failing in group.members
