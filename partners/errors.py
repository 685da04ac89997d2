"""What the rules on people and organisations refuse."""

from smartport.errors import NotAllowed, Refusal


class MayNotManagePeople(NotAllowed):
    """Only managers of the organisation and the secretariat invite, change roles and end memberships."""

    code = "may_not_manage_people"


class AlreadyMember(Refusal):
    code = "already_member"


class AlreadyInvited(Refusal):
    code = "already_invited"


class InvitationUnusable(Refusal):
    """Accepted, withdrawn or expired."""

    code = "invitation_unusable"


class LastManager(Refusal):
    """An organisation keeps someone who can invite and answer for it."""

    code = "last_manager"


class MembershipEnded(Refusal):
    code = "membership_ended"


class AddressTaken(Refusal):
    code = "address_taken"


class LinkUnusable(Refusal):
    """A sign-in link: used, too old, overtaken by a changed address or password, or invented."""

    code = "link_unusable"
    status = 410


class MayNotWriteToGroups(NotAllowed):
    code = "may_not_write_to_groups"


class AlreadySent(Refusal):
    code = "already_sent"


class GroupChanged(Refusal):
    """Others would receive the message than those who were shown."""

    code = "group_changed"


class EnglishMissing(Refusal):
    code = "english_missing"
