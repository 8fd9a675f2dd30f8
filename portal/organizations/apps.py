from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "portal.organizations"
    label = "organizations"
    verbose_name = "机构"

    def ready(self) -> None:
        from portal.organizations.reference import load
        from portal.web import reference

        reference.register(floor=reference.ORGANIZATIONS, name="organizations", load=load)
