"""Who proposes, submits, verifies and decides what the list of power items says (plan 三(一); design.md section 1)."""

from typing import Final

from portal.accounts.roles import Role
from portal.web.permissions import PermissionEnum, register


class CataloguePermission(PermissionEnum):
    EDIT_ITEM = "edit_item", "起草事项变更"
    SUBMIT_ITEM = "submit_item", "提交事项变更（部门负责人）"
    VERIFY_ITEM = "verify_item", "核定事项（编办）"
    DECIDE_ITEM = "decide_item", "列入会议、记录会议决定（市政府办公厅）"
    VIEW_CHANGES = "view_changes", "查看事项变更"


#: Whose work a change is at some point, or who watches all of them.
READING: Final = tuple(CataloguePermission)
#: Whose department's changes are shown; the others see all.
OF_A_DEPARTMENT: Final = (CataloguePermission.EDIT_ITEM, CataloguePermission.SUBMIT_ITEM)
EVERYWHERE: Final = (
    CataloguePermission.VERIFY_ITEM,
    CataloguePermission.DECIDE_ITEM,
    CataloguePermission.VIEW_CHANGES,
)

HOLDERS: Final[dict[str, list[PermissionEnum]]] = {
    Role.CATALOGUE_EDITOR: [CataloguePermission.EDIT_ITEM],
    Role.ORGAN_HEAD: [CataloguePermission.SUBMIT_ITEM],
    Role.ESTABLISHMENT_OFFICE: [CataloguePermission.VERIFY_ITEM],
    Role.GOVERNMENT_OFFICE: [CataloguePermission.DECIDE_ITEM],
    Role.CENTRE_MANAGER: [CataloguePermission.VIEW_CHANGES],
    Role.SUPERVISOR: [CataloguePermission.VIEW_CHANGES],
    Role.INSPECTOR: [CataloguePermission.VIEW_CHANGES],
}


def register_permissions() -> None:
    """Called from AppConfig.ready()."""
    register(CataloguePermission, HOLDERS)
