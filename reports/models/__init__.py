"""What is counted (rows) and summed up (tallies), what people keep (saved), and work with it that takes its time
(sending)."""

from reports.models.rows import Fact, Happened, Placed, Span, Story
from reports.models.saved import Dashboard, Display, Report, Widget
from reports.models.sending import Check, Export, Format, Rebuild, Subscription
from reports.models.tallies import Tally

__all__ = [
    "Check",
    "Dashboard",
    "Display",
    "Export",
    "Fact",
    "Format",
    "Happened",
    "Placed",
    "Rebuild",
    "Report",
    "Span",
    "Story",
    "Subscription",
    "Tally",
    "Widget",
]
