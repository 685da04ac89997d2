from django.urls import path
from django.utils.translation import gettext_lazy as _

from projects.views import (
    catalogue,
    figures,
    home,
    open_data,
    organisations,
    project,
    series,
    themes,
)

app_name = "projects"

public = [
    path("", home.home, name="home"),
    path(_("projects/"), catalogue.project_list, name="project_list"),
    path(_("projects/<slug:slug>/"), project.project_detail, name="project_detail"),
    path(_("known-from-sources/"), themes.outside_portfolio, name="outside_portfolio"),
    path(_("series/"), series.series_list, name="series_list"),
    path(_("series/<slug:slug>/"), series.series_detail, name="series_detail"),
    path(_("partners/"), organisations.partner_list, name="partner_list"),
    path(_("partners/<slug:slug>/"), organisations.partner_detail, name="partner_detail"),
    path(_("goals/"), themes.goal_list, name="goal_list"),
    path(_("goals/<slug:slug>/"), themes.goal_detail, name="goal_detail"),
    path(_("frameworks/<slug:slug>/"), themes.framework_detail, name="framework_detail"),
    path(_("academic-strand/"), themes.academic, name="academic"),
    path(_("story/"), themes.story_page, name="story"),
    path(_("figures/"), figures.figures, name="figures"),
    path(_("open-data/"), open_data.open_data, name="open_data"),
]

urlpatterns = [*public]
