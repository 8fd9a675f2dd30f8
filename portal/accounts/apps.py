from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "portal.accounts"
    label = "accounts"
    verbose_name = "身份认证库"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in, user_logged_out

        from portal.accounts import grants, jobs, personal_data, receivers, text_messages
        from portal.accounts.permissions import AccountsPermission, register_permissions
        from portal.accounts.services import rights, second_factor
        from portal.outbox import sweepers
        from portal.privacy import erasures, rotation
        from portal.web import access, desks, reference
        from portal.web.grants import register_resolver
        from portal.workdays import hooks as workdays

        # Importing them registers their handlers of outbox jobs.
        assert jobs.__name__ and text_messages.__name__
        register_permissions()
        desks.register("accounts:protection", [AccountsPermission.PROTECT_DATA])
        desks.register("accounts:stationing", [AccountsPermission.VIEW_STATIONING], rank=desks.BESIDES)
        personal_data.register_all()
        rotation.register("accounts.text_messages", text_messages.reseal)
        rotation.register("accounts.second_factors", second_factor.reseal)
        sweepers.register("retention.codes", personal_data.sweep_codes)
        sweepers.register("retention.requests", rights.sweep)
        sweepers.register("retention.erasures", erasures.complete)
        workdays.register("data_requests", rights.on_calendar_change)
        register_resolver(grants.resolve, name=grants.name_of)
        reference.register(floor=reference.ACCOUNTS, name="accounts", load=grants.sync_roles)
        user_logged_in.connect(grants.on_sign_in, dispatch_uid="accounts.sign_in")
        user_logged_in.connect(receivers.signed_in, dispatch_uid="accounts.session_begins")
        user_logged_out.connect(receivers.signed_out, dispatch_uid="accounts.session_ends")
        for name, sweeper in jobs.SWEEPERS.items():
            sweepers.register(name, sweeper)
        for name in ("account_login", "account_logout", "mfa_authenticate"):
            access.mark_url(name, access.PUBLIC)
        access.mark_url("account_change_password", access.SIGNED_IN)
