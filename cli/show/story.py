"""An item's story as people read it: what happened, what was said, what stands, what comes next."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from cli.api.client import Row
from cli.show.instants import local
from cli.show.outlook import prospect
from cli.show.output import as_text, columns, print_line, print_table

EVENTS: Final = columns("happened_on:Day type:Event changed:What_it_changed")
WORDS: Final = columns("said_at:Said type:Word level:Level open:Open> why:Why")
#: What a line of the story need not repeat.
UNSAID: Final = frozenset({"creditor_id", "customer_id", "invoice_id"})
OUTLOOK: Final = columns("raised_on:Raised level:Level action:Action how:How")
#: How a fact is told that its name alone would not say, and how its end is.
BEGINS: Final = {
    "due_on": "due on",
    "hold": "held by",
    "level": "{name} reached on",
    "recipient": "letters go to",
    "group_default": "others of its group in default",
    "insolvent_on": "customer insolvent since",
    "waiver": "interest waived by",
}
ENDS: Final = {
    "hold": "no longer held by {name}",
    "level": "{name}, reached on {before}, comes no more",
    "recipient": "letters go to nobody, before to {before}",
    "group_default": "no other account of its group is in default any more",
}
AMOUNTS: Final = frozenset({"amount", "open", "disputed"})


def show_story(story: Row, time_zone: str | None) -> None:
    """Show a story to people, its instants by the clocks of the zone."""
    item = story["item"]
    for line in _head(story):
        print_line(line)
    if until := story["in_volumes_until"]:
        at = _instant(until, time_zone)
        print_line(f"What was recorded until {at} is in volumes of the journal, and not told here.")
    events = [_event(one, item["currency"], time_zone) for one in story["events"]]
    print_table(EVENTS, events, "What happened")
    if words := story["words"]:
        print_table(WORDS, [_word(one, time_zone) for one in words], "What was said")
    _lines("What stands", _standing(story))
    if story["outlook"]:
        print_table(
            OUTLOOK, [prospect(one, story["today"]) for one in story["outlook"]], "What comes next"
        )
    else:
        _lines("What comes next", [_nothing(item)])
    if claim := story["claim"]:
        review = ", which is for manual review" if claim["manual_review"] else ""
        _lines(f"The claim on the insurance as it stands, or would be today{review}", claim["why"])
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
    told = [_change(one, currency) for one in event["changes"]]
    told += [_clearing(one, currency) for one in event["clearings"]]
    told = [one for one in told if one]
    if not told:
        said = _says(event["data"])
        told = [said] if said else []
        told.append("changes nothing of this item")
    if event["remark"]:
        told.append(event["remark"])
    recorded = _instant(event["recorded_at"], time_zone)
    if not recorded.startswith(event["happened_on"]):
        told.append(f"recorded {recorded}")
    what = event["type"] if event["source"] else f"{event['type']} {event['event_id']}"
    return {**event, "type": what, "changed": "\n".join(told)}


def _says(data: Row) -> str:
    """Say in short what an event says that changed no amount: a promise, a block, a cover."""
    said = [
        f"{name.replace('_', ' ')} {as_text(value)}"
        for name, value in data.items()
        if name not in UNSAID and value is not None and not isinstance(value, dict | list)
    ]
    return ", ".join(said)


def _change(change: Row, currency: str) -> str:
    """Say what was before and is after; at first, nothing disputed is nothing to say."""
    what, before, after = str(change["what"]), change["before"], change["after"]
    begins = BEGINS.get(what, what).format(name=change["name"])
    if after is None:
        ends = ENDS.get(what, "no longer {begins} {before}")
        return ends.format(name=change["name"], begins=begins, before=before)
    unit = f" {currency}" if what in AMOUNTS else ""
    if before is None:
        return "" if what == "disputed" and not _is_some(after) else f"{begins} {after}{unit}"
    return f"{begins} {before} → {after}{unit}"


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
        if one["skipped"]:
            text += f", passing over {', '.join(one['skipped'])}"
        yield text + _held(one["held_by"], one["held_until"])
    for one in story["lifts"]:
        yield f"{one['level']} is called back by the next look: {one['because']}"
    for one in story["holds"]:
        since = f", since {one['since']}" if one["since"] else ""
        yield "it is" + _held(one["held_by"], one["until"]).removeprefix(",") + since
    if not story["raised"] and not story["holds"]:
        yield "no level is raised, and nothing holds any"


def _held(held_by: str | None, until: str | None) -> str:
    if held_by is None:
        return ""
    return f", held by {held_by}" + (f" to the end of {until}" if until else "")


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
