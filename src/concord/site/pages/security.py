"""What a browser may load on a page of ours. Every directive is stated, so that nothing falls back to a default."""

from django.utils.csp import CSP as SOURCE

# Nothing inline: an attacker who gets markup into a note must not get it to run, nor to draw over the page.
CSP = {
    "default-src": [SOURCE.NONE],
    "script-src": [SOURCE.SELF],
    "style-src": [SOURCE.SELF],
    "img-src": [SOURCE.SELF],
    "font-src": [SOURCE.SELF],
    "connect-src": [SOURCE.SELF],
    "form-action": [SOURCE.SELF],
    "frame-ancestors": [SOURCE.NONE],
    "base-uri": [SOURCE.NONE],
}
