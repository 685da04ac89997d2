"""What a person may see of what the committee's messages are about.

A summons and its reply are the person's own: their link answers in their name, so nobody stands in for them.
"""

from governance.models import Action, Minutes, Pack
from smartport.audience import sights, visible

for prefix, model in (("pack", Pack), ("minutes", Minutes), ("action", Action)):
    sights.register(prefix, visible(model))
