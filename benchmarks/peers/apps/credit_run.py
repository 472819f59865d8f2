"""A credit-control run through an ORM, line by line, as ERP systems with one do it.

The algorithm is the OCA's `account_credit_control` for Odoo, told anew with SQLAlchemy: take the
unreconciled lines that are due; from the highest level down, select the lines whose last
reminder is of the level before and whose delay is over; for each, look for a draft that was left
and make a reminder; write everything and commit once. Source: OCA/credit-control,
models/credit_control_policy.py (`_generate_credit_lines`, `get_level_lines`) and
models/credit_control_line.py (`create_or_update_from_mv_lines`).
"""

import time
from datetime import date, timedelta
from typing import Final

from sqlalchemy import BigInteger, ForeignKey, Text, create_engine, exists, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, aliased, mapped_column, relationship

from benchmarks.peers.apps.due import LEVELS, TODAY
from benchmarks.peers.told import Order, Outcome, order, tell

DRAFTS: Final = ("draft", "to_be_sent")


class Base(DeclarativeBase):
    """What the tables have in common."""


class Partner(Base):
    """A debtor."""

    __tablename__ = "partner"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(Text)


class MoveLine(Base):
    """A receivable line of an invoice."""

    __tablename__ = "move_line"
    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partner.id"), index=True)
    date_maturity: Mapped[date] = mapped_column(index=True)
    residual_minor: Mapped[int] = mapped_column(BigInteger)
    reconciled: Mapped[bool]
    partner: Mapped[Partner] = relationship()


class CreditLine(Base):
    """A reminder of one line on one level."""

    __tablename__ = "credit_control_line"
    id: Mapped[int] = mapped_column(primary_key=True)
    move_line_id: Mapped[int] = mapped_column(ForeignKey("move_line.id"), index=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partner.id"), index=True)
    level: Mapped[int]
    state: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    controlled_on: Mapped[date]
    date_due: Mapped[date]
    balance_due_minor: Mapped[int] = mapped_column(BigInteger)


def main(told: Order) -> Outcome:
    """Fill the tables, run once, and check that each due line has its reminder."""
    url = told.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        _fill(session, told.number)
        session.commit()
    with Session(engine) as session:
        began = time.perf_counter()
        made = run(session)
        session.commit()
        seconds = time.perf_counter() - began
    engine.dispose()
    if made != told.number:
        message = f"{made} reminders were made for {told.number} due lines"
        raise RuntimeError(message)
    return Outcome(number=made, seconds=seconds)


def run(session: Session) -> int:
    """Make the reminders of today; return how many."""
    lines = session.scalars(
        select(MoveLine).where(MoveLine.date_maturity <= TODAY, ~MoveLine.reconciled)
    ).all()
    due = {line.id: line for line in lines}
    made = 0
    for number in range(len(LEVELS), 0, -1):
        for line_id in _of_level(session, number):
            line = due.get(line_id)
            if line is not None and line.residual_minor > 0:
                _remind(session, line, number)
                made += 1
    return made


def _of_level(session: Session, number: int) -> list[int]:
    """Return the lines whose last reminder is of the level before, and whose delay is over."""
    last = aliased(CreditLine)
    newest = (
        select(func.max(last.id))
        .where(last.move_line_id == MoveLine.id, last.state.not_in(("draft", "ignored")))
        .scalar_subquery()
    )
    reminded = exists().where(CreditLine.id == newest, CreditLine.level == number - 1)
    before = reminded if number > 1 else newest.is_(None)
    latest = TODAY - timedelta(days=LEVELS[number - 1][1])
    return list(
        session.scalars(
            select(MoveLine.id).where(
                MoveLine.date_maturity <= latest, ~MoveLine.reconciled, before
            )
        )
    )


def _remind(session: Session, line: MoveLine, number: int) -> None:
    with session.no_autoflush:
        left = session.scalars(
            select(CreditLine).where(
                CreditLine.move_line_id == line.id,
                CreditLine.level == number,
                CreditLine.state.in_(DRAFTS),
            )
        )
        for draft in left:
            draft.state = "ignored"
    session.add(
        CreditLine(
            move_line_id=line.id,
            partner_id=line.partner_id,
            level=number,
            state="draft",
            channel="email" if line.partner.email else "letter",
            controlled_on=TODAY,
            date_due=line.date_maturity,
            balance_due_minor=line.residual_minor,
        )
    )


def _fill(session: Session, number: int) -> None:
    session.add_all(Partner(id=one, email=f"ap{one}@example.com") for one in range(1, number + 1))
    session.flush()
    due_on = TODAY - timedelta(days=LEVELS[0][1])
    session.add_all(
        MoveLine(
            id=one, partner_id=one, date_maturity=due_on, residual_minor=125_000, reconciled=False
        )
        for one in range(1, number + 1)
    )


if __name__ == "__main__":
    tell(main(order()))
