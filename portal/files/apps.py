from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "portal.files"
    label = "files"
    verbose_name = "文件"

    def ready(self) -> None:
        from portal.files.services import collect_orphans
        from portal.outbox import sweepers

        sweepers.register("files.collect_orphans", collect_orphans)
