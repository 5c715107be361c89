"""Tokens of an issuer: real signatures, the real reader, keys over a mock transport."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jwt.algorithms import get_default_algorithms

from app.access.oidc import IssuerKeys, TokenReader
from app.access.principals import PrincipalRole, ProvinceRight
from app.core.errors import UnauthenticatedError, UnavailableError
from app.core.settings import Settings

SECONDS = 20
ISSUER, AUDIENCE = "https://id.example.org/realms/icr", "icr"
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
ED_KEY = ed25519.Ed25519PrivateKey.generate()


def public(private: Any, algorithm: str, kid: str, **more: str) -> dict[str, Any]:
    """Return a key as an issuer publishes it."""
    maker: Any = get_default_algorithms()[algorithm]
    jwk: dict[str, Any] = json.loads(maker.to_jwk(private.public_key()))
    jwk.pop("key_ops", None)
    return jwk | {"kid": kid} | more


@dataclass
class Issuer:
    """An issuer on a mock transport: what it publishes, and how often it was asked."""

    keys: list[dict[str, Any]]
    asked: int = 0
    is_down: bool = False
    is_silent: bool = False
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    now: float = 0.0
    names: dict[str, Any] = field(
        default_factory=lambda: {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys"}
    )

    async def answer(self, request: httpx.Request) -> httpx.Response:
        if self.is_silent:
            await self.answers.wait()
        if self.is_down:
            raise httpx.ConnectError("down", request=request)
        if request.url.path.endswith("/.well-known/openid-configuration"):
            return httpx.Response(200, json=self.names)
        self.asked += 1
        return httpx.Response(200, json={"keys": self.keys})

    def reader(self, **settings: Any) -> TokenReader:
        client = httpx.AsyncClient(transport=httpx.MockTransport(self.answer))
        keys = IssuerKeys(client, ISSUER, None, clock=lambda: self.now)
        chosen = Settings(oidc_issuer=ISSUER, oidc_audience=AUDIENCE, **settings)
        return TokenReader(chosen, keys)


@pytest.fixture
async def issuer() -> Issuer:
    return Issuer([public(RSA_KEY, "RS256", "one", use="sig", alg="RS256")])


def now() -> int:
    return int(time.time())


def claims(**changed: Any) -> dict[str, Any]:
    made = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "lan",
        "iat": now(),
        "exp": now() + 300,
        "icr_role": "editor",
        "icr_provinces": ["06@2025-06-30", "17@2025-06-30"],
    } | changed
    return {name: value for name, value in made.items() if value is not None}


def token(kid: str | None = "one", key: Any = RSA_KEY, alg: str = "RS256", **changed: Any) -> str:
    headers = {} if kid is None else {"kid": kid}
    return jwt.encode(claims(**changed), key, alg, headers)


async def test_a_token_names_a_principal(issuer: Issuer) -> None:
    principal = await issuer.reader().principal(token())
    assert (principal.id, principal.name, principal.role) == (
        "token:lan",
        "lan",
        PrincipalRole.editor,
    )
    assert principal.provinces == tuple(
        ProvinceRight.parse(text) for text in ("06@2025-06-30", "17@2025-06-30")
    )


@pytest.mark.parametrize(
    ("alg", "private"),
    [("ES256", EC_KEY), ("EdDSA", ED_KEY), ("PS384", RSA_KEY), ("RS512", RSA_KEY)],
)
async def test_signatures_of_other_kinds(issuer: Issuer, alg: str, private: Any) -> None:
    issuer.keys = [public(private, alg, "other")]
    assert (await issuer.reader().principal(token("other", private, alg))).name == "lan"


def raw(header: dict[str, Any], payload: dict[str, Any], secret: bytes | None) -> str:
    """Write a token that no library would write."""
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in (header, payload)
    ]
    signed = ".".join(parts)
    mac = b"" if secret is None else hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


PUBLIC_PEM = RSA_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
# Made when they are sent, so that none is refused for its age alone, however long the tests take.
REFUSED: dict[str, Callable[[], str]] = {
    "wrong audience": lambda: token(aud="another-service"),
    "audience of others": lambda: token(aud=["a", "b"]),
    "no audience": lambda: token(aud=None),
    "wrong issuer": lambda: token(iss="https://evil.example.org"),
    "issuer with a slash": lambda: token(iss=f"{ISSUER}/"),
    "no issuer": lambda: token(iss=None),
    "long expired": lambda: token(iat=now() - 900, exp=now() - 61),
    "no expiry": lambda: token(exp=None),
    "expiry in words": lambda: token(exp="tomorrow"),
    "not yet": lambda: token(nbf=now() + 900),
    "made in the future": lambda: token(iat=now() + 900),
    "no subject": lambda: token(sub=None),
    "subject is a number": lambda: token(sub=5),
    "subject is empty": lambda: token(sub=""),
    "subject is a surrogate": lambda: token(sub="\ud800"),
    "subject is too long": lambda: token(sub="a" * 256),
    "other key": lambda: token(key=OTHER_KEY),
    "unknown kid": lambda: token("two", OTHER_KEY),
    "other algorithm": lambda: token(alg="RS512"),
    "none": lambda: raw({"alg": "none", "kid": "one"}, claims(), None),
    "None": lambda: raw({"alg": "None", "kid": "one"}, claims(), None),
    "public key as a secret": lambda: raw({"alg": "HS256", "kid": "one"}, claims(), PUBLIC_PEM),
    "secret, said to be RS256": lambda: raw({"alg": "RS256", "kid": "one"}, claims(), PUBLIC_PEM),
    "no signature": lambda: token().rpartition(".")[0] + ".",
    "changed": lambda: token().replace(".", ".e", 1),
    "no role": lambda: token(icr_role=None),
    "unknown role": lambda: token(icr_role="owner"),
    "role is a number": lambda: token(icr_role=1),
    "province without a day": lambda: token(icr_provinces=["06"]),
    "jwk of its own": lambda: raw(
        {"alg": "RS256", "jwk": {"kty": "oct", "k": "AA"}}, claims(), b""
    ),
    "empty": lambda: "",
    "dots": lambda: "..",
}


@pytest.mark.parametrize("made", REFUSED.values(), ids=REFUSED)
async def test_tokens_that_do_not_hold(issuer: Issuer, made: Callable[[], str]) -> None:
    with pytest.raises(UnauthenticatedError) as refusal:
        await issuer.reader().principal(made())
    assert 'error="invalid_token"' in refusal.value.headers["WWW-Authenticate"]


async def test_only_the_issuers_own_token_is_told_that_it_expired(issuer: Issuer) -> None:
    old: dict[str, Any] = {"iat": now() - 900, "exp": now() - 600}
    with pytest.raises(UnauthenticatedError, match="expired"):
        await issuer.reader().principal(token(**old))
    with pytest.raises(UnauthenticatedError, match="not valid"):
        await issuer.reader().principal(token(key=OTHER_KEY, **old))


async def test_clocks_may_differ_by_so_much(issuer: Issuer) -> None:
    early, late = token(iat=now() + 300, nbf=now() + 300), token(exp=now() - 300)
    for text in (early, late):
        assert (await issuer.reader(oidc_clock_skew_seconds=600).principal(text)).name == "lan"
        with pytest.raises(UnauthenticatedError):
            await issuer.reader().principal(text)


async def test_claims_are_where_the_settings_say(issuer: Issuer) -> None:
    reader = issuer.reader(
        oidc_role_claim="realm_access.roles",
        oidc_provinces_claim="https://icr.example/provinces",
        oidc_name_claim="name",
    )
    told: dict[str, Any] = {
        "realm_access": {"roles": ["offline_access", "reader", "editor", 5]},
        "https://icr.example/provinces": "06@2025-06-30",
        "name": "Nguyễn Thị Lan",
    }
    principal = await reader.principal(token(**told))
    assert (principal.name, principal.role) == ("Nguyễn Thị Lan", PrincipalRole.editor)
    assert [str(right) for right in principal.provinces] == ["06@2025-06-30"]
    for wrong in ({"name": None}, {"name": "a\x00b"}, {"realm_access": ["editor"]}):
        with pytest.raises(UnauthenticatedError):
            await reader.principal(token(**(told | wrong)))


# Keys of the issuer


async def test_keys_are_fetched_once_and_again_as_they_change(issuer: Issuer) -> None:
    reader = issuer.reader()
    for _ in range(3):
        await reader.principal(token())
    assert issuer.asked == 1
    issuer.keys = [public(OTHER_KEY, "RS256", "two")]
    issuer.now = 31
    assert (await reader.principal(token("two", OTHER_KEY))).name == "lan"
    assert issuer.asked == 2
    # The first key is withdrawn, and does not count any more.
    with pytest.raises(UnauthenticatedError):
        await reader.principal(token())


async def test_unknown_keys_do_not_make_the_issuer_be_asked_without_end(issuer: Issuer) -> None:
    reader = issuer.reader()
    for number in range(50):
        with pytest.raises(UnauthenticatedError):
            await reader.principal(token(f"made-up-{number}", OTHER_KEY))
    assert issuer.asked == 1
    issuer.now = 30
    with pytest.raises(UnauthenticatedError):
        await reader.principal(token("made-up", OTHER_KEY))
    assert issuer.asked == 2


async def test_an_issuer_that_is_down_can_be_neither_believed_nor_not(issuer: Issuer) -> None:
    issuer.is_down = True
    reader = issuer.reader()
    for _ in range(2):
        with pytest.raises(UnavailableError) as problem:
            await reader.principal(token())
        assert problem.value.headers["Retry-After"] == "30"
    issuer.is_down, issuer.now = False, 30
    assert (await reader.principal(token())).name == "lan"


async def test_an_issuer_that_does_not_answer_holds_nobody_up_whose_key_is_known(
    issuer: Issuer,
) -> None:
    reader = issuer.reader()
    await reader.principal(token())
    issuer.is_silent, issuer.now = True, 601
    async with asyncio.timeout(SECONDS):
        assert (await reader.principal(token())).name == "lan"
    issuer.answers.set()
    await asyncio.sleep(0.01)
    assert issuer.asked == 2


async def test_known_keys_go_on_counting_for_a_day(issuer: Issuer) -> None:
    reader = issuer.reader()
    await reader.principal(token())
    issuer.is_down = True
    for hours, holds in ((1, True), (23.9, True), (24.1, False)):
        issuer.now = hours * 3600
        if holds:
            assert (await reader.principal(token())).name == "lan"
        else:
            with pytest.raises(UnavailableError):
                await reader.principal(token())


async def test_a_withdrawn_key_counts_ten_minutes_at_most(issuer: Issuer) -> None:
    reader = issuer.reader()
    await reader.principal(token())
    issuer.keys = []
    issuer.now = 600
    assert (await reader.principal(token())).name == "lan"
    issuer.now = 601
    with pytest.raises(UnauthenticatedError):
        await reader.principal(token())


async def test_a_token_need_not_name_the_only_key(issuer: Issuer) -> None:
    assert (await issuer.reader().principal(token(None))).name == "lan"
    issuer.keys.append(public(OTHER_KEY, "RS256", "two"))
    with pytest.raises(UnauthenticatedError):
        await issuer.reader().principal(token(None))


@pytest.mark.parametrize(
    "key",
    [
        {"kty": "oct", "kid": "one", "k": base64.urlsafe_b64encode(PUBLIC_PEM).decode()},
        {"kty": "RSA", "kid": "one"},
        {"kty": "RSA", "kid": "one", "n": 5, "e": []},
        {"kid": "one"},
        {"kty": ["RSA"], "kid": "one"},
        public(RSA_KEY, "RS256", "one", use="enc"),
        public(RSA_KEY, "RS256", "one", alg="PS256"),
        public(EC_KEY, "ES256", "one"),
    ],
    ids=range(8),
)
async def test_keys_that_are_none(issuer: Issuer, key: dict[str, Any]) -> None:
    issuer.keys = [key]
    with pytest.raises(UnauthenticatedError):
        await issuer.reader().principal(token())


@pytest.mark.parametrize(
    "names",
    [
        {"issuer": "https://evil.example.org", "jwks_uri": f"{ISSUER}/keys"},
        {"issuer": ISSUER, "jwks_uri": "http://id.example.org/keys"},
        {"issuer": ISSUER},
        {"issuer": ISSUER, "jwks_uri": 5},
    ],
    ids=range(4),
)
async def test_descriptions_that_are_not_believed(issuer: Issuer, names: dict[str, Any]) -> None:
    issuer.names = names
    with pytest.raises(UnavailableError):
        await issuer.reader().principal(token())
    assert issuer.asked == 0


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(
    header=st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("alg", "kid", "typ", "crit", "b64", "jwk", "x5u"), json_values)
    )
    | st.just({"alg": "RS256", "kid": "one"}),
    payload=st.dictionaries(
        st.sampled_from(["iss", "aud", "sub", "exp", "iat", "icr_role"]), json_values
    ),
    signature=st.binary(max_size=64) | st.none(),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
async def test_no_other_token_is_accepted(
    issuer: Issuer, header: dict[str, Any], payload: dict[str, Any], signature: bytes | None
) -> None:
    with pytest.raises(UnauthenticatedError):
        await issuer.reader().principal(raw(header, payload, signature))


@given(st.text(max_size=200) | st.text("eyJ0.-_=A", max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
async def test_no_other_text_is_a_token(issuer: Issuer, text: str) -> None:
    with pytest.raises(UnauthenticatedError):
        await issuer.reader().principal(text)


@pytest.mark.parametrize("depth", [100, 20_000])
async def test_deep_tokens(issuer: Issuer, depth: int) -> None:
    deep = base64.urlsafe_b64encode(b'{"alg":' + b"[" * depth + b"]" * depth + b"}").decode()
    for text in (f"{deep}.e30.AA", f"{token().partition('.')[0]}.{deep}.AA"):
        with pytest.raises(UnauthenticatedError):
            await issuer.reader().principal(text)


async def test_a_signed_token_of_deep_claims(issuer: Issuer) -> None:
    signed = jwt.PyJWS().encode(b"[" * 20_000 + b"]" * 20_000, RSA_KEY, "RS256", {"kid": "one"})
    with pytest.raises(UnauthenticatedError):
        await issuer.reader().principal(signed)
