from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "portal.documents"
    label = "documents"
    verbose_name = "文书"

    def ready(self) -> None:
        from portal.documents import personal_data
        from portal.documents.rendering import referenced
        from portal.files.services import refer_from

        refer_from(referenced)
        personal_data.register_all()
