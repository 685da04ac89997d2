from django.urls import path, re_path
from django.utils.translation import gettext_lazy as _

from governance.views import (
    actions,
    agenda,
    calendar,
    committees,
    consultation,
    extracts,
    feeds,
    meetings,
    minutes,
    minutes_text,
    packs,
    papers,
    proposals,
    reader,
    register,
    replies,
    room,
    table,
    verification,
)

app_name = "governance"

root_urlpatterns = [
    re_path(
        r"^feeds/my-meetings-(?P<token>[\w-]{20,80})\.ics$", feeds.my_meetings, name="my_meetings"
    ),
]

urlpatterns = [
    path(_("decisions/"), register.decision_list, name="decision_list"),
    re_path(
        _(r"^decisions/(?P<committee>[-\w]+)/(?P<reference>\d{4}-\d{3,5})/$"),
        register.decision_detail,
        name="decision_detail",
    ),
    re_path(
        _(r"^decisions/(?P<committee>[-\w]+)/(?P<reference>\d{4}-\d{3,5})/correct/$"),
        register.decision_correct,
        name="decision_correct",
    ),
    path(_("committees/"), committees.committee_list, name="committee_list"),
    path(_("committees/new/"), committees.committee_create, name="committee_create"),
    path(_("committees/<slug:slug>/"), committees.committee_detail, name="committee_detail"),
    path(_("committees/<slug:slug>/edit/"), committees.committee_edit, name="committee_edit"),
    path(_("committees/<slug:slug>/seats/new/"), committees.seat_create, name="seat_create"),
    path(_("committees/<slug:slug>/seats/<int:pk>/"), committees.seat_edit, name="seat_edit"),
    path(
        _("committees/<slug:slug>/seats/<int:pk>/mandates/new/"),
        committees.mandate_create,
        name="mandate_create",
    ),
    path(
        _("committees/<slug:slug>/mandates/<int:pk>/"),
        committees.mandate_edit,
        name="mandate_edit",
    ),
    path(_("meetings/"), meetings.meeting_list, name="meeting_list"),
    path(_("meetings/calendar/"), calendar.meeting_calendar, name="calendar_now"),
    path(_("meetings/calendar/<int:year>/"), calendar.meeting_calendar, name="calendar"),
    path(_("meetings/new/"), meetings.meeting_create, name="meeting_create"),
    path(_("meetings/<slug:code>/"), meetings.meeting_detail, name="meeting_detail"),
    path(_("meetings/<slug:code>/edit/"), meetings.meeting_edit, name="meeting_edit"),
    path(_("meetings/<slug:code>/summon/"), meetings.meeting_summon, name="meeting_summon"),
    path(_("meetings/<slug:code>/open/"), meetings.meeting_open, name="meeting_open"),
    path(_("meetings/<slug:code>/close/"), meetings.meeting_close, name="meeting_close"),
    path(_("meetings/<slug:code>/cancel/"), meetings.meeting_cancel, name="meeting_cancel"),
    path(_("meetings/<slug:code>/reply/"), replies.meeting_reply, name="meeting_reply"),
    path(
        _("meetings/<slug:code>/summonses/<int:pk>/"),
        replies.summons_record,
        name="summons_record",
    ),
    path(
        _("meetings/<slug:code>/summonses/<int:pk>/again/"),
        replies.summons_again,
        name="summons_again",
    ),
    path(
        _("meetings/<slug:code>/answers/"),
        consultation.consultation_answer,
        name="consultation_answer",
    ),
    path(
        _("meetings/<slug:code>/count/"), consultation.consultation_count, name="consultation_count"
    ),
    path(_("summons/<str:token>/"), replies.summons_reply, name="summons_reply"),
    path(_("meetings/<slug:code>/minutes/"), minutes.minutes_detail, name="minutes_detail"),
    path(_("meetings/<slug:code>/minutes/draft/"), minutes.minutes_draft, name="minutes_draft"),
    path(_("meetings/<slug:code>/minutes/edit/"), minutes_text.minutes_edit, name="minutes_edit"),
    path(
        _("meetings/<slug:code>/minutes/autosave/"),
        minutes_text.minutes_autosave,
        name="minutes_autosave",
    ),
    path(
        _("meetings/<slug:code>/minutes/presence/"),
        minutes_text.minutes_presence,
        name="minutes_presence",
    ),
    path(
        _("meetings/<slug:code>/minutes/give-up/"),
        minutes_text.minutes_give_up,
        name="minutes_give_up",
    ),
    path(
        _("meetings/<slug:code>/minutes/revisions/<int:number>/"),
        minutes_text.minutes_revision,
        name="minutes_revision",
    ),
    path(_("meetings/<slug:code>/minutes.pdf"), minutes_text.minutes_pdf, name="minutes_pdf"),
    path(_("meetings/<slug:code>/minutes.docx"), minutes_text.minutes_word, name="minutes_word"),
    path(_("meetings/<slug:code>/extract/"), extracts.minutes_extract, name="minutes_extract"),
    path(
        _("meetings/<slug:code>/extract/publish/"),
        extracts.extract_publish,
        name="extract_publish",
    ),
    path(
        _("meetings/<slug:code>/minutes/circulate/"),
        minutes.minutes_circulate,
        name="minutes_circulate",
    ),
    path(
        _("meetings/<slug:code>/minutes/take-back/"),
        minutes.minutes_take_back,
        name="minutes_take_back",
    ),
    path(_("meetings/<slug:code>/minutes/remarks/"), minutes.minutes_remark, name="minutes_remark"),
    path(
        _("meetings/<slug:code>/minutes/remarks/<int:pk>/answer/"),
        minutes.remark_answer,
        name="remark_answer",
    ),
    path(_("meetings/<slug:code>/session/"), table.meeting_session, name="meeting_session"),
    path(_("meetings/<slug:code>/end/"), room.meeting_end, name="meeting_end"),
    path(_("meetings/<slug:code>/attendance/"), room.attendance_moment, name="attendance_moment"),
    path(
        _("meetings/<slug:code>/attendance/<int:pk>/"), room.attendance_note, name="attendance_note"
    ),
    path(_("meetings/<slug:code>/proxies/"), room.proxy_give, name="proxy_give"),
    path(
        _("meetings/<slug:code>/proxies/<int:pk>/revoke/"), room.proxy_revoke, name="proxy_revoke"
    ),
    path(
        _("meetings/<slug:code>/items/<int:pk>/conflicts/"),
        room.conflict_declare,
        name="conflict_declare",
    ),
    path(
        _("meetings/<slug:code>/conflicts/<int:pk>/withdraw/"),
        room.conflict_withdraw,
        name="conflict_withdraw",
    ),
    path(_("meetings/<slug:code>/items/<int:pk>/room/"), table.item_room, name="item_room"),
    path(
        _("meetings/<slug:code>/items/<int:pk>/draft/"), table.outcome_draft, name="outcome_draft"
    ),
    path(
        _("meetings/<slug:code>/items/<int:pk>/draft/forget/"),
        table.outcome_forget,
        name="outcome_forget",
    ),
    path(
        _("meetings/<slug:code>/items/<int:pk>/presence/"),
        table.outcome_presence,
        name="outcome_presence",
    ),
    path(_("meetings/<slug:code>/order/"), agenda.agenda_order, name="agenda_order"),
    path(_("meetings/<slug:code>/suggestions/"), agenda.suggestion_take, name="suggestion_take"),
    path(_("meetings/<slug:code>/items/new/"), agenda.item_create, name="item_create"),
    path(_("meetings/<slug:code>/items/<int:pk>/"), agenda.item_edit, name="item_edit"),
    path(_("meetings/<slug:code>/items/<int:pk>/remove/"), agenda.item_remove, name="item_remove"),
    path(_("meetings/<slug:code>/items/<int:pk>/ready/"), agenda.item_ready, name="item_ready"),
    path(
        _("meetings/<slug:code>/items/<int:pk>/outcome/"), table.item_outcome, name="item_outcome"
    ),
    path(_("meetings/<slug:code>/items/<int:pk>/annex/"), papers.paper_attach, name="paper_attach"),
    path(
        _("meetings/<slug:code>/annexes/<int:pk>/detach/"), papers.paper_detach, name="paper_detach"
    ),
    path(_("meetings/<slug:code>/actions/new/"), actions.action_create, name="action_create"),
    path(_("meetings/<slug:code>/packs/"), packs.pack_list, name="pack_list"),
    path(_("meetings/<slug:code>/packs/build/"), packs.pack_build, name="pack_build"),
    path(_("meetings/<slug:code>/packs/progress/"), packs.pack_progress, name="pack_progress"),
    path(
        _("meetings/<slug:code>/packs/builds/<int:pk>/cancel/"),
        packs.build_cancel,
        name="build_cancel",
    ),
    path(_("meetings/<slug:code>/packs/<int:pk>/"), packs.pack_detail, name="pack_detail"),
    path(_("meetings/<slug:code>/packs/<int:pk>/issue/"), packs.pack_issue, name="pack_issue"),
    path(_("meetings/<slug:code>/packs/<int:pk>/file/"), packs.pack_download, name="pack_download"),
    path(
        _("meetings/<slug:code>/packs/<int:pk>/archive/"), packs.pack_archive, name="pack_archive"
    ),
    path(_("meetings/<slug:code>/packs/<int:pk>/read/"), reader.pack_read, name="pack_read"),
    path(
        _("meetings/<slug:code>/packs/<int:pk>/read/<str:anchor>/"),
        reader.pack_read,
        name="pack_read_page",
    ),
    path(
        _("meetings/<slug:code>/packs/<int:pk>/read/<str:anchor>/note/"),
        reader.note_write,
        name="note_write",
    ),
    path(_("meetings/<slug:code>/packs/<int:pk>/opened/"), reader.pack_opened, name="pack_opened"),
    path(_("packs/check/"), verification.verify_pack, name="verify_pack"),
    path(_("proposals/"), proposals.proposal_list, name="proposal_list"),
    path(_("proposals/new/"), proposals.proposal_create, name="proposal_create"),
    path(_("proposals/<int:pk>/withdraw/"), proposals.proposal_withdraw, name="proposal_withdraw"),
    path(_("proposals/<int:pk>/"), proposals.proposal_settle, name="proposal_settle"),
    path(
        _("meetings/<slug:code>/annexes/<int:pk>/revise/"), papers.paper_revise, name="paper_revise"
    ),
    path(_("meetings/<slug:code>/annexes/<int:pk>/pin/"), papers.paper_pin, name="paper_pin"),
    path(_("papers/<int:pk>/history/"), papers.paper_detail, name="paper_detail"),
    path(_("papers/<int:pk>/"), papers.paper_download, name="paper_download"),
    path(_("actions/"), actions.action_list, name="action_list"),
    path(_("actions/<int:pk>/"), actions.action_detail, name="action_detail"),
    path(_("actions/<int:pk>/edit/"), actions.action_edit, name="action_edit"),
    path(_("actions/<int:pk>/progress/"), actions.action_progress, name="action_progress"),
    path(_("actions/<int:pk>/files/<int:file>/"), actions.action_file, name="action_file"),
]
