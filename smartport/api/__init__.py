"""The ground of the API: problems, paging, conditional requests, tokens, fields, rendering, routing, documentation.

Each floor's `api.py` has `register(router)`; its viewsets stand on the same querysets, filters, permissions and
services as the pages.
"""
