"""What people are told about meetings, packs, minutes and actions."""

from django.utils.translation import gettext_lazy as _

from smartport.messages import MessageKind, Topic, register

for kind in (
    MessageKind(
        name="pack_issued",
        label=_("A pack issued"),
        topic=Topic.MEETINGS,
        action=_("Open the pack"),
    ),
):
    register(kind)
