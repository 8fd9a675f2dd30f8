"""Masking in templates: `{% load masks %}`, `{{ name|mask_name }}`, as public lists need it."""

from django import template

from portal.privacy import masking

register = template.Library()

for _mask in (
    masking.mask_name,
    masking.mask_identity_number,
    masking.mask_mobile,
    masking.mask_landline,
    masking.mask_phone,
    masking.mask_email,
    masking.mask_address,
    masking.mask_bank_card,
    masking.mask_text,
):
    register.filter(_mask.__name__, _mask)
