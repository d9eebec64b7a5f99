"""Real servers of Debian's packages on free loopback ports, for tests at the borders.

Each is a context manager that yields a `Server` once it answers, and kills it at the end. Use::

    pytestmark = servers.marks("prometheus", "prometheus-node-exporter")

    with servers.node_exporter(tmp_path) as node, servers.prometheus(tmp_path, jobs={"node": [node]}) as prom:
        ...  # prom.url is http://127.0.0.1:<port>
"""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

LISTEN = "--web.listen-address=127.0.0.1:{port}"

BLOCK_SECONDS = 7200
"""Length of a block of Prometheus; back-filled files are cut on its multiples."""

PATIENCE_SECONDS = 30.0
"""How long a server may take to answer, on a busy machine."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: where it answers, where its files are, and the process to look at."""

    url: str
    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        """``127.0.0.1:port``, as scrape configurations want it."""
        return f"127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """What the server printed so far."""
        return (self.folder / "log").read_text("utf-8", "replace")


def marks(*programs: str) -> list[pytest.MarkDecorator]:
    """Return the marks of tests that need programs; where one is absent, collecting them fails and names it.

    ``make test`` installs them: a test that was skipped for want of one would prove nothing, and say so nowhere.
    """
    absent = [each for each in programs if shutil.which(each) is None]
    assert not absent, f"not installed: {', '.join(absent)}; make test installs them, or says how"
    return [pytest.mark.prometheus]


def free_port() -> int:
    """Return a loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], object], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Poll a condition; fail with `what` when it does not come true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            message = f"not in {seconds} s: {what}"
            raise TimeoutError(message)
        time.sleep(0.02)


def get(url: str, headers: Mapping[str, str] | None = None, tls: ssl.SSLContext | None = None) -> bytes:
    """Return the body of a page, without any code under test."""
    request = urllib.request.Request(url, headers=dict(headers or {}))
    with urllib.request.urlopen(request, timeout=10, context=tls) as answer:
        return bytes(answer.read())


def ask(server: Server, promql: str, at: float | None = None) -> list[dict[str, Any]]:
    """Return the result of an instant query on a server without authentication."""
    given = {"query": promql} | ({"time": str(at)} if at is not None else {})
    body = json.loads(get(f"{server.url}/api/v1/query?{urllib.parse.urlencode(given)}"))
    return list(body["data"]["result"])


@contextlib.contextmanager
def prometheus(
    tmp: Path,
    *,
    jobs: Mapping[str, Sequence[str | Server]] | None = None,
    config: Mapping[str, Any] | None = None,
    rules: Mapping[str, Any] | None = None,
    openmetrics: str | Iterable[str] = (),
    retention: str = "10y",
    interval: str = "1s",
    web_config: Mapping[str, Any] | None = None,
    prefix: str = "",
    flags: Sequence[str] = (),
    itself: bool = False,
    data: Path | None = None,
) -> Iterator[Server]:
    """Run Prometheus.

    Parameters
    ----------
    jobs
        Targets by job: servers of this module, or ``host:port``.
    config
        Blocks merged over the configuration (``global``, ``alerting``, ``scrape_configs``...).
    rules
        A rule file, as data: ``{"groups": [...]}``.
    openmetrics
        History to back-fill: OpenMetrics texts, without ``# EOF`` if one wishes; see `openmetrics_blocks`.
    web_config
        As in ``--web.config.file``; with ``tls_server_config`` the URL is https.
    prefix
        Route prefix, such as ``/prometheus``.
    itself
        Scrape itself, as job ``prometheus``.
    data
        A data folder that outlives the server.
    """
    folder = _folder(tmp, "prometheus")
    blocks: dict[str, Any] = {
        "global": {"scrape_interval": interval, "scrape_timeout": "1s", "evaluation_interval": "1s"},
        "scrape_configs": [
            {"job_name": job, "static_configs": [{"targets": [_address(each) for each in targets]}]}
            for job, targets in (jobs or {}).items()
        ],
    }
    if itself:
        found = [{"files": [str(folder / "itself.json")]}]
        blocks["scrape_configs"].append(
            {"job_name": "prometheus", "metrics_path": f"{prefix}/metrics", "file_sd_configs": found}
        )
    if rules is not None:
        (folder / "rules.yml").write_text(yaml.safe_dump(rules), "utf-8")
        blocks["rule_files"] = ["rules.yml"]
    blocks |= config or {}
    (folder / "prometheus.yml").write_text(yaml.safe_dump(blocks), "utf-8")
    backfill(folder / "data", [openmetrics] if isinstance(openmetrics, str) else openmetrics)
    words = [
        "prometheus",
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={data or folder / 'data'}",
        f"--storage.tsdb.retention.time={retention}",
        "--web.enable-lifecycle",
        "--log.level=warn",
        *([f"--web.route-prefix={prefix}"] if prefix else []),
        *flags,
    ]
    words += _web_config(folder, web_config)
    with _run(words, folder, LISTEN, _scheme(web_config), f"{prefix}/-/ready") as server:
        # Its port is known only now; Prometheus watches the file.
        (folder / "itself.json").write_text(json.dumps([{"targets": [server.address]}]), "utf-8")
        yield server


@contextlib.contextmanager
def node_exporter(tmp: Path, *flags: str) -> Iterator[Server]:
    """Run node_exporter; metrics are at ``/metrics``."""
    folder = _folder(tmp, "node")
    words = ["prometheus-node-exporter", "--log.level=warn", *flags]
    with _run(words, folder, LISTEN, "http", "/") as server:
        yield server


@contextlib.contextmanager
def blackbox(tmp: Path, modules: Mapping[str, Any] | None = None) -> Iterator[Server]:
    """Run blackbox_exporter with these modules; by default ``http_2xx`` and ``tcp_connect``."""
    folder = _folder(tmp, "blackbox")
    known = modules or {
        "http_2xx": {"prober": "http", "timeout": "2s"},
        "tcp_connect": {"prober": "tcp", "timeout": "2s"},
    }
    (folder / "blackbox.yml").write_text(yaml.safe_dump({"modules": dict(known)}), "utf-8")
    words = ["prometheus-blackbox-exporter", f"--config.file={folder / 'blackbox.yml'}", "--log.level=warn"]
    with _run(words, folder, LISTEN, "http", "/-/healthy") as server:
        yield server


@contextlib.contextmanager
def alertmanager(
    tmp: Path, *, config: Mapping[str, Any] | None = None, web_config: Mapping[str, Any] | None = None, prefix: str = ""
) -> Iterator[Server]:
    """Run Alertmanager; by default with one receiver, ``nobody``."""
    folder = _folder(tmp, "alertmanager")
    known = config or {"route": {"receiver": "nobody"}, "receivers": [{"name": "nobody"}]}
    (folder / "alertmanager.yml").write_text(yaml.safe_dump(dict(known)), "utf-8")
    words = [
        "prometheus-alertmanager",
        f"--config.file={folder / 'alertmanager.yml'}",
        f"--storage.path={folder / 'data'}",
        "--cluster.listen-address=",
        "--log.level=warn",
        *([f"--web.route-prefix={prefix}"] if prefix else []),
        *_web_config(folder, web_config),
    ]
    with _run(words, folder, LISTEN, _scheme(web_config), f"{prefix}/-/ready") as server:
        yield server


@contextlib.contextmanager
def victoria_metrics(
    tmp: Path, *flags: str, jobs: Mapping[str, Sequence[str | Server]] | None = None, data: Path | None = None
) -> Iterator[Server]:
    """Run single-node VictoriaMetrics; it scrapes nothing unless `jobs` are given."""
    folder = _folder(tmp, "victoria-metrics")
    words = [
        "victoria-metrics",
        f"-storageDataPath={data or folder / 'data'}",
        "-retentionPeriod=100y",
        "-selfScrapeInterval=0",
        "-loggerLevel=WARN",
        "-search.latencyOffset=0s",
        *flags,
    ]
    if jobs:
        static = {job: [{"targets": [_address(each) for each in targets]}] for job, targets in jobs.items()}
        scraped = [
            {"job_name": job, "scrape_interval": "1s", "static_configs": targets} for job, targets in static.items()
        ]
        (folder / "scrape.yml").write_text(yaml.safe_dump({"scrape_configs": scraped}), "utf-8")
        words.append(f"-promscrape.config={folder / 'scrape.yml'}")
    with _run(words, folder, "-httpListenAddr=127.0.0.1:{port}", "http", "/health") as server:
        yield server


@contextlib.contextmanager
def vmauth(tmp: Path, config: Mapping[str, Any]) -> Iterator[Server]:
    """Run vmauth, a proxy with authentication: ``{"users": [{"bearer_token": .., "url_prefix": ..}]}``."""
    folder = _folder(tmp, "vmauth")
    (folder / "auth.yml").write_text(yaml.safe_dump(dict(config)), "utf-8")
    words = ["vmauth", f"-auth.config={folder / 'auth.yml'}", "-loggerLevel=WARN"]
    with _run(words, folder, "-httpListenAddr=127.0.0.1:{port}", "http", "/health") as server:
        yield server


def backfill(data: Path, texts: Iterable[str]) -> None:
    """Write OpenMetrics texts into blocks of a data folder whose server does not run.

    promtool reads a text once for each block that it touches, hence blocks of up to twenty days.
    """
    for number, text in enumerate(texts):
        data.mkdir(parents=True, exist_ok=True)
        file = data.parent / f"backfill-{number}.om"
        whole = text if text.rstrip().endswith("# EOF") else f"{text.rstrip()}\n# EOF\n"
        file.write_text(whole, "utf-8")
        command = ["promtool", "tsdb", "create-blocks-from", "openmetrics", "-q", "--max-block-duration=486h"]
        command += [str(file), str(data)]
        done = subprocess.run(command, capture_output=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr.decode()
        file.unlink()


def openmetrics_blocks(
    series: Mapping[str, Callable[[float], float | None]],
    start: float,
    end: float,
    step: float = 60.0,
    kinds: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """Yield OpenMetrics texts, one an aligned block of two hours, that `prometheus` back-fills.

    Parameters
    ----------
    series
        By series text, such as ``up{job="node",instance="web1:9100"}``: value at a time, None for no sample.
    start, end
        Epoch seconds; `end` is excluded. Stay out of the last hours: the head begins at the first scrape.
    kinds
        Type by family (the name without ``_total`` for counters); gauge by default.
    """
    families: dict[str, list[str]] = {}
    for name in series:
        families.setdefault(name.split("{", 1)[0], []).append(name)
    first = start - start % BLOCK_SECONDS
    for block in range(int(first), int(end), BLOCK_SECONDS):
        moments = _moments(max(start, block), min(end, block + BLOCK_SECONDS), start, step)
        lines = []
        for family, names in families.items():
            known = family.removesuffix("_total") if family.endswith("_total") else family
            kind = (kinds or {}).get(known, "counter" if family.endswith("_total") else "gauge")
            lines.append(f"# TYPE {known} {kind}")
            lines += [
                f"{name} {value!r} {moment:.3f}"
                for name in names
                for moment in moments
                if (value := series[name](moment)) is not None
            ]
        yield "\n".join([*lines, "# EOF", ""])


def _moments(begin: float, end: float, start: float, step: float) -> list[float]:
    first = int(-(-(begin - start) // step))
    last = int(-(-(end - start) // step))
    return [start + index * step for index in range(first, last)]


def _folder(tmp: Path, name: str) -> Path:
    number = len(list(tmp.glob(f"{name}-*")))
    folder = tmp / f"{name}-{number}"
    folder.mkdir(parents=True)
    return folder


def _address(target: str | Server) -> str:
    return target if isinstance(target, str) else target.address


def _scheme(web_config: Mapping[str, Any] | None) -> str:
    return "https" if web_config and "tls_server_config" in web_config else "http"


def _web_config(folder: Path, web_config: Mapping[str, Any] | None) -> list[str]:
    if web_config is None:
        return []
    (folder / "web.yml").write_text(yaml.safe_dump(dict(web_config)), "utf-8")
    return [f"--web.config.file={folder / 'web.yml'}"]


@contextlib.contextmanager
def _run(words: Sequence[str], folder: Path, listen: str, scheme: str, ready: str) -> Iterator[Server]:
    server = _start(words, folder, listen, scheme, ready)
    try:
        yield server
    finally:
        _stop(server.process)


def _start(words: Sequence[str], folder: Path, listen: str, scheme: str, ready: str) -> Server:
    """Start on a free port; another program may take it meanwhile, hence several tries."""
    for _ in range(3):
        port = free_port()
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [*words, listen.format(port=port)], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder
            )
        server = Server(url=f"{scheme}://127.0.0.1:{port}", port=port, folder=folder, process=process)
        try:
            wait_until(lambda: process.poll() is not None or _ready(server.url + ready), f"{words[0]} ready")  # noqa: B023
        except BaseException:
            _stop(process)
            raise
        if process.poll() is None:
            return server
        if "address already in use" not in server.log:
            break
    message = f"{words[0]} did not start:\n{server.log}"
    raise RuntimeError(message)


def _ready(url: str) -> bool:
    """Tell whether a server answers; one that asks for a password or a certificate does."""
    unverified = ssl.create_default_context()
    unverified.check_hostname = False
    unverified.verify_mode = ssl.CERT_NONE
    try:
        get(url, tls=unverified)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code in {401, 403}
    except ssl.SSLError:
        return True
    except urllib.error.URLError as error:
        return isinstance(error.reason, ssl.SSLError)
    except OSError:
        return False
    return True


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
