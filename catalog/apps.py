from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "catalog"
    label = "catalog"
    verbose_name = "权力事项库"

    def ready(self) -> None:
        from catalog.permissions import register_permissions
        from catalog.reference import load
        from catalog.transitions import TABLE
        from portal.web import reference

        TABLE.check()
        register_permissions()
        reference.register(floor=reference.CATALOG, name="catalog", load=load)
