from governance.forms.committees import CommitteeForm, MandateForm, SeatForm, StandingItems
from governance.forms.minutes import AnswerForm, MinutesForm, RemarkForm
from governance.forms.packs import BuildForm, IssueForm, NoteForm, VerificationForm
from governance.forms.preparing import CancelForm, ItemForm, MeetingForm, PaperForm
from governance.forms.replies import ReplyForm
from governance.forms.table import ActionForm, OutcomeForm, ProxyForm

__all__ = [
    "ActionForm",
    "AnswerForm",
    "BuildForm",
    "CancelForm",
    "CommitteeForm",
    "IssueForm",
    "ItemForm",
    "MandateForm",
    "MeetingForm",
    "MinutesForm",
    "NoteForm",
    "OutcomeForm",
    "PaperForm",
    "ProxyForm",
    "RemarkForm",
    "ReplyForm",
    "SeatForm",
    "StandingItems",
    "VerificationForm",
]
