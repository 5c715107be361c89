"""The clients: how each is generated, checked, compiled and run."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from openapi.sdks.checks import check_operations, check_warnings
from openapi.sdks.crates import lock_crates
from openapi.sdks.templates import mended_templates
from openapi.sdks.tools import FailedError, Workplace

Command = Sequence[str | Path]
_OPEN_LISTS = {"enumUnknownDefaultCase": "true"}
"""Lets a client read codes that were added to a list after it was made."""


@dataclass(frozen=True)
class Client:
    """One generator with its round trip."""

    name: str
    folder: str
    """Where the round trip stands, beside this file."""
    make: Callable[[Workplace], Command]
    """Generate, check and compile; returns the command that makes the round trip."""
    code: str
    """The files that declare operations, as a pattern under the generated client."""
    declaration: str | None
    """How they declare one, as a regular expression with a group; None where files are named so."""
    reads_later_codes: bool = True
    """Whether it reads codes that its document does not have; it is made without two of them."""

    def count(self, place: Workplace) -> int:
        """Return how many operations of the document the client has: all of them."""
        files = sorted(place.client.glob(self.code))
        return check_operations(place.document, files, self.declaration)


def _openapi_generator(
    place: Workplace, generator: str, mended: Path | None = None, /, **properties: str
) -> None:
    """Generate with openapi-generator, without documentation and tests of the client."""
    templates = mended or place.sources / "templates"
    command: list[str | Path] = [
        "openapi-generator-cli",
        "generate",
        "-g",
        generator,
        "-i",
        place.document,
    ]
    command += ["-o", place.client, "--global-property"]
    command += ["apiTests=false,modelTests=false,apiDocs=false,modelDocs=false"]
    if templates.exists():
        command += ["--template-dir", templates]
    if properties:
        pairs = ",".join(f"{name}={value}" for name, value in properties.items())
        command += ["--additional-properties", pairs]
    check_warnings(place.run(command))


def _python_openapi_generator(place: Workplace) -> Command:
    _openapi_generator(place, "python")
    place.copy("round_trip.py", "mypy.ini")
    here = {"MYPYPATH": str(place.client)}
    # The generated package holds to the rules it brings itself, the round trip to the strict ones.
    rules = place.client / "pyproject.toml"
    # It compares the values of a map with null, and mypy does not see that of items.
    lenient = ["--disable-error-code", "union-attr"]
    place.run(["mypy", "--config-file", rules, *lenient, "--package", "openapi_client"], here)
    place.run(["mypy", "--config-file", "mypy.ini", "round_trip.py"], here)
    return ["env", f"PYTHONPATH={place.client}", place.tools / "python", "round_trip.py"]


def _python_openapi_python_client(place: Workplace) -> Command:
    place.copy("round_trip.py", "mypy.ini", "config.yml")
    command: list[str | Path] = [
        "openapi-python-client",
        "generate",
        "--path",
        place.document,
        "--meta",
        "none",
    ]
    command += ["--config", "config.yml", "--output-path", place.client / "icr_client"]
    command += ["--custom-template-path", place.sources / "templates"]
    check_warnings(place.run([*command, "--fail-on-warning"]))
    here = {"MYPYPATH": str(place.client)}
    place.run(["mypy", "--config-file", "mypy.ini", "round_trip.py"], here)
    place.run(["mypy", "--config-file", "mypy.ini", "--package", "icr_client"], here)
    return ["env", f"PYTHONPATH={place.client}", place.tools / "python", "round_trip.py"]


def _compiled(place: Workplace, name: str) -> Command:
    place.copy(f"{name}.ts", "expected.ts", "tsconfig.json")
    place.run(["npx", "tsc", "--project", "."])
    return ["node", f"out/{name}.js"]


def _with_packages(place: Workplace) -> None:
    """Install exactly what package-lock.json names, verified by its hashes."""
    place.copy("package.json", "package-lock.json", ".npmrc")
    place.run(["npm", "ci", "--no-progress", "--prefer-offline"])


def _typescript_fetch(place: Workplace) -> Command:
    _with_packages(place)
    _openapi_generator(place, "typescript-fetch")
    return _compiled(place, "typescript-fetch")


def _hey_api(place: Workplace) -> Command:
    _with_packages(place)
    command: list[str | Path] = [
        "npx",
        "openapi-ts",
        "--input",
        place.document,
        "--output",
        place.client,
    ]
    check_warnings(place.run([*command, "--client", "@hey-api/client-fetch"]))
    return _compiled(place, "hey-api")


def _openapi_fetch(place: Workplace) -> Command:
    _with_packages(place)
    schema = place.client / "schema.d.ts"
    # A member with a default may be left out of what is sent.
    command: list[str | Path] = ["npx", "openapi-typescript", place.document, "--output", schema]
    check_warnings(place.run([*command, "--default-non-nullable=false"]))
    return _compiled(place, "openapi-fetch")


def _orval(place: Workplace) -> Command:
    _with_packages(place)
    place.copy("orval.config.mjs", "transport.ts")
    check_warnings(place.run(["npx", "orval"], {"ICR_DOCUMENT": str(place.document)}))
    return _compiled(place, "orval")


def _php(place: Workplace) -> Command:
    _openapi_generator(place, "php", invokerPackage="Icr", **_OPEN_LISTS)
    place.copy("round_trip.php")
    return ["php", "round_trip.php"]


def _ruby(place: Workplace) -> Command:
    _openapi_generator(place, "ruby", gemName="icr", **_OPEN_LISTS)
    place.copy("round_trip.rb")
    return ["ruby", "-w", "-I", place.client / "lib", "round_trip.rb"]


def _built(place: Workplace, name: str) -> Command:
    """Compile the round trip of a generator of Go, with the client beside it."""
    place.copy(f"{name}/main.go")
    place.run(["go", "vet", "."])
    place.run(["go", "build", "-mod=readonly", "-o", "round_trip", "."])
    return [place.build / "round_trip"]


def _oapi_codegen(place: Workplace) -> Command:
    place.copy("go.mod", "go.sum", "oapi-codegen.yaml")
    place.client.mkdir()
    command: list[str | Path] = ["go", "tool", "oapi-codegen", "-config", "oapi-codegen.yaml"]
    check_warnings(place.run([*command, "-o", place.client / "client.go", place.document]))
    return _built(place, "oapi-codegen")


def _ogen(place: Workplace) -> Command:
    place.copy("go.mod", "go.sum")
    command: list[str | Path] = ["go", "tool", "ogen", "--package", "icr", "--target"]
    check_warnings(place.run([*command, place.client, place.document]))
    return _built(place, "ogen")


def _go(place: Workplace) -> Command:
    # Without a prefix the codes of several lists would be constants of the same name; without the
    # lookup a statement would be tried as one of each kind of subject, and fit several.
    options = {"enumClassPrefix": "true", "useOneOfDiscriminatorLookup": "true"}
    _openapi_generator(place, "go", packageName="icr", **_OPEN_LISTS, **options)
    # The generated module is named after a repository to be; the round trip knows it by this name.
    (place.client / "go.mod").write_text(
        (place.client / "go.mod")
        .read_text(encoding="utf-8")
        .replace("github.com/GIT_USER_ID/GIT_REPO_ID", "icr.invalid/sdks/client"),
        encoding="utf-8",
    )
    program = place.build / "round_trip"
    place.run(["go", "-C", place.sources, "vet", "."])
    place.run(["go", "-C", place.sources, "build", "-mod=readonly", "-o", program, "."])
    return [program]


def _rust(place: Workplace) -> Command:
    options = {"useSingleRequestParameter": "true", "useChrono": "false"}
    # Without TLS, which the round trip does not need.
    options |= {"packageName": "icr", "reqwestDefaultFeatures": ""}
    mended = mended_templates(place, "rust")
    _openapi_generator(place, "rust", mended, **_OPEN_LISTS, **options)
    place.copy("Cargo.toml", "main.rs")
    lock_crates(place)
    # Compiled crates are kept beside the build folders, as Go and Maven keep theirs.
    compiled = place.build.parent / "cargo"
    place.run(["cargo", "build", "--quiet", "--locked", "--target-dir", compiled])
    return [compiled / "debug" / "round_trip"]


def _java(place: Workplace) -> Command:
    # As in Go: a statement would be tried as one of each kind of subject, and fit several.
    options = {"library": "native", "useSingleRequestParameter": "true"}
    lookup = {"useOneOfDiscriminatorLookup": "true"}
    mended = mended_templates(place, "java")
    _openapi_generator(place, "java", mended, **_OPEN_LISTS, **options, **lookup)
    jars = place.build / "jars"
    place.copy("pom.xml", "RoundTrip.java")
    copying = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
    place.run(["mvn", "-q", "-B", "-C", copying, f"-DoutputDirectory={jars}"])
    _check_jars(jars, place.sources / "jars.sha256")
    sources = [str(path) for path in sorted(place.client.glob("src/main/java/**/*.java"))]
    listed = place.build / "sources.txt"
    listed.write_text("\n".join([*sources, "RoundTrip.java"]), encoding="utf-8")
    path = f"{jars}/*:classes"
    compiler = ["javac", "-encoding", "UTF-8", "-nowarn", "-cp", path, "-d", "classes"]
    place.run([*compiler, f"@{listed}"])
    return ["java", "-Dfile.encoding=UTF-8", "-cp", path, "RoundTrip"]


def _check_jars(folder: Path, sums: Path) -> None:
    """Compare the libraries with the checksums of the project: Maven itself locks none."""
    given = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    lines = sums.read_text(encoding="utf-8").splitlines()
    wanted = {name: digest for digest, name in (line.split() for line in lines)}
    if given != wanted:
        message = f"the libraries in {folder} are not those of {sums.name}"
        raise FailedError(message)


# The longest come first, so that no worker is left alone with one of them at the end.
CLIENTS = [
    Client("java", "java", _java, "src/main/java/**/api/*Api.java", r"^  public \S+ (\w+)\("),
    Client("go", "go", _go, "api_*.go", r"^func \(a \*\w+\) (\w+)\(ctx context"),
    Client(
        "typescript-fetch",
        "typescript",
        _typescript_fetch,
        "apis/*.ts",
        r"^    async (\w+)\(",
    ),
    Client("hey-api", "typescript", _hey_api, "sdk.gen.ts", r"^export const (\w+) = <"),
    Client(
        "ogen",
        "go-generators",
        _ogen,
        "oas_client_gen.go",
        r"^func \(c \*Client\) (\w+)\(ctx",
        reads_later_codes=False,
    ),
    Client(
        "oapi-codegen",
        "go-generators",
        _oapi_codegen,
        "client.go",
        r"^func \(c \*ClientWithResponses\) (\w+?)(?:WithBody)?WithResponse\(ctx",
    ),
    Client("rust", "rust", _rust, "src/apis/*_api.rs", r"^pub async fn (\w+)\("),
    Client("php", "php", _php, "lib/Api/*Api.php", r"^    public function (\w+)\("),
    Client("ruby", "ruby", _ruby, "lib/icr/api/*_api.rb", r"^    def (\w+)\("),
    Client("orval", "typescript", _orval, "client.ts", r"^export const (\w+) = async "),
    Client("openapi-fetch", "typescript", _openapi_fetch, "schema.d.ts", r"^    (\w+): \{$"),
    Client(
        "python-openapi-generator",
        "python-openapi-generator",
        _python_openapi_generator,
        "openapi_client/api/*_api.py",
        r"^    def (\w+)\(",
    ),
    Client(
        "python-openapi-python-client",
        "python-openapi-python-client",
        _python_openapi_python_client,
        "icr_client/api/*/*.py",
        None,
    ),
]
