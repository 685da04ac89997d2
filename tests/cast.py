"""The fixed cast: who plays in every test. Partner A holds the matter at hand; the stranger is of partner B."""

from dataclasses import dataclass, field
from functools import cached_property

from django.contrib.auth.models import AnonymousUser

from partners.enums import MembershipRole
from partners.models import Partner, User
from tests.factories.partners import MembershipFactory, PartnerFactory, UserFactory


@dataclass
class Cast:
    """Each person is made when first asked for."""

    anonymous: AnonymousUser = field(default_factory=AnonymousUser)

    @cached_property
    def partner_a(self) -> Partner:
        return PartnerFactory(code="A", slug="partner-a", name="Partenaire A")

    @cached_property
    def partner_b(self) -> Partner:
        return PartnerFactory(code="B", slug="partner-b", name="Partenaire B")

    def _of(self, partner: Partner, first_name: str, role: str) -> User:
        email = f"{first_name.lower()}@{partner.slug}.example"
        user = UserFactory(email=email, first_name=first_name)
        MembershipFactory(user=user, partner=partner, role=role)
        return user

    @cached_property
    def owner(self) -> User:
        """Contributor of partner A, whose matter it is."""
        return self._of(self.partner_a, "Oriane", MembershipRole.CONTRIBUTOR)

    @cached_property
    def colleague(self) -> User:
        """Another contributor of partner A."""
        return self._of(self.partner_a, "Colin", MembershipRole.CONTRIBUTOR)

    @cached_property
    def manager(self) -> User:
        return self._of(self.partner_a, "Manon", MembershipRole.MANAGER)

    @cached_property
    def stranger(self) -> User:
        """Contributor of partner B, who has no part in partner A's matters."""
        return self._of(self.partner_b, "Silvia", MembershipRole.CONTRIBUTOR)

    @cached_property
    def member(self) -> User:
        """A person of the committee, in no organisation; tests of the committee give the mandate."""
        return UserFactory(email="member@smartport.example", first_name="Maxime")

    @cached_property
    def secretary(self) -> User:
        return UserFactory(
            email="secretary@smartport.example", first_name="Solange", is_secretariat=True
        )

    @cached_property
    def admin(self) -> User:
        return UserFactory(
            email="admin@smartport.example", first_name="Ada", is_staff=True, is_superuser=True
        )
