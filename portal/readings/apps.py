from django.apps import AppConfig


class ReadingsConfig(AppConfig):
    name = "portal.readings"
    label = "readings"
    verbose_name = "查看记录"

    def ready(self) -> None:
        from portal.accounts import hooks
        from portal.outbox import sweepers
        from portal.readings import nightly, personal_data, services, subjects
        from portal.web import checks
        from portal.workdays import hooks as workdays

        personal_data.register_all()
        subjects.register_persons()
        if services.note_found not in hooks.person_found:
            hooks.person_found.append(services.note_found)
        workdays.register("readings", services.on_calendar_change)
        sweepers.register("retention.readings", services.sweep)
        checks.register("readings", "查看记录", nightly.check)
