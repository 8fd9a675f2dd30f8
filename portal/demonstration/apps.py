from django.apps import AppConfig


class DemonstrationConfig(AppConfig):
    name = "portal.demonstration"
    label = "demonstration"
    verbose_name = "演示城市"

    def ready(self) -> None:
        from portal.accounts import personas as signin_page
        from portal.demonstration.personas import for_signin_page

        signin_page.register(for_signin_page)
