"""The demonstration as the guards see it: the cast by name, and one object of each kind that addresses ask for."""

import mailbox
from datetime import timedelta
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import signing
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client
from django.utils.timezone import now

from governance.models import (
    Action,
    ActionFile,
    AgendaItem,
    AgendaPaper,
    Committee,
    Decision,
    ItemProposal,
    Mandate,
    Meeting,
    Minutes,
    Pack,
    PackBuild,
    Proxy,
    Summons,
)
from governance.services import building, packs
from governance.services.extracts import publish
from governance.services.links import token_for
from partners.models import Announcement, Invitation, Membership, Message, Partner, Subscription
from partners.services.calendar_addresses import make_address
from partners.services.rendering import UNSUBSCRIBE_SALT
from partners.services.sign_in import sign_in_url
from partners.services.tokens import create_token
from projects.models import (
    AgreementParty,
    Amendment,
    Contribution,
    Evidence,
    Framework,
    FundingAgreement,
    Indicator,
    Instalment,
    Milestone,
    ProgressReport,
    Project,
    ProjectSeries,
    StrategicGoal,
)

EMAILS = {
    "stranger": "contributor@partner-b.example",
    "contributor": "contributor@partner-a.example",
    "manager": "manager@partner-a.example",
    "member": "member@smartport.example",
    "secretariat": "secretariat@smartport.example",
    "admin": "admin@smartport.example",
}


class World:
    """Loaded once per module; what a test changes is undone after it."""

    def load(self) -> None:
        call_command("load_smart_port", verbosity=0)
        call_command("load_demo", verbosity=0)
        packs.request_build(actor=self.people["secretariat"], meeting=self.draft_meeting)
        building.build_due()
        packs.request_build(actor=self.people["secretariat"], meeting=self.draft_meeting)
        _ = (
            self._signed_in,
            self.token,
            self.letter,
            self.message,
            self.subscription,
            self.announcement,
            self.calendar_secret,
            self.invitation,
            self.evidence,
            self.proxy,
            self.proposal,
            self.draft_amendment,
            self.action_file,
            self.extract_code,
            self.summons_token,
        )

    def crowd(self) -> None:
        """Many rows of everything that lists show."""
        call_command("make_portfolio", projects=60, seed=1, verbosity=0)

    @cached_property
    def people(self) -> dict[str, Any]:
        found = {
            user.email: user for user in get_user_model().objects.filter(email__in=EMAILS.values())
        }
        return {who: found[email] for who, email in EMAILS.items()}

    @cached_property
    def _signed_in(self) -> dict[str, tuple[Client, str]]:
        browsers = {"anonymous": (Client(), "")}
        for who, user in self.people.items():
            client = Client()
            client.force_login(user)
            client.get("/fr/espace/")  # the first page notes the device
            browsers[who] = (client, client.cookies[settings.SESSION_COOKIE_NAME].value)
        return browsers

    def clients(self) -> dict[str, Client]:
        """A browser for each of the cast, signed in, with no memory of what was asked before."""
        for client, session in self._signed_in.values():
            client.cookies.clear()
            if session:
                client.cookies[settings.SESSION_COOKIE_NAME] = session
        return {who: client for who, (client, _) in self._signed_in.items()}

    # --- Partners -----------------------------------------------------------------------------------

    @cached_property
    def partner(self) -> Partner:
        return self.people["manager"].memberships.get().partner

    @cached_property
    def token(self) -> Any:
        """The contributor's."""
        return create_token(actor=self.people["contributor"], name="statistics", days=30)[0]

    @cached_property
    def membership(self) -> Membership:
        """The contributor's, in partner A."""
        return self.people["contributor"].memberships.get()

    @cached_property
    def invitation(self) -> Invitation:
        """To partner A, not answered yet."""
        return Invitation.objects.create(
            partner=self.partner,
            email="invited@partner-a.example",
            role="contributor",
            invited_by=self.people["manager"],
            secret_sha256=sha256(self.invitation_secret.encode()).hexdigest(),
            expires_at=now() + timedelta(days=7),
        )

    invitation_secret = "sent-to-one-person"

    @property
    def sign_in_token(self) -> str:
        """Of the link that would sign the contributor in."""
        return sign_in_url(user=self.people["contributor"]).rstrip("/").rpartition("/")[2]

    @cached_property
    def unsubscribe_token(self) -> str:
        return signing.dumps(
            {"user": self.people["contributor"].pk, "topic": "digest"}, salt=UNSUBSCRIBE_SALT
        )

    @cached_property
    def message(self) -> Message:
        """To the contributor, not sent yet."""
        person = self.people["contributor"]
        return Message.objects.create(
            kind="report_due",
            key="guards",
            recipient=person,
            address=person.email,
            subject="Fiche",
            text="Texte",
            message_id="<guards@smartport.example>",
        )

    @cached_property
    def announcement(self) -> Announcement:
        """Of the secretariat to the partners' managers, not sent yet."""
        return Announcement.objects.create(
            author=self.people["secretariat"],
            group="managers",
            subject_fr="Réunion",
            text_fr="Texte",
        )

    @cached_property
    def calendar_secret(self) -> str:
        """Of the manager's calendar."""
        return make_address(actor=self.people["manager"])

    @cached_property
    def subscription(self) -> Subscription:
        """Of someone without an account, to a public project; confirmed."""
        return Subscription.objects.create(
            address="reader@smartport.example",
            subject="project",
            value=str(self.public_project.pk),
            confirmed_at=now(),
            told_until=now(),
        )

    @cached_property
    def letter(self) -> str:
        """The key of a letter in the trial's mailbox."""
        box = mailbox.Maildir(settings.MAILBOX_DIR)
        return box.add(
            b"From: a@smartport.example\nTo: b@smartport.example\nSubject: Test\n\nText\n"
        )

    # --- Projects: what is not public is of partner A -------------------------------------------------

    @cached_property
    def public_project(self) -> Project:
        return Project.objects.get(code="DEMO-01")

    @cached_property
    def proposed_project(self) -> Project:
        """Of partner D, supported by A and by the member's own partner; B has no part in it."""
        return Project.objects.get(code="DEMO-10")

    @cached_property
    def public_series(self) -> ProjectSeries:
        return ProjectSeries.objects.get(code="DEMO-S1")

    @cached_property
    def submitted_series(self) -> ProjectSeries:
        return ProjectSeries.objects.get(code="DEMO-S2")

    @cached_property
    def goal(self) -> StrategicGoal:
        return self.public_project.goals.order_by("pk")[0]

    @cached_property
    def framework(self) -> Framework:
        return Framework.objects.order_by("pk")[0]

    @cached_property
    def milestone(self) -> Milestone:
        return Milestone.objects.filter(project=self.public_project).order_by("pk")[0]

    @cached_property
    def indicator(self) -> Indicator:
        return Indicator.objects.order_by("pk")[0]

    @cached_property
    def open_report(self) -> ProgressReport:
        return ProgressReport.objects.get(project=self.public_project, status="open")

    @cached_property
    def submitted_report(self) -> ProgressReport:
        return ProgressReport.objects.filter(status="submitted").order_by("pk")[0]

    @cached_property
    def accepted_report(self) -> ProgressReport:
        return ProgressReport.objects.filter(
            project=self.public_project, status="accepted"
        ).order_by("pk")[0]

    @cached_property
    def evidence(self) -> Evidence:
        """A file joined to the open report of partner A."""
        content = b"%PDF-1.7 evidence"
        return Evidence.objects.create(
            report=self.open_report,
            file=ContentFile(content, "evidence.pdf"),
            name="evidence.pdf",
            media_type="application/pdf",
            size=len(content),
            sha256=sha256(content).hexdigest(),
            uploaded_by=self.people["contributor"],
        )

    @cached_property
    def agreement(self) -> FundingAgreement:
        """In force, with partner A as a party."""
        return FundingAgreement.objects.get(code="DEMO-K1")

    @cached_property
    def draft_agreement(self) -> FundingAgreement:
        return FundingAgreement.objects.get(code="DEMO-K3")

    @cached_property
    def draft_contribution(self) -> Contribution:
        return Contribution.objects.filter(agreement=self.draft_agreement).order_by("pk")[0]

    @cached_property
    def draft_amendment(self) -> Amendment:
        """Of the agreement in force."""
        return Amendment.objects.create(agreement=self.agreement, number=9, title_fr="Avenant")

    @cached_property
    def contribution(self) -> Contribution:
        return Contribution.objects.filter(agreement=self.agreement).order_by("pk")[0]

    @cached_property
    def instalment(self) -> Instalment:
        """Of an agreement in force, not received yet."""
        waiting = Instalment.objects.filter(contribution__agreement=self.agreement)
        return waiting.exclude(status="received").order_by("pk")[0]

    @cached_property
    def signing(self) -> FundingAgreement:
        return FundingAgreement.objects.get(code="DEMO-K2")

    @cached_property
    def waiting_signature(self) -> AgreementParty:
        return self.signing.parties.exclude(signature="signed").order_by("pk")[0]

    @cached_property
    def signature(self) -> AgreementParty:
        return self.signing.parties.filter(signature="signed").order_by("pk")[0]

    # --- Governance -----------------------------------------------------------------------------------

    @cached_property
    def committee(self) -> Committee:
        return Committee.objects.get(code="DEMO-COPIL")

    @cached_property
    def draft_meeting(self) -> Meeting:
        return Meeting.objects.get(code="DEMO-M4")

    @cached_property
    def held_meeting(self) -> Meeting:
        return Meeting.objects.get(code="DEMO-M3")

    @cached_property
    def item(self) -> AgendaItem:
        return AgendaItem.objects.filter(
            meeting=self.draft_meeting, series=self.submitted_series
        ).get()

    @cached_property
    def annex(self) -> AgendaPaper:
        return AgendaPaper.objects.filter(item__meeting=self.draft_meeting).order_by("pk")[0]

    @cached_property
    def mandate(self) -> Mandate:
        """The member's, in the demonstration's committee."""
        return Mandate.objects.get(user=self.people["member"], seat__committee=self.committee)

    @cached_property
    def proposal(self) -> ItemProposal:
        """By partner A's contributor, waiting for its answer."""
        return ItemProposal.objects.create(
            meeting=self.draft_meeting,
            partner=self.partner,
            title="Quai numérique",
            reason="Le projet demande l’avis du comité.",
            proposed_by=self.people["contributor"],
        )

    @cached_property
    def proxy(self) -> Proxy:
        """Given by the member for the meeting in preparation."""
        other = Mandate.objects.filter(seat__committee=self.committee).exclude(
            seat=self.mandate.seat
        )
        return Proxy.objects.create(
            meeting=self.draft_meeting,
            seat=self.mandate.seat,
            giver=self.mandate.user,
            holder=other.order_by("pk")[0].user,
        )

    @cached_property
    def summons_token(self) -> str:
        """Of the link in the member's summons, which is written and not sent yet."""
        mandate = self.mandate
        row = Summons.objects.create(
            meeting=self.draft_meeting, user=mandate.user, seat=mandate.seat, capacity="titular"
        )
        return token_for(row)

    @property
    def summons_address(self) -> dict[str, Any]:
        """Where the secretariat finds the member's summons."""
        row = self.draft_meeting.summonses.get(user=self.mandate.user)
        return {"code": self.draft_meeting.code, "pk": row.pk}

    @cached_property
    def pack(self) -> Pack:
        return Pack.objects.filter(meeting=self.draft_meeting).order_by("pk")[0]

    @cached_property
    def build(self) -> PackBuild:
        """Asked for and not begun."""
        return PackBuild.objects.filter(meeting=self.draft_meeting, status="queued").order_by("pk")[
            0
        ]

    @cached_property
    def decision(self) -> Decision:
        return Decision.objects.filter(committee=self.committee).order_by("pk")[0]

    @cached_property
    def decision_address(self) -> dict[str, str]:
        return {"committee": self.committee.slug, "reference": self.decision.reference}

    @cached_property
    def action(self) -> Action:
        return Action.objects.filter(status="open").order_by("pk")[0]

    @cached_property
    def extract_code(self) -> str:
        """Of a meeting whose minutes are approved and have a published extract."""
        approved = Minutes.objects.filter(status="approved").order_by("pk")[0]
        publish(
            actor=self.people["secretariat"],
            minutes=approved,
            texts={"fr": "Extrait", "en": "Extract"},
        )
        return approved.meeting.code

    @cached_property
    def action_file(self) -> ActionFile:
        content = b"%PDF-1.7 what was done"
        return ActionFile.objects.create(
            action=self.action,
            file=ContentFile(content, "done.pdf"),
            name="done.pdf",
            media_type="application/pdf",
            size=len(content),
            sha256=sha256(content).hexdigest(),
            uploaded_by=self.people["contributor"],
        )
