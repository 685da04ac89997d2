#!/usr/bin/env python
import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartport.settings")
    from django.core.management import execute_from_command_line

    from smartport.trial import adopt_environment

    adopt_environment()

    execute_from_command_line(sys.argv)
