"""Headers that keep browsers from doing with an answer what it is not for."""

_Headers = list[tuple[bytes, bytes]]

_API_POLICY = b"default-src 'none'; frame-ancestors 'none'"
# The pages of the documentation bring their script and style along, inline and as files of their
# own; they call the service and nothing else.
_PAGE_POLICY = (
    b"default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    b"img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HTML = b"text/html"


class SecurityHeaders:
    """What is added to every answer, made once."""

    def __init__(self, hsts_seconds: int) -> None:
        """Tell browsers to use HTTPS only, for so many seconds, where there are any."""
        common: _Headers = [
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
        ]
        if hsts_seconds:
            value = f"max-age={hsts_seconds}; includeSubDomains".encode()
            common.append((b"strict-transport-security", value))
        self._api = [*common, (b"content-security-policy", _API_POLICY)]
        self._page = [*common, (b"content-security-policy", _PAGE_POLICY)]

    def of(self, headers: _Headers) -> _Headers:
        """Return what is added to an answer with these headers."""
        for name, value in headers:
            if name == b"content-type":
                return self._page if value.startswith(_HTML) else self._api
        return self._api
