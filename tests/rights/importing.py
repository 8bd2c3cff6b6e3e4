"""An import of the rights matrix: checked, with a row that was refused."""

from accounts.models import User
from core.blobs import store
from imports.models import Import, State


def handed_in(owner: User) -> dict[str, dict[str, list]]:
    """By kind of thing and relation, as the matrix names them."""
    digest = store(b"email\nx\n")
    job = Import.objects.create(
        owner=owner,
        what="people",
        name="people.csv",
        digest=digest,
        lines=store(b'[2, ["x"], "", null]\n'),
        refused_file=digest,
        language="en",
        zone="UTC",
        headings=["email"],
        columns=["email"],
        state=State.CHECKED,
        total=1,
        refused=1,
        due_at=None,
    )
    job.refusals.create(line=2, column="email", reason="“x” is no email address.")
    return {"import": {"own": [job.pk], "nowhere": [99_999_999]}}
