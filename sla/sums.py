"""The sums of business time by which every question about it is cheap. Pure; in numbers of sla/instants.py."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sla.instants import DAY, FIRST_YEAR, LAST_YEAR, Change, changes_in, offset_of, to_moment

# From when until when, in the time of one day.
Ranges = tuple[tuple[int, int], ...]


class Sums:
    """The sums that make every question cheap, however far apart the two moments are.

    Weeks are alike but for exceptions: single days, and days of changing clocks that are longer or shorter for it.
    `exceptions` are those that differ, in order; `differences[i]` is by how much the first `i` of them do, together;
    `before[i]` is all business time before exception `i`. Changing clocks are known for the years `known` only, which
    grow with the questions.
    """

    def __init__(self, zone: ZoneInfo, week: tuple[Ranges, ...], days: Mapping[int, Ranges]) -> None:
        self.zone, self.week, self.days = zone, week, days
        self.week_before = [0]
        for ranges in week:
            self.week_before.append(self.week_before[-1] + length_of(ranges))
        self.week_total = self.week_before[-1]
        self.known = range(0)
        self.blocks: dict[int, tuple[int, int]] = {}

    def between(self, start: int, end: int) -> int:
        self._know_year(to_moment(start).year)
        self._know_year(to_moment(end).year)
        return self._passed(end) - self._passed(start)

    def add(self, at: int, amount: int) -> int | None:
        if not self.week_total and not any(self.days.values()):
            return None
        self._know_year(to_moment(at).year)
        while True:
            known = self.known
            wanted = self._passed(at) + amount
            day = self._day_that_reaches(wanted)
            if day is None or day > date(LAST_YEAR, 12, 31).toordinal():
                return None
            self._know_year(date.fromordinal(day).year)
            if self.known == known:
                return self._moment_that_reaches(wanted, day)

    def opening(self, at: int) -> int | None:
        """The first moment, not before `at`, with business time right after it."""
        after = self.add(at, 1)
        return None if after is None else after - 1

    def closing(self, at: int) -> int:
        """The end of the piece of business time that begins at `at` or before and goes on after it."""
        self._know_year(to_moment(at).year)
        return next(end for begin, end in self._pieces_of_block(self._local_day(at)) if begin <= at < end)

    def _passed(self, at: int) -> int:
        """All business time before `at`, since a beginning that stays the same as long as `known` does."""
        day = self._local_day(at)
        first, _last = self.blocks.get(day, (day, day))
        within = sum(min(end, at) - begin for begin, end in self._pieces_of_block(day) if begin < at)
        return self._before(first) + within

    def _before(self, day: int) -> int:
        """Business time of all days before this one."""
        return self._nominal(day) + self.differences[bisect_left(self.exceptions, day)]

    def _nominal(self, day: int) -> int:
        weeks, weekday = divmod(day - 1, 7)
        return weeks * self.week_total + self.week_before[weekday]

    def _day_that_reaches(self, wanted: int) -> int | None:
        """The day in which the sum of business time gets from below `wanted` to `wanted` or more."""
        passed_by = bisect_left(self.before, wanted)  # exceptions that begin with less than wanted
        if passed_by and self._before(self.exceptions[passed_by - 1] + 1) >= wanted:
            return self.exceptions[passed_by - 1]
        if not self.week_total:
            return None
        weeks, rest = divmod(wanted - self.differences[passed_by] - 1, self.week_total)
        return weeks * 7 + bisect_left(self.week_before, rest + 1)

    def _moment_that_reaches(self, wanted: int, day: int) -> int:
        first, _last = self.blocks.get(day, (day, day))
        rest = wanted - self._before(first)
        for begin, end in self._pieces_of_block(day):
            if rest <= end - begin:
                return begin + rest
            rest -= end - begin
        raise AssertionError("a day holds what its sum says")

    def _know_year(self, year: int) -> None:
        """Learn where clocks change in this year and its neighbours. Raises `OverflowError` far out of time."""
        if year - 1 in self.known and year + 1 in self.known:
            return
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise OverflowError(f"{year} is out of time")
        first = min(year - 1, self.known.start) if self.known else year - 1
        last = max(year + 1, self.known.stop - 1) if self.known else year + 1
        self.known = range(first, last + 1)
        self._find_blocks()
        self._find_exceptions()

    def _find_blocks(self) -> None:
        """Days at a change of the clocks belong together: their pieces may lie in another order than the days."""
        self.blocks = {}
        for change in self._changes():
            days = ((change.at + change.offset_before - 1) // DAY, (change.at + change.offset_after) // DAY)
            known = [bound for day in days if day in self.blocks for bound in self.blocks[day]]
            first, last = min(*days, *known), max(*days, *known)
            self.blocks |= dict.fromkeys(range(first, last + 1), (first, last))

    def _find_exceptions(self) -> None:
        self.exceptions, self.differences, self.before = [], [0], []
        for day in sorted({*self.days, *self.blocks}):
            difference = self._length_of_day(day) - length_of(self.week[(day - 1) % 7])
            if difference:
                self.before.append(self._nominal(day) + self.differences[-1])
                self.exceptions.append(day)
                self.differences.append(self.differences[-1] + difference)

    def _length_of_day(self, day: int) -> int:
        if day in self.blocks:
            return length_of(self._pieces_at_change(day))
        return length_of(self._ranges(day))

    def _ranges(self, day: int) -> Ranges:
        return self.days[day] if day in self.days else self.week[(day - 1) % 7]

    def _pieces_of_block(self, day: int) -> Sequence[tuple[int, int]]:
        """The business time of the day, and of those it belongs together with, as pieces of real time in order."""
        if day in self.blocks:
            first, last = self.blocks[day]
            return sorted(piece for each in range(first, last + 1) for piece in self._pieces_at_change(each))
        ranges = self._ranges(day)
        if not ranges:
            return ()
        start = day * DAY - offset_of(datetime.combine(date.fromordinal(day), time(12), self.zone))
        return [(start + begin, start + end) for begin, end in ranges]

    def _pieces_at_change(self, day: int) -> list[tuple[int, int]]:
        """Between two changes of the clocks, the wall shows a stretch of times one by one."""
        pieces = []
        year = date.fromordinal(day).year
        changes = [c for y in (year - 1, year, year + 1) for c in changes_in(self.zone.key, y)]
        ends = [change.at for change in changes[1:]] + [changes[-1].at + 800 * DAY]
        stretches = [(changes[0].at - 800 * DAY, changes[0].at, changes[0].offset_before)]
        stretches += [(change.at, end, change.offset_after) for change, end in zip(changes, ends, strict=True)]
        for begin, end, offset in stretches:
            for opens, closes in self._ranges(day):
                piece = (max(begin, day * DAY + opens - offset), min(end, day * DAY + closes - offset))
                if piece[0] < piece[1]:
                    pieces.append(piece)
        return pieces

    def _changes(self) -> list[Change]:
        return [change for year in self.known for change in changes_in(self.zone.key, year)]

    def _local_day(self, at: int) -> int:
        return to_moment(at).astimezone(self.zone).toordinal()


def length_of(ranges: Iterable[tuple[int, int]]) -> int:
    return sum(end - begin for begin, end in ranges)
