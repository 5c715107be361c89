"""TLS to a real PostgreSQL: what each sslmode accepts, and what the other parameters do."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import text

from app.core.errors import DatabaseLostError
from app.core.settings import Settings
from app.database import Database
from tests.support.clusters import Node
from tests.support.postgres import _hand_over, _new_folder

ENTRIES = "hostssl all all 127.0.0.1/32 trust\n"
# A server that a certificate authenticates to, with its common name as the user.
BY_CERTIFICATE = "hostssl all lan 127.0.0.1/32 cert\n"


@dataclass(frozen=True)
class Authority:
    """A certificate authority made for a test, and what it signs."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    name: x509.Name

    @classmethod
    def made(cls, folder: Path, name: str) -> "Authority":
        made = cls(folder, ec.generate_private_key(ec.SECP256R1()), _named(name))
        made._write(name, made.key, made.name, x509.BasicConstraints(ca=True, path_length=None))
        return made

    def sign(self, name: str, *addresses: str) -> None:
        """Write a key and a certificate for a name, or for addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        alternatives = [x509.IPAddress(ip_address(address)) for address in addresses]
        names = x509.SubjectAlternativeName(alternatives or [x509.DNSName(name)])
        self._write(name, key, _named(name), names)

    def _write(
        self,
        name: str,
        key: ec.EllipticCurvePrivateKey,
        subject: x509.Name,
        extension: x509.ExtensionType,
    ) -> None:
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(extension, critical=False)
            .sign(self.key, hashes.SHA256())
        )
        pem = serialization.Encoding.PEM
        (self.folder / f"{name}.crt").write_bytes(certificate.public_bytes(pem))
        path = self.folder / f"{name}.key"
        path.write_bytes(
            key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )
        path.chmod(0o600)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _programs_with_tls() -> Path:
    """Find a PostgreSQL of the system: see ``make test-tls``."""
    return max(Path("/usr/lib/postgresql").glob("*/bin"))


@dataclass(frozen=True)
class Server:
    """A server with TLS, and the certificates."""

    node: Node
    folder: Path

    def url(self, host: str = "127.0.0.1", user: str = "postgres", **query: str) -> str:
        parameters = "&".join(f"{name}={value}" for name, value in query.items())
        return f"postgresql://{user}@{host}:{self.node.port}/postgres?{parameters}"

    def path(self, name: str) -> str:
        return str(self.folder / name)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    folder = _new_folder()
    try:
        node = Node(folder, _programs_with_tls(), 1)
        # Of versions before 16 too, whose initdb takes no settings.
        node._run("initdb", "--username=postgres", "--auth=trust", "--no-sync")
        certificates = folder / "certificates"
        certificates.mkdir()
        authority = Authority.made(certificates, "ca")
        Authority.made(certificates, "other-ca")
        authority.sign("server", "127.0.0.1")
        authority.sign("lan")
        with (node.data / "postgresql.conf").open("a") as configuration:
            configuration.write(
                f"listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\n"
                f"ssl = on\nssl_cert_file = '{certificates}/server.crt'\n"
                f"ssl_key_file = '{certificates}/server.key'\n"
                f"ssl_ca_file = '{certificates}/ca.crt'\n"
            )
        (node.data / "pg_hba.conf").write_text(BY_CERTIFICATE + ENTRIES)
        _hand_over(folder)
        node.start()
        try:
            yield Server(node, certificates)
        finally:
            node.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def seen_of(url: str) -> tuple[bool, str, str]:
    """Return whether a connection is encrypted, its name and its search path."""
    database = Database(Settings(database_url=url).database_url)
    query = "SELECT ssl, current_setting('application_name'), current_setting('search_path')"
    try:
        async with database.read() as connection:
            found = await connection.execute(
                text(f"{query} FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
            )
            return tuple(found.one())
    finally:
        await database.close()


@pytest.mark.parametrize("mode", ["prefer", "require", "verify-ca", "verify-full"])
async def test_a_connection_is_encrypted(server: Server, mode: str) -> None:
    url = server.url(sslmode=mode, sslrootcert=server.path("ca.crt"))
    assert (await seen_of(url))[:2] == (True, "icr")


async def test_what_a_session_begins_with_is_that_of_the_address(server: Server) -> None:
    url = server.url(
        sslmode="require", application_name="so-ke-hoach", options="-csearch_path%3Dregister"
    )
    assert await seen_of(url) == (True, "so-ke-hoach", "register")


async def test_a_server_of_another_authority_is_refused(server: Server) -> None:
    for mode in ("require", "verify-ca", "verify-full"):
        with pytest.raises(DatabaseLostError):
            await seen_of(server.url(sslmode=mode, sslrootcert=server.path("other-ca.crt")))
    assert await seen_of(server.url(sslmode="require"))


async def test_a_server_of_another_name_is_refused_by_verify_full_only(server: Server) -> None:
    """Its certificate is for 127.0.0.1."""
    trusted = {"sslrootcert": server.path("ca.crt")}
    assert (await seen_of(server.url("localhost", sslmode="verify-ca", **trusted)))[0]
    with pytest.raises(DatabaseLostError) as refused:
        await seen_of(server.url("localhost", sslmode="verify-full", **trusted))
    assert "certificate" in str(refused.value.__cause__).lower()


async def test_a_server_that_wants_tls_is_not_talked_to_in_clear(server: Server) -> None:
    with pytest.raises(Exception, match="no encryption"):
        await seen_of(server.url(sslmode="disable"))


async def test_a_certificate_authenticates_the_service(server: Server) -> None:
    trusted = {"sslmode": "verify-full", "sslrootcert": server.path("ca.crt")}
    database = Database(Settings(database_url=server.url(**trusted)).database_url)
    async with database.write() as session:
        await session.execute(text("CREATE ROLE lan LOGIN"))
    await database.close()
    own = {"sslcert": server.path("lan.crt"), "sslkey": server.path("lan.key")}
    with pytest.raises(Exception, match="certificate"):
        await seen_of(server.url(user="lan", **trusted))
    assert (await seen_of(server.url(user="lan", **trusted, **own)))[0]
