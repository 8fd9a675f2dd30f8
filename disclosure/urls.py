"""Public pages; every address also exists below /elder/."""

from django.urls import path, re_path

from applications.views import evidence, public
from disclosure.caching import cacheable
from disclosure.views import browse, calculator, changes, editions, guide, home, pages, search

app_name = "disclosure"

CODE = r"(?P<code>[0-9A-Z]{12})"

urlpatterns = [
    path("", home.home, name="home"),
    path("search/", search.search, name="search"),
    path("items/", browse.items, name="browse"),
    re_path(rf"^items/{CODE}/$", guide.guide, name="guide"),
    re_path(rf"^items/{CODE}/print/$", guide.guide_print, name="guide_print"),
    re_path(rf"^items/{CODE}/editions/$", editions.editions, name="editions"),
    re_path(rf"^items/{CODE}/editions/(?P<version>[1-9][0-9]{{0,3}})/$", editions.edition, name="edition"),
    re_path(rf"^items/{CODE}/compare/$", editions.comparison, name="compare"),
    path("departments/", browse.departments, name="departments"),
    path("changes/", changes.changes, name="changes"),
    path("changes/feed.xml", changes.feed, name="changes_feed"),
    path("changes/<uuid:change_id>/", changes.change, name="change"),
    path("cases/", cacheable(public.public_list), name="public_cases"),
    re_path(r"^cases/(?P<number>[0-9A-Z]{12,50})/$", cacheable(public.public_case), name="public_case"),
    re_path(r"^cases/(?P<number>[0-9A-Z]{12,50})/proof\.json$", evidence.public_proof, name="public_case_proof"),
    path("calculator/", calculator.calculate, name="calculator"),
    path("design/", pages.design_sheet, name="design_sheet"),
    path("about/", pages.about, name="about"),
    path("privacy/", pages.privacy, name="privacy"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("sitemap/", pages.sitemap, name="sitemap"),
]
