from tests.house.matrix import Row


def draft(world):
    return {"code": world.draft_meeting.code}


def held(world):
    return {"code": world.held_meeting.code}


def item(world):
    return {"code": world.draft_meeting.code, "pk": world.item.pk}


def pack(world):
    return {"code": world.draft_meeting.code, "pk": world.pack.pk}


def page_of_pack(world):
    return pack(world) | {"anchor": "fr-summons"}


def proposal(world):
    return {"pk": world.proposal.pk}


def annex(world):
    return {"code": world.draft_meeting.code, "pk": world.annex.pk}


def committee(world):
    return {"slug": world.draft_meeting.committee.slug}


def seat(world):
    return committee(world) | {"pk": world.draft_meeting.committee.seats.first().pk}


def mandate(world):
    first = world.draft_meeting.committee.seats.first()
    return committee(world) | {"pk": first.mandates.first().pk}


ROWS = [
    Row("my_meetings", "200", lambda world: {"token": world.calendar_secret}),
    Row("my_meetings", "404", lambda world: {"token": "x" * 43}, note="made up"),
    Row("governance:committee_list", "200"),
    Row("governance:committee_detail", "200", committee),
    Row("governance:committee_create", "302 403 403 403 403 200 200"),
    Row("governance:committee_edit", "302 403 403 403 403 200 200", committee),
    Row("governance:seat_create", "302 403 403 403 403 200 200", committee),
    Row("governance:seat_edit", "302 403 403 403 403 200 200", seat),
    Row("governance:mandate_create", "302 403 403 403 403 200 200", seat),
    Row("governance:mandate_edit", "302 403 403 403 403 200 200", mandate),
    Row("governance:decision_list", "200"),
    Row("governance:decision_detail", "200", lambda world: world.decision_address),
    Row(
        "governance:decision_correct",
        "302 403 403 403 403 200 200",
        lambda world: world.decision_address,
    ),
    Row("governance:action_list", "302 200 200 200 200 200 200"),
    Row(
        "governance:action_edit",
        "302 404 403 403 403 200 200",
        lambda world: {"pk": world.action.pk},
    ),
    Row(
        "governance:action_file",
        "302 404 200 200 200 200 200",
        lambda world: {"pk": world.action.pk, "file": world.action_file.pk},
    ),
    Row("governance:proposal_list", "302 200 200 200 200 200 200"),
    Row("governance:proposal_create", "302 200 200 200 200 403 403", note="acts for a partner"),
    Row("governance:proposal_withdraw", "302 404 302 302 404 302 302", proposal, method="post"),
    Row("governance:proposal_settle", "302 403 403 403 403 200 200", proposal),
    Row("governance:item_ready", "302 403 403 403 403 302 302", item, method="post"),
    Row("governance:calendar_now", "200"),
    Row("governance:calendar", "200", lambda world: {"year": world.draft_meeting.day.year}),
    Row("governance:calendar", "404", lambda world: {"year": 9999}, note="no such year"),
    Row("governance:consultation_answer", "302 404 404 404 404 403 403", draft, note="a meeting"),
    Row("governance:consultation_count", "302 403 403 403 403 302 302", draft, method="post"),
    Row("governance:meeting_list", "302 200 200 200 200 200 200"),
    Row("governance:meeting_create", "302 403 403 403 403 200 200"),
    Row("governance:meeting_detail", "302 404 404 404 404 200 200", draft),
    Row(
        "governance:meeting_detail",
        "302 404 404 200 200 200 200",
        held,
        note="held",
    ),
    Row("governance:meeting_edit", "302 403 403 403 403 200 200", draft),
    Row("governance:meeting_summon", "302 403 403 403 403 302 302", draft, method="post"),
    Row("governance:meeting_open", "302 403 403 403 403 302 302", draft, method="post"),
    Row("governance:meeting_close", "302 403 403 403 403 409 409", draft, method="post"),
    Row("governance:meeting_cancel", "302 403 403 403 403 200 200", draft, method="post"),
    Row("governance:agenda_order", "302 403 403 403 403 302 302", draft, method="post"),
    Row("governance:item_create", "302 403 403 403 403 200 200", draft),
    Row("governance:item_edit", "302 403 403 403 403 200 200", item),
    Row("governance:item_remove", "302 403 403 403 403 302 302", item, method="post"),
    Row("governance:item_outcome", "302 403 403 403 403 200 200", item),
    Row("governance:paper_attach", "302 403 403 403 403 200 200", item, method="post"),
    Row(
        "governance:paper_detach",
        "302 403 403 403 403 302 302",
        lambda world: {"code": world.draft_meeting.code, "pk": world.annex.pk},
        method="post",
    ),
    Row("governance:paper_revise", "302 403 403 403 403 200 200", annex),
    Row("governance:paper_pin", "302 403 403 403 403 302 302", annex, method="post"),
    Row(
        "governance:paper_detail",
        "302 404 404 404 404 200 200",
        lambda world: {"pk": world.annex.revision.paper_id},
    ),
    Row(
        "governance:paper_download",
        "302 404 404 404 404 200 200",
        lambda world: {"pk": world.annex.revision_id},
    ),
    Row("governance:action_create", "302 403 403 403 403 200 200", draft),
    Row(
        "governance:action_detail",
        "302 404 200 200 200 200 200",
        lambda world: {"pk": world.action.pk},
    ),
    Row(
        "governance:action_progress",
        "302 404 302 302 422 302 302",
        lambda world: {"pk": world.action.pk},
        method="post",
        data={"to": "done", "evidence": "Fait."},
    ),
    Row("governance:pack_list", "302 404 404 404 404 200 200", draft),
    Row("governance:pack_build", "302 403 403 403 403 422 422", draft, method="post"),
    Row("governance:pack_progress", "302 403 403 403 403 302 302", draft),
    Row("governance:pack_detail", "302 404 404 404 404 200 200", pack),
    Row("governance:pack_download", "302 404 404 404 404 200 200", pack),
    Row("governance:pack_archive", "302 404 404 404 404 200 200", pack),
    Row("governance:pack_read", "302 404 404 404 404 200 200", pack),
    Row("governance:pack_read_page", "302 404 404 404 404 200 200", page_of_pack),
    Row(
        "governance:note_write",
        "302 404 404 404 404 302 302",
        page_of_pack,
        method="post",
        data={"paragraph": 1, "text": "À relire."},
    ),
    Row("governance:pack_opened", "302 404 404 404 404 302 302", pack, method="post"),
    Row("governance:verify_pack", "200"),
    Row("governance:verify_pack", "422", method="post", note="without a file"),
    Row("governance:pack_issue", "302 403 403 403 403 302 302", pack, method="post"),
    Row(
        "governance:build_cancel",
        "302 403 403 403 403 302 302",
        lambda world: {"code": world.draft_meeting.code, "pk": world.build.pk},
        method="post",
    ),
    Row("governance:pack_archive", "302 404 404 404 404 200 200", pack),
    Row("governance:minutes_detail", "302 404 404 404 404 200 200", draft),
    Row("governance:minutes_detail", "302 404 404 200 200 200 200", held, note="circulated"),
    Row("governance:minutes_draft", "302 403 403 403 403 302 302", held, method="post"),
    Row("governance:minutes_edit", "302 403 403 403 403 200 200", held),
    Row("governance:minutes_autosave", "401 403 403 403 403 422 422", held, method="post"),
    Row("governance:minutes_presence", "401 403 403 403 403 200 200", held, method="post"),
    Row("governance:minutes_give_up", "302 403 403 403 403 302 302", held, method="post"),
    Row(
        "governance:minutes_revision",
        "302 403 403 403 403 200 200",
        lambda world: held(world) | {"number": 1},
    ),
    Row("governance:minutes_pdf", "302 404 404 200 200 200 200", held),
    Row("governance:minutes_word", "302 404 404 200 200 200 200", held),
    Row("governance:minutes_extract", "404", held, note="not published"),
    Row("governance:minutes_extract", "200", lambda world: {"code": world.extract_code}),
    Row("governance:extract_publish", "302 403 403 403 403 403 403", held, note="not approved"),
    Row(
        "governance:extract_publish",
        "302 403 403 403 403 200 200",
        lambda world: {"code": world.extract_code},
    ),
    Row("governance:minutes_circulate", "302 403 403 403 403 302 302", held, method="post"),
    Row("governance:minutes_take_back", "302 403 403 403 403 302 302", held, method="post"),
    Row("governance:minutes_remark", "302 404 404 422 422 422 422", held, method="post"),
    Row(
        "governance:remark_answer",
        "302 403 403 403 403 404 404",
        lambda world: held(world) | {"pk": 0},
        method="post",
        note="no such remark",
    ),
    Row("governance:suggestion_take", "302 403 403 403 403 302 302", draft, method="post"),
    Row("governance:meeting_reply", "302 404 404 404 404 404 404", draft, note="not summoned"),
    Row("governance:summons_reply", "200", lambda world: {"token": world.summons_token}),
    Row("governance:summons_reply", "404", lambda world: {"token": "x:y"}, note="altered"),
    Row(
        "governance:summons_record",
        "302 403 403 403 403 200 200",
        lambda world: world.summons_address,
    ),
    Row(
        "governance:summons_again",
        "302 403 403 403 403 302 302",
        lambda world: world.summons_address,
        method="post",
    ),
    Row("governance:meeting_session", "302 403 403 403 403 302 302", draft),
    Row("governance:meeting_session", "302 403 403 403 403 302 302", held, note="held"),
    Row("governance:meeting_end", "302 403 403 403 403 302 302", held, method="post"),
    Row(
        "governance:attendance_note",
        "302 403 403 403 403 302 302",
        lambda world: held(world) | {"pk": world.people["member"].pk},
        method="post",
    ),
    Row("governance:attendance_moment", "302 403 403 403 403 302 302", held, method="post"),
    Row("governance:item_room", "302 403 403 403 403 302 302", item),
    Row("governance:outcome_draft", "401 403 403 403 403 409 409", item, method="post"),
    Row("governance:outcome_forget", "302 403 403 403 403 302 302", item, method="post"),
    Row("governance:outcome_presence", "401 403 403 403 403 200 200", item, method="post"),
    Row("governance:conflict_declare", "302 403 403 403 403 302 302", item, method="post"),
    Row(
        "governance:conflict_withdraw",
        "302 403 403 403 403 404 404",
        lambda world: held(world) | {"pk": 0},
        method="post",
        note="no such conflict",
    ),
    Row("governance:proxy_give", "302 403 403 403 403 302 302", held, method="post"),
    Row(
        "governance:proxy_revoke",
        "302 403 403 403 403 302 302",
        lambda world: {"code": world.draft_meeting.code, "pk": world.proxy.pk},
        method="post",
    ),
]
