from governance.forms.actions import ActionForm, ProgressForm, ReviewForm
from governance.forms.committees import CommitteeForm, MandateForm, SeatForm, StandingItems
from governance.forms.consultation import AnswersForm
from governance.forms.decisions import CorrectionForm
from governance.forms.minutes import AnswerForm, ExtractForm, MinutesForm, RemarkForm
from governance.forms.packs import BuildForm, NoteForm, VerificationForm
from governance.forms.preparing import (
    AccessForm,
    CancelForm,
    ItemForm,
    MeetingForm,
    PaperForm,
    RevisionForm,
)
from governance.forms.proposals import ProposalForm, SettleForm
from governance.forms.replies import ReplyForm
from governance.forms.table import ConflictForm, MomentForm, OutcomeForm, ProxyForm

__all__ = [
    "AccessForm",
    "ActionForm",
    "AnswerForm",
    "AnswersForm",
    "BuildForm",
    "CancelForm",
    "CommitteeForm",
    "ConflictForm",
    "CorrectionForm",
    "ExtractForm",
    "ItemForm",
    "MandateForm",
    "MeetingForm",
    "MinutesForm",
    "MomentForm",
    "NoteForm",
    "OutcomeForm",
    "PaperForm",
    "ProgressForm",
    "ProposalForm",
    "ProxyForm",
    "RemarkForm",
    "ReplyForm",
    "ReviewForm",
    "RevisionForm",
    "SeatForm",
    "SettleForm",
    "StandingItems",
    "VerificationForm",
]
