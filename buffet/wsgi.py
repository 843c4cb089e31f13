"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
from django.utils.module_loading import import_string

from buffet.interpreter import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "buffet.settings")

_django = get_wsgi_application()
# By name, since what it is made of can be loaded only now.
application = import_string("buffet.gate.Gate")(_django)
# What the first request would otherwise wait for; it asks no database, so no pool before the fork.
get_resolver().url_patterns  # noqa: B018 (loading it is the purpose)
settle()
