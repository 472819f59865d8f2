"""What the demonstration prints at its end."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from cli.api.client import Row
from cli.demo.figures import Figures
from cli.program import command
from cli.show.output import columns, print_line, print_table
from deploy.local.stack import StackFile
from shared.contracts.escalation import HELD, LIFTED, RAISED, RESUMED, UPDATED

LEVELS: Final = ("dunning", "legal", "insurance_claim")
BALANCES: Final = (
    "currency:Currency invoiced:Invoiced> open:Open> current:Current> 1-30:1-30> 31-60:31-60> "
    "61-90:61-90> 91-120:91-120> 121+:121+> unapplied:Unapplied>"
)


def print_report(figures: Figures, events: Counter[str], differences: list[str]) -> None:
    """Print what happened, in tables."""
    summary = figures.summary
    print_table(
        columns("type:Event count:Published>"),
        ({"type": kind, "count": count} for kind, count in sorted(events.items())),
        f"{sum(events.values())} events of {summary['accounts']} customers "
        f"up to {summary['today']}",
    )
    print_table(columns(BALANCES), _balances(figures), "Balances by days overdue")
    print_table(
        columns(
            "level:Level raised:Raised> updated:Updated> held:Held> resumed:Resumed> "
            "lifted:Called_back> open:Standing>"
        ),
        _levels(figures),
        "What was set in motion, and called back because the money came",
    )
    print_table(columns("what:Word n:Number>"), _accounts(figures), "What was said of accounts")
    print_table(
        columns("what:Work status:State n:Number>"), _work(figures), "Letters, cases and claims"
    )
    for difference in differences:
        print_line(f"rebuild: {difference}")
    if not differences:
        print_line("rebuild --check: the journal, folded from nothing, gives what is stored")


def print_next(figures: Figures, stack: StackFile, data: Path, *, once: bool) -> None:
    """Print three commands to try, and where everything is.

    With `once` the stack is about to stop: it must be started again, maybe at other addresses.
    """
    if once:
        print_line("\nThe stack stops now; its data stay. Start it again:")
        print_line(f"  {command('up', '--data', data, '--detach')}")
    print_line("\nThen try:" if once else "\nTry:")
    for words in _commands(figures):
        print_line(f"  {command(*words, '--data', data)}")
    if once:
        return
    print_line("\nAddresses:")
    for part in stack.processes:
        print_line(f"  {part.name:<10} {part.address}")
    print_line(f"  the token for the APIs is in {stack.token_file}")


def _balances(figures: Figures) -> Iterator[Row]:
    for sums in figures.summary["currencies"]:
        yield {**sums, **sums["ageing"]}


def _levels(figures: Figures) -> Iterator[dict[str, Any]]:
    names = [*LEVELS, *sorted({level for _, level in figures.said if level} - set(LEVELS))]
    for level in names:
        raised, lifted = figures.said[RAISED, level], figures.said[LIFTED, level]
        yield {
            "level": level,
            "raised": raised,
            "updated": figures.said[UPDATED, level],
            "held": figures.said[HELD, level],
            "resumed": figures.said[RESUMED, level],
            "lifted": lifted,
            "open": raised - lifted,
        }


def _accounts(figures: Figures) -> Iterator[dict[str, Any]]:
    for (kind, level), number in sorted(figures.said.items()):
        if not level:
            yield {"what": kind, "n": number}


def _work(figures: Figures) -> Iterator[dict[str, Any]]:
    for status, number in sorted(figures.letters.items()):
        yield {"what": "letter", "status": status, "n": number}
    for row in sorted(figures.tasks, key=lambda task: (task["kind"], task["status"])):
        yield {"what": f"{row['kind']} task", "status": row["status"], "n": row["n"]}


def _commands(figures: Figures) -> list[tuple[str, ...]]:
    item, task, letter = figures.late_item, figures.open_task, figures.sent_letter
    return [
        ("items", "--account", item["account_id"]) if item else ("items",),
        ("tasks", "take", task["task_id"], "--as", "li.na") if task else ("tasks",),
        ("letters", "show", letter["letter_id"]) if letter else ("letters",),
    ]
