"""An item's story as people read it: what happened, what was said, what stands, what comes next."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from cli.api.client import Row
from cli.show.instants import local
from cli.show.output import as_text, columns, print_line, print_table

EVENTS: Final = columns(
    "happened_on:Day recorded_at:Recorded type:Event changed:What_it_changed remark:Remark"
)
WORDS: Final = columns("said_at:Said type:Word level:Level open:Open> why:Why")
#: What a line of the story need not repeat.
UNSAID: Final = frozenset({"creditor_id", "customer_id", "invoice_id"})
OUTLOOK: Final = columns("on:Day level:Level action:Action because:What_stands_in_the_way")


def show_story(story: Row, time_zone: str | None) -> None:
    """Show a story to people, its instants by the clocks of the zone."""
    item = story["item"]
    for line in _head(story):
        print_line(line)
    events = [_event(one, item["currency"], time_zone) for one in story["events"]]
    print_table(EVENTS, events, "What happened")
    if words := story["words"]:
        print_table(WORDS, [_word(one, time_zone) for one in words], "What was said")
    _lines("What stands", _standing(story))
    if story["outlook"]:
        print_table(OUTLOOK, [_prospect(one) for one in story["outlook"]], "What comes next")
    else:
        _lines("What comes next", [_nothing(item)])
    if claim := story["claim"]:
        review = ", which is for manual review" if claim["manual_review"] else ""
        _lines(f"The claim on the insurance as it would be today{review}", claim["why"])
    if interest := story["interest"]:
        owed = f"{interest['open']} {interest['currency']} owed"
        _lines(f"Interest to the end of {interest['as_of']}, {owed}", interest["why"])


def _head(story: Row) -> Iterator[str]:
    item = story["item"]
    currency = item["currency"]
    yield f"{item['item_id']} of {item['account_id']}, by policy {story['policy']}"
    text = f"{item['status']}: {item['open']} of {item['amount']} {currency} open"
    if _is_some(item["disputed"]):
        text += f", {item['disputed']} of it disputed"
    text += f", due on {item['due_on']}"
    if item["original_due_on"] != item["due_on"]:
        text += f" (as issued: {item['original_due_on']})"
    if item["days_overdue"]:
        text += f", {item['days_overdue']} days overdue on {story['today']}"
    yield text


def _event(event: Row, currency: str, time_zone: str | None) -> Row:
    """Return an event as a row of the table."""
    changed = [_change(one) for one in event["changes"]]
    changed += [_clearing(one, currency) for one in event["clearings"]]
    if not any(changed):
        changed = [_says(event["data"])]
    return {
        **event,
        "recorded_at": _instant(event["recorded_at"], time_zone),
        "changed": "\n".join(one for one in changed if one),
    }


def _says(data: Row) -> str:
    """Say in short what an event says that changed no amount: a promise, a block, a cover."""
    said = [
        f"{name.replace('_', ' ')} {as_text(value)}"
        for name, value in data.items()
        if name not in UNSAID and value is not None and not isinstance(value, dict | list)
    ]
    return ", ".join(said)


def _change(change: Row) -> str:
    before, after = change["before"], change["after"]
    what = str(change["what"]).replace("_", " ")
    if before is None:
        return f"{what} {after}" if _is_some(after) else ""
    return f"{what} {before} → {after}" if after is not None else f"{what} {before} is gone"


def _clearing(clearing: Row, currency: str) -> str:
    """Say which money met the item, or left it, and by which rule."""
    amount = str(clearing["amount"])
    verb = "left" if amount.startswith("-") else "met"
    target = "its interest" if clearing["instalment"] == 0 else "it"
    money = f"{clearing['kind'].replace('_', ' ')} {clearing['funds_id']}"
    if clearing["kind"] == "write_off":
        money = "a write-off"
    rule = clearing["rule"].replace("_", " ")
    return f"{amount.lstrip('-')} {currency} of {money} {verb} {target} ({rule})"


def _word(word: Row, time_zone: str | None) -> Row:
    return {**word, "said_at": _instant(word["time"], time_zone)}


def _standing(story: Row) -> Iterator[str]:
    """Say what is raised and what holds."""
    for one in story["raised"]:
        text = f"{one['level']} since {one['raised_on']} ({one['action']}, {one['policy']})"
        yield text + _held(one["held_by"], one["held_until"])
    for level in story["raises"]:
        yield f"{level} is reached: the next look raises it"
    for one in story["lifts"]:
        yield f"{one['level']} is called back by the next look: {one['because']}"
    for one in story["holds"]:
        yield "it is" + _held(one["held_by"], one["until"]).removeprefix(",")
    if not story["raised"] and not story["holds"] and not story["raises"]:
        yield "no level is raised, and nothing holds any"


def _held(held_by: str | None, until: str | None) -> str:
    if held_by is None:
        return ""
    return f", held by {held_by}" + (f" to the end of {until}" if until else "")


def _prospect(one: Row) -> Row:
    """Return a level to come with all that stands in its way."""
    because = [one["waits"]] if one["waits"] else []
    if one["follows"]:
        because.append("the level before it comes first")
    if one["cross_default"]:
        because.append("comes by the default of others of the group")
    if one["until"]:
        because.append(f"makes no sense after {one['until']}")
    return {**one, "because": "; ".join(because)}


def _nothing(item: Row) -> str:
    return "nothing: it is settled" if not _is_some(item["open"]) else "no further level"


def _lines(title: str, lines: Any) -> None:
    print_line(f"\n{title}:")
    for line in lines:
        print_line(f"  {line}")


def _instant(text: str, time_zone: str | None) -> str:
    return text if time_zone is None else local(datetime.fromisoformat(text), time_zone)


def _is_some(amount: str | None) -> bool:
    """Whether a decimal amount, or any other text, is not nought."""
    return bool(amount) and bool(str(amount).strip("0."))
