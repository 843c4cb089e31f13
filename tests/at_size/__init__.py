"""The admin at size: every list, page and action of it, opened in a browser and measured.

Django is set up before the modules of this package are read, since they know its admin.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "buffet.settings")
django.setup()
