from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "portal.files"
    label = "files"
    verbose_name = "文件"

    def ready(self) -> None:
        from portal.files import nightly, personal_data, services
        from portal.outbox import sweepers
        from portal.web import checks

        personal_data.register_all()
        sweepers.register("files.expire_uploads", services.expire_uploads)
        sweepers.register("files.collect_unused", services.sweep_unused)
        sweepers.register("files.collect_orphans", services.sweep_orphans)
        checks.register("files", "文件", nightly.check)
