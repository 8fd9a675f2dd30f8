from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "catalog"
    label = "catalog"
    verbose_name = "权力事项库"

    def ready(self) -> None:
        from catalog.permissions import READING, register_permissions
        from catalog.reference import load
        from catalog.services import changes
        from catalog.transitions import TABLE
        from portal.outbox import sweepers
        from portal.web import desks, reference

        TABLE.check()
        register_permissions()
        desks.register("catalogue:home", READING, rank=desks.CARE)
        sweepers.register("catalogue", changes.take_effect_due)
        reference.register(floor=reference.CATALOG, name="catalog", load=load)
