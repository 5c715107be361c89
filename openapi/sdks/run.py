"""Generate clients from the OpenAPI document and exercise them against the running service.

`make sdks` runs it; README.md beside this file describes what each client does.
"""

import argparse
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from openapi.sdks.checks import check_steps, without_later_codes
from openapi.sdks.clients import CLIENTS, Client
from openapi.sdks.service import seed, served
from openapi.sdks.tools import FailedError, Workplace

_HERE = Path(__file__).resolve().parent
_ROOT = _HERE.parents[1]
_BUILD = _ROOT / "build" / "sdks"


@dataclass(frozen=True)
class Seeded:
    """A register that clients get copies of, and a key to write to it."""

    register: Path
    key: str


@dataclass(frozen=True)
class Outcome:
    """How it went with one client."""

    name: str
    operations: int
    seconds: float
    failure: str | None


def _exercise(client: Client, place: Workplace, icr: Path, seeded: Seeded) -> int:
    place.renew()
    command = client.make(place)
    operations = client.count(place)
    print(f"{client.name}: generated, {operations} operations", flush=True)
    with served(icr, seeded.register, place.build) as url:
        check_steps(place.run(command, {"ICR_URL": url, "ICR_KEY": seeded.key}))
    return operations


def _tried(client: Client, place: Workplace, icr: Path, seeded: Seeded) -> Outcome:
    """Exercise a client; whatever fails is its outcome, so that the others go on."""
    begun = time.monotonic()
    operations, failure = 0, None
    try:
        operations = _exercise(client, place, icr, seeded)
    except (FailedError, OSError, subprocess.SubprocessError) as error:
        failure = str(error)
    seconds = time.monotonic() - begun
    print(f"{client.name}: {'failed' if failure else 'round trip made'}", flush=True)
    return Outcome(client.name, operations, seconds, failure)


def _report(outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        if outcome.failure:
            print(f"\n{outcome.name} failed; see build/sdks/{outcome.name}/log.txt")
            print(outcome.failure)
    print(f"\n{'client':<30} {'operations':>10} {'seconds':>8}  round trip")
    for outcome in outcomes:
        word = "failed" if outcome.failure else "passed"
        print(f"{outcome.name:<30} {outcome.operations:>10} {outcome.seconds:>8.0f}  {word}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    names = [client.name for client in CLIENTS]
    parser.add_argument("--tools", type=Path, required=True, help="the programs of the lock file")
    parser.add_argument("--document", type=Path, default=_ROOT / "openapi" / "openapi.json")
    parser.add_argument("--only", choices=names, help="one client instead of all")
    parser.add_argument("--jobs", type=int, default=2, help="clients at a time")
    return parser.parse_args()


def _outcomes(arguments: argparse.Namespace, register: Path) -> list[Outcome]:
    icr = Path(sys.executable).parent / "icr"
    seeded = Seeded(register, seed(icr, register))
    _BUILD.mkdir(parents=True, exist_ok=True)
    earlier = without_later_codes(arguments.document, _BUILD / "openapi.json")

    def tried(client: Client) -> Outcome:
        tools = arguments.tools.absolute()
        document = earlier if client.reads_later_codes else arguments.document.absolute()
        place = Workplace(_HERE / client.folder, _BUILD / client.name, document, tools)
        return _tried(client, place, icr, seeded)

    clients = [client for client in CLIENTS if arguments.only in (None, client.name)]
    with ThreadPoolExecutor(arguments.jobs) as workers:
        return list(workers.map(tried, clients))


def main() -> int:
    """Return 0 where every client made its round trip."""
    arguments = _arguments()
    with TemporaryDirectory() as folder:
        outcomes = _outcomes(arguments, Path(folder) / "seeded.sqlite3")
    _report(outcomes)
    return int(any(outcome.failure for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
