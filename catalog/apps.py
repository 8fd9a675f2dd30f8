from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "catalog"
    label = "catalog"
    verbose_name = "权力事项库"

    def ready(self) -> None:
        from catalog.reference import load
        from portal.web import reference

        reference.register(floor=reference.CATALOG, name="catalog", load=load)
