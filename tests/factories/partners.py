from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from partners.enums import MembershipRole, MessageState, PartnerKind, PartnerRole
from partners.models import Invitation, Membership, Message, Partner, User

PASSWORD = "a-harbour-at-dawn-7"


class PartnerFactory(DjangoModelFactory):
    class Meta:
        model = Partner

    code = factory.Sequence(lambda n: f"PARTNER-{n}")
    slug = factory.Sequence(lambda n: f"partner-{n}")
    name = factory.Sequence(lambda n: f"Organisation {n}")
    kind = PartnerKind.COMPANY
    role = PartnerRole.MEMBER


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        with_password = factory.Trait(password=PASSWORD)

    password = None
    email = factory.Sequence(lambda n: f"person-{n}@example.org")
    first_name = factory.Sequence(lambda n: f"Camille {n}")
    last_name = "Martin"

    @classmethod
    def _create(cls, model_class, *args, **fields):
        """By the same door as the portal: with the address verified."""
        return model_class.objects.create_user(*args, **fields)


class SecretaryFactory(UserFactory):
    is_secretariat = True


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    partner = factory.SubFactory(PartnerFactory)
    role = MembershipRole.CONTRIBUTOR
    start = factory.LazyFunction(timezone.localdate)


class InvitationFactory(DjangoModelFactory):
    class Meta:
        model = Invitation

    partner = factory.SubFactory(PartnerFactory)
    email = factory.Sequence(lambda n: f"invited-{n}@example.org")
    role = MembershipRole.CONTRIBUTOR
    secret_sha256 = factory.Sequence(lambda n: f"{n:064x}")
    invited_by = factory.SubFactory(UserFactory)
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=14))


class MessageFactory(DjangoModelFactory):
    """Queued, due now."""

    class Meta:
        model = Message

    class Params:
        sent = factory.Trait(state=MessageState.SENT, sent_at=factory.LazyFunction(timezone.now))

    kind = "security_notice"
    key = factory.Sequence(lambda n: f"security_notice:{n}")
    recipient = factory.SubFactory(UserFactory)
    address = factory.LazyAttribute(lambda message: message.recipient.email)
    subject = factory.Sequence(lambda n: f"Objet {n}")
    text = "Bonjour,\n"
    message_id = factory.Sequence(lambda n: f"<{n}@testserver>")
