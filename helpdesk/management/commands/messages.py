"""`messages`: bring the catalogues in step with the texts in code and templates."""

from django.conf import settings
from django.core.management.base import BaseCommand

from helpdesk import messages


class Command(BaseCommand):
    help = "Collects all translatable texts and updates locale/*/LC_MESSAGES/django.po."

    def handle(self, *args, **options):
        template = messages.collect()
        for language, _name in settings.LANGUAGES:
            missing = messages.update(language, template)
            self.stdout.write(f"{language}: {len(template)} texts, {len(missing)} not translated")
