"""Pictures of texts that are being written do not stay for ever."""

from datetime import timedelta

from core.clock import now, pretend
from tickets.messages import File
from tickets.models import Picture
from tickets.pictures import KEPT, forget_pictures, keep_picture

PNG = File("photo.png", "image/png", b"\x89PNG\r\n\x1a\n0000")


def test_a_picture_is_forgotten_after_its_time_and_not_before(world):
    with pretend(now() - KEPT - timedelta(minutes=1)):
        keep_picture(PNG, by=world.bea)
    kept = keep_picture(PNG, by=world.bea)
    assert forget_pictures() == 1
    assert list(Picture.objects.all()) == [kept]
