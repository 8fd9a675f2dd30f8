from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "applications"
    label = "applications"
    verbose_name = "办件库"

    def ready(self) -> None:
        from applications import permissions, personal_data, policies, uploads
        from applications.services import forgetting, leaving, moving, nightly, recounting, sweeping
        from catalog import hooks as catalogue
        from portal.accounts import hooks as accounts
        from portal.outbox import sweepers
        from portal.web import checks, desks
        from portal.workdays import hooks as workdays

        permissions.register_permissions()
        desks.register("applications:work_list", permissions.REVIEWING, rank=desks.WORK)
        desks.register("applications:intake_queue", permissions.AT_WINDOW, rank=desks.WORK + 1)
        desks.register("applications:work_list", permissions.READING, rank=desks.WORK + 2)
        policies.register_all()
        uploads.register_all()
        personal_data.register_all()
        sweepers.register("cases", sweeping.sweep)
        sweepers.register("retention.cases", forgetting.sweep)
        sweepers.register("retention.drafts", forgetting.sweep_drafts)
        workdays.register("cases", recounting.on_calendar_change)
        if moving.on_item_changed not in catalogue.item_changed:
            catalogue.item_changed.append(moving.on_item_changed)
        if leaving.on_staff_left not in accounts.staff_left:
            accounts.staff_left.append(leaving.on_staff_left)
        checks.register("cases", "办件数据", nightly.check_data)
        checks.register("case_paths", "办件过程", nightly.check_paths)
        checks.register("case_numbers", "办件编号", nightly.check_numbers)
