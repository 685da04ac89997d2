import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartport.settings")
django_application = get_wsgi_application()

from smartport.page_cache import KeptPages  # noqa: E402  (reads the settings, which are ready now)

application = KeptPages(django_application)
