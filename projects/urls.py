from django.urls import path
from django.utils.translation import gettext_lazy as _

from projects.views import (
    agreement_drafts,
    agreements,
    amendments,
    campaigns,
    catalogue,
    drafting,
    figures,
    following,
    history,
    home,
    open_data,
    organisations,
    project,
    reports,
    reviews,
    series,
    themes,
)

app_name = "projects"

public = [
    path("", home.home, name="home"),
    path(_("projects/"), catalogue.project_list, name="project_list"),
    path(_("projects/<slug:slug>/"), project.project_detail, name="project_detail"),
    path(_("projects/<slug:slug>/card.png"), project.project_card, name="project_card"),
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

reporting = [
    path(_("workspace/reports/<int:pk>/"), reports.report_detail, name="report_detail"),
    path(_("workspace/reports/<int:pk>/edit/"), reports.report_edit, name="report_edit"),
    path(
        _("workspace/reports/<int:pk>/autosave/"), drafting.report_autosave, name="report_autosave"
    ),
    path(
        _("workspace/reports/<int:pk>/presence/"), drafting.report_presence, name="report_presence"
    ),
    path(
        _("workspace/reports/<int:pk>/conflict/"), drafting.report_conflict, name="report_conflict"
    ),
    path(_("workspace/reports/<int:pk>/forget/"), drafting.report_forget, name="report_forget"),
    path(_("workspace/reports/<int:pk>/preview/"), drafting.report_preview, name="report_preview"),
    path(_("workspace/reports/<int:pk>/remark/"), reports.report_remark, name="report_remark"),
    path(_("workspace/reports/<int:pk>/correct/"), reports.report_correct, name="report_correct"),
    path(
        _("workspace/reports/<int:pk>/evidence/<int:evidence_id>/"),
        reports.evidence_file,
        name="evidence_file",
    ),
    path(_("projects/<slug:slug>/history/"), history.project_history, name="project_history"),
    path(_("workspace/followed/"), following.followed, name="followed"),
    path(_("projects/<slug:slug>/interest/"), following.project_interest, name="project_interest"),
    path(_("campaigns/"), campaigns.campaign_matrix, name="campaigns"),
    path(_("campaigns/remind/"), campaigns.campaign_remind, name="campaign_remind"),
    path(_("campaigns/periods/<int:pk>/"), campaigns.period_edit, name="period_edit"),
    path(_("campaigns/reports/<int:pk>/"), campaigns.report_extend, name="report_extend"),
    path(_("campaigns/projects/<slug:slug>/"), campaigns.project_mute, name="project_mute"),
    path(_("campaigns/projects/<slug:slug>/days/"), campaigns.project_days, name="project_days"),
    path(_("campaigns/series/<slug:slug>/"), campaigns.campaign_series, name="campaign_series"),
    path(_("review/"), reviews.review_list, name="review_list"),
    path(_("review/<int:pk>/"), reviews.report_review, name="report_review"),
]

writing = [
    path(_("agreements/new/"), agreement_drafts.agreement_new, name="agreement_new"),
    path(_("agreements/<slug:code>/edit/"), agreement_drafts.agreement_edit, name="agreement_edit"),
    path(
        _("agreements/<slug:code>/remove/"),
        agreement_drafts.agreement_remove,
        name="agreement_remove",
    ),
    path(
        _("agreements/<slug:code>/parties/"),
        agreement_drafts.agreement_parties,
        name="agreement_parties",
    ),
    path(
        _("agreements/<slug:code>/contributions/new/"),
        agreement_drafts.contribution_edit,
        name="contribution_new",
    ),
    path(
        _("agreements/<slug:code>/contributions/<int:pk>/"),
        agreement_drafts.contribution_edit,
        name="contribution_edit",
    ),
    path(
        _("agreements/<slug:code>/contributions/<int:pk>/remove/"),
        agreement_drafts.contribution_remove,
        name="contribution_remove",
    ),
    path(
        _("agreements/<slug:code>/amendments/new/"),
        amendments.amendment_new,
        name="amendment_new",
    ),
    path(
        _("agreements/<slug:code>/amendments/<int:number>/"),
        amendments.amendment_edit,
        name="amendment_edit",
    ),
    path(
        _("agreements/<slug:code>/amendments/<int:number>/remove/"),
        amendments.amendment_remove,
        name="amendment_remove",
    ),
    path(
        _("agreements/<slug:code>/amendments/<int:number>/approve/"),
        amendments.amendment_approve,
        name="amendment_approve",
    ),
    path(
        _("agreements/<slug:code>/amendments/<int:number>/parties/"),
        agreement_drafts.agreement_parties,
        name="amendment_parties",
    ),
    path(
        _("agreements/<slug:code>/amendments/<int:number>/contributions/new/"),
        agreement_drafts.contribution_edit,
        name="amendment_contribution_new",
    ),
]

agreement_pages = [
    path(_("agreements/"), agreements.agreement_list, name="agreement_list"),
    path(_("agreements/<slug:code>/"), agreements.agreement_detail, name="agreement_detail"),
    path(_("agreements/<slug:code>/end/"), agreements.agreement_end, name="agreement_end"),
    path(
        _("agreements/<slug:code>/signatures/<int:pk>/"),
        agreements.signature_record,
        name="signature_record",
    ),
    path(
        _("agreements/<slug:code>/signatures/<int:pk>/decline/"),
        agreements.signature_decline,
        name="signature_decline",
    ),
    path(
        _("agreements/<slug:code>/signatures/<int:pk>/copy/"),
        agreements.signed_copy,
        name="signed_copy",
    ),
    path(
        _("agreements/<slug:code>/payments/<int:pk>/"),
        agreements.instalment_move,
        name="instalment_move",
    ),
]

urlpatterns = [*public, *reporting, *writing, *agreement_pages]
