from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "portal.documents"
    label = "documents"
    verbose_name = "文书"

    def ready(self) -> None:
        from portal.documents import (
            jobs,  # registers the outbox's handler
            nightly,
            personal_data,
        )
        from portal.documents.permissions import register_permissions
        from portal.documents.rendering import referenced
        from portal.documents.services.trust import load, refresh
        from portal.files.services import refer_from
        from portal.outbox import sweepers
        from portal.web import checks, reference

        assert jobs
        refer_from(referenced)
        register_permissions()
        reference.register(floor=reference.CATALOG, name="signatures", load=load)
        sweepers.register("documents.trust", refresh)
        personal_data.register_all()
        checks.register("document_numbers", "文号", nightly.check_numbers)
        checks.register("document_files", "文书 PDF", nightly.check_files)
