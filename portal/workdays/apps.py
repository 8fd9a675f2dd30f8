"""Working days and the legal clock."""

from django.apps import AppConfig

from portal.web import reference


class WorkdaysConfig(AppConfig):
    name = "portal.workdays"
    label = "workdays"
    verbose_name = "工作日历"

    def ready(self) -> None:
        from portal.workdays import services  # models are ready only now

        reference.register(floor=reference.CALENDAR, name="workdays", load=services.load)
