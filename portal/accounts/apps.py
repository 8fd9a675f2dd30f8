from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "portal.accounts"
    label = "accounts"
    verbose_name = "身份认证库"

    def ready(self) -> None:
        from portal.accounts import grants, jobs
        from portal.accounts.permissions import register_permissions
        from portal.web import reference
        from portal.web.grants import register_resolver

        assert jobs.leave
        register_permissions()
        register_resolver(grants.resolve, name=grants.name_of)
        reference.register(floor=reference.ACCOUNTS, name="accounts", load=grants.sync_roles)
