"""What is new in a folder, and in a maildrop, and what is left over there from earlier visits."""

from typing import ClassVar

from django.db.models import Max, QuerySet

from mail.fetching.imap import Folder
from mail.fetching.pop3 import Maildrop
from mail.fetching.taking import Visit, our_database
from mail.fetching.troubles import OF_THE_SERVER
from mail.models import Account, Unwanted


class FolderVisit(Visit[int]):
    """UIDs rise: what is new is above the last that we know."""

    box: Folder
    nameless: ClassVar = {"uid": None}

    def run(self) -> None:
        last = self.known().aggregate(last=Max("uid"))["last"] or 0
        left_over = self._left_over(last)
        self.take_all(self.box.new(last))
        if not self.summary.more:
            self.take_all([row.uid for row in self.due_again() if row.uid is not None])
        self.settle_left_over(left_over)

    def _left_over(self, last: int) -> list[int]:
        """Stored earlier, and still where it should not stay: somebody ended us in between, or its days are over."""
        if self.account.after == Account.After.KEEP or not last:
            return []
        there = self.box.there(last)
        found = self.kept().filter(uid__in=there).order_by("uid").values_list("uid", flat=True)
        return [uid for uid in found if uid is not None]


class MaildropVisit(Visit[str]):
    """Words have no order: what is new is what nobody knows."""

    box: Maildrop
    nameless: ClassVar = {"uidl": ""}

    def run(self) -> None:
        there = self.box.everything()
        known = set(self.known().filter(uidl__in=there).values_list("uidl", flat=True))
        known |= set(self._unwanted().filter(uidl__in=there).values_list("uidl", flat=True))
        left_over = self._left_over(there)
        self.take_all([uidl for uidl in there if uidl not in known])
        if not self.summary.more:
            self.take_all([row.uidl for row in self.due_again()])
        self.settle_left_over(left_over)

    def _left_over(self, there: list[str]) -> list[str]:
        if self.account.after != Account.After.DELETE:
            return []
        return list(self.kept().filter(uidl__in=there).values_list("uidl", flat=True))

    def take(self, key: str) -> None:
        try:
            wanted = self._is_wanted(key)
        except OF_THE_SERVER as error:
            self.trouble(key, error)
            return
        if wanted:
            super().take(key)

    def _is_wanted(self, key: str) -> bool:
        start = self.account.start_on
        if start is None:
            return True
        day = self.box.arrived_on(key)
        if day is None or day >= start:
            return True
        with our_database():
            Unwanted.objects.get_or_create(account=self.account, place=self.box.place, uidl=key)
        return False

    def _unwanted(self) -> QuerySet[Unwanted]:
        return Unwanted.objects.filter(account=self.account, place=self.box.place)
