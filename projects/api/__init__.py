"""The portfolio by the API: what it holds, how it goes, what it costs."""

from projects.api import campaigns, following, money, portfolio, progress, reports
from smartport.api.routing import Router


def register(router: Router) -> None:
    router.register("goals", portfolio.Goals)
    router.register("frameworks", portfolio.Frameworks)
    router.register("series", portfolio.Series)
    router.register("projects", portfolio.Projects)
    router.register("milestones", progress.Milestones)
    router.register("indicators", progress.Indicators)
    router.register("reports", reports.Reports)
    router.register("campaigns", campaigns.Campaigns)
    router.register("agreements", money.Agreements)
    router.register("contributions", money.Contributions)
    router.register("instalments", money.Instalments)
    router.view("me/followings", following.Followings)
