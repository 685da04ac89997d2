from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.enums import Reply
from governance.models import Summons
from governance.services import summons as summonses
from partners.models import User

NAMED = {Reply.ALTERNATE: "alternate", Reply.PROXY: "holder"}


class ReplyForm(forms.Form):
    """The reply of one person summoned, each answer a button of its own; those offered as alternate or proxy holder
    are the ones who can be.
    """

    answer = forms.ChoiceField(
        label=_("Your reply"), error_messages={"required": _("Press one of the answers.")}
    )
    alternate = forms.ModelChoiceField(
        label=_("Your alternate"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Choose"),
    )
    holder = forms.ModelChoiceField(
        label=_("Who votes for you"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Choose"),
    )
    comment = forms.CharField(
        label=_("Comment for the secretariat"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, summons: Summons, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alternates = [mandate.user_id for mandate in summonses.alternates_for(summons)]
        holders = [user.pk for user in summonses.holders_for(summons)]
        offered = [Reply.YES, Reply.NO]
        for choice, people in ((Reply.ALTERNATE, alternates), (Reply.PROXY, holders)):
            if people and summons.seat_id:
                offered.append(choice)
                self.fields[NAMED[choice]].queryset = User.objects.filter(pk__in=people)
            else:
                del self.fields[NAMED[choice]]
        self.fields["answer"].choices = [(choice.value, choice.label) for choice in offered]
        if summons.reply != Reply.NONE:
            self.initial |= {
                "answer": summons.reply,
                "alternate": summons.alternate_id,
                "holder": summons.proxy_holder_id,
                "comment": summons.comment,
            }

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        name = NAMED.get(data.get("answer", ""))
        if name and not data.get(name) and name not in self.errors:
            self.add_error(name, _("Choose who."))
        return data
