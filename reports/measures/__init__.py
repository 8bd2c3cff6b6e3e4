"""All that can be counted, by key: `measures()`. One function each, in the module of its group."""

from reports.measures import volume, times, promises, work, knowledge  # noqa: F401, I001 - in the order of the groups
from reports.measures.formulas import Source, Value
from reports.measures.registry import GROUPS, Kind, Measure, Unit, measures

__all__ = ["GROUPS", "Kind", "Measure", "Source", "Unit", "Value", "measures"]
