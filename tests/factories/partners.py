import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from partners.enums import MembershipRole, PartnerKind, PartnerRole
from partners.models import Membership, Partner, User

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

    email = factory.Sequence(lambda n: f"person-{n}@example.org")
    first_name = factory.Sequence(lambda n: f"Camille {n}")
    last_name = "Martin"


class SecretaryFactory(UserFactory):
    is_secretariat = True


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    partner = factory.SubFactory(PartnerFactory)
    role = MembershipRole.CONTRIBUTOR
    start = factory.LazyFunction(timezone.localdate)
