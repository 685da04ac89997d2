"""A letter shown as a mail program would, inside a frame of the page: nothing in it runs or asks anything elsewhere."""

from django.http import HttpResponse

POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"


def letter_response(html: str) -> HttpResponse:
    response = HttpResponse(html)
    response["Content-Security-Policy"] = POLICY
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response
