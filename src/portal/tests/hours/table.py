"""Writes down when everything was closed from November 2025 to February 2028, minute by minute and without the portal's
code: each minute of Japan is asked whether a sentence of the guideline (or of changes.json) closes it.

The portal's tests run this, compare what it says with table.csv, and compare the portal with table.csv.
To write the table anew: python3 table.py >table.csv
"""

import json
import pathlib
from datetime import date, datetime, timedelta

FIRST, LAST = date(2025, 11, 1), date(2028, 2, 29)
NEEDS = {
    "registration": ["portal", "information_provision_network", "resident_network"],
    "private_delivery": ["portal"],
    "user_status": ["portal"],
    "notices": ["portal"],
}
SYSTEMS = NEEDS["registration"]
CHANGES = json.loads((pathlib.Path(__file__).parent / "changes.json").read_text())


def third_saturday(day):
    # The first seven days of a month hold its first Saturday, the next seven its second.
    return day.weekday() == 5 and 15 <= day.day <= 21


def planned(system, day, minute, gone):
    """Whether the guideline stops the system in a minute of a day; `gone` names stops that don't come."""
    if system == "portal":
        return False
    yesterday = day - timedelta(days=1)
    name = lambda saturday: f"{system}/third-weekend/{saturday}"
    today_is_it = third_saturday(day) and name(day) not in gone
    yesterday_was_it = third_saturday(yesterday) and name(yesterday) not in gone
    if system == "information_provision_network":
        return today_is_it or yesterday_was_it
    if system == "resident_network":
        if today_is_it and minute >= 22 * 60 or yesterday_was_it and minute < 8 * 60:
            return True
        began = day.year if day.month == 12 else day.year - 1
        if f"resident_network/new-year/{began}-12-28" in gone:
            return False
        if day.month == 12:
            return day.day > 28 or day.day == 28 and minute >= 21 * 60
        return day.month == 1 and (day.day < 4 or day.day == 4 and minute < 8 * 60)
    return False


def minutes():
    day = FIRST
    while day < LAST:
        for minute in range(24 * 60):
            yield day, minute
        day += timedelta(days=1)


def intervals(flags):
    """The stretches of a list of minutes that are closed, as pairs of minutes since the first."""
    begun = None
    for at, closed in enumerate(flags + [False]):
        if closed and begun is None:
            begun = at
        elif not closed and begun is not None:
            yield begun, at
            begun = None


def table(which, changes):
    gone = {change["window"] for change in changes if "window" in change}
    start = datetime.combine(FIRST, datetime.min.time())
    closed = {}
    for system in SYSTEMS:
        flags = [planned(system, day, minute, gone) for day, minute in minutes()]
        for change in changes:
            if change["system"] == system and "start" in change:
                first, last = (datetime.fromisoformat(change[side]) - start for side in ("start", "end"))
                for at in range(int(first.total_seconds()) // 60, int(last.total_seconds()) // 60):
                    flags[at] = True
        closed[system] = flags
    for name, needs in [*NEEDS.items(), *((system, [system]) for system in SYSTEMS)]:
        flags = closed[needs[0]]
        for system in needs[1:]:
            flags = [one or other for one, other in zip(flags, closed[system])]
        for first, last in intervals(flags):
            begin, end = (start + timedelta(minutes=at) for at in (first, last))
            print(f"{which},{name},{begin:%Y-%m-%dT%H:%M},{end:%Y-%m-%dT%H:%M}")


print("changes,what,from,to")
table("none", [])
table("all", CHANGES)
