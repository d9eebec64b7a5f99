"""What an interpreter runs: the script, module or archive on its command line."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from agent.collectors.processes.scripts import archive_name, class_name, folder_name, module_name, script_name, words

_KNOWN_CLASSES: Mapping[str, str] = {
    "org.apache.catalina.": "tomcat",
    "org.apache.activemq.": "activemq",
    "org.apache.cassandra.": "cassandra",
    "org.apache.solr.": "solr",
    "org.apache.zookeeper.": "zookeeper",
    "org.elasticsearch.": "elasticsearch",
    "org.keycloak.": "keycloak",
    "io.quarkus.": "quarkus",
    "org.logstash.": "logstash",
    "org.opensearch.": "opensearch",
    "org.sonar.": "sonarqube",
    "kafka.Kafka": "kafka",
}
"""Main classes whose product has another name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The command line of an interpreter: options that take a value, and letters that hold code instead of a file."""

    valued: frozenset[str] = frozenset()
    inline: re.Pattern[str] | None = None
    subcommands: frozenset[str] = frozenset()


def interpreted_name(interpreter: str, arguments: Sequence[str], folder: str = "") -> str | None:
    """Return the name of what an interpreter runs, "" when it cannot be told, None when `interpreter` is none.

    Parameters
    ----------
    interpreter
        Base name of the executable, such as "python3.11".
    arguments
        What follows it on the command line.
    folder
        The current folder of the process, empty when unknown.
    """
    for pattern, reader in _READERS:
        if pattern.fullmatch(interpreter):
            return reader(list(arguments), folder)
    return None


def plain_interpreter(interpreter: str) -> str:
    """Return the interpreter's name without its version: ``python3.11`` is ``python``."""
    return re.sub(r"(?<=[a-z])[\d.]+$", "", interpreter) or interpreter


def _script(options: Options) -> Callable[[list[str], str], str]:
    """Return a reader for interpreters whose first argument that is no option is the script."""

    def read(arguments: list[str], folder: str) -> str:
        rest = iter(range(len(arguments)))
        for index in rest:
            word = arguments[index]
            if options.inline is not None and options.inline.fullmatch(word):
                return ""
            if word in options.valued:
                next(rest, None)
            elif word and not word.startswith("-") and word not in options.subcommands:
                return script_name(word, arguments[index + 1 :], folder)
        return ""

    return read


_PYTHON_MODULE = re.compile(r"-[bBdEiIOPqsSuvx]*m(.*)")
_python_script = _script(
    Options(valued=frozenset(["-W", "-X", "--check-hash-based-pycs"]), inline=re.compile(r"-[bBdEiIOPqsSuvx]*c.*|-"))
)


def _python(arguments: list[str], folder: str) -> str:
    for index, word in enumerate(arguments):
        before = arguments[index - 1] if index else ""
        if (match := _PYTHON_MODULE.fullmatch(word)) is not None:
            following = arguments[index + 1 :]
            module = match[1] or (following[0] if following else "")
            return module_name(module, following if match[1] else following[1:], folder)
        if not word.startswith("-") and before not in {"-W", "-X", "--check-hash-based-pycs"}:
            break
        if re.fullmatch(r"-[bBdEiIOPqsSuvx]*c.*", word):
            break
    return _python_script(arguments, folder)


_JAVA_VALUED = words(
    "-cp -classpath --class-path -p --module-path --upgrade-module-path"
    " --add-modules --add-opens --add-exports --add-reads"
)


def _java(arguments: list[str], folder: str) -> str:
    rest = iter(range(len(arguments)))
    for index in rest:
        word = arguments[index]
        following = arguments[index + 1] if index + 1 < len(arguments) else ""
        if word == "-jar":
            return archive_name(following)
        if word in {"-m", "--module"}:
            return _java_class(following.rpartition("/")[2])
        if word in _JAVA_VALUED:
            next(rest, None)
        elif word and not word.startswith(("-", "@")):
            return _java_class(word) or folder_name(folder)
    return ""


def _java_class(qualified: str) -> str:
    known = next((name for prefix, name in _KNOWN_CLASSES.items() if qualified.startswith(prefix)), "")
    return known or class_name(qualified)


_php_script = _script(Options(valued=frozenset(["-c", "-d", "-z", "-t", "-S"]), inline=re.compile(r"-[rBRE]|--run")))


def _php(arguments: list[str], folder: str) -> str:
    if "-S" in arguments:
        root = arguments[arguments.index("-t") + 1] if "-t" in arguments[:-1] else ""
        return _php_script(arguments, folder) or folder_name(f"{folder}/{root}" if not root.startswith("/") else root)
    return _php_script([each for each in arguments if each not in {"-f", "--file"}], folder)


def _erlang(arguments: list[str], folder: str) -> str:
    del folder
    named = next((after for word, after in itertools.pairwise(arguments) if word in {"-sname", "-name"}), "")
    node = named.split("@", 1)[0]
    return {"rabbit": "rabbitmq", "couchdb": "couchdb"}.get(node, node)


def _r(arguments: list[str], folder: str) -> str:
    files = [each.removeprefix("--file=") for each in arguments if each.startswith("--file=")]
    return script_name(files[0], (), folder) if files else _script(Options())(arguments, folder)


_shell = _script(Options(valued=frozenset(["-o", "-O", "--rcfile", "--init-file"]), inline=re.compile(r"-[a-z]*c")))
_node = _script(
    Options(
        valued=words("-r --require --import --loader --experimental-loader -C --conditions --title --cwd"),
        inline=re.compile(r"-[pe]|-pe|--eval|--print"),
        subcommands=frozenset(["run", "serve", "task", "x"]),
    )
)
_dotnet = _script(Options(valued=frozenset(["--runtimeconfig", "--depsfile"]), subcommands=frozenset(["exec", "run"])))
_perl = _script(Options(valued=frozenset(["-I"]), inline=re.compile(r"-[a-zA-Z]*[eE]")))
_ruby = _script(Options(valued=frozenset(["-I", "-r", "-C", "-E"]), inline=re.compile(r"-[a-zA-Z]*e")))

_READERS: tuple[tuple[re.Pattern[str], Callable[[list[str], str], str]], ...] = (
    (re.compile(r"(?:python|pypy)[\d.]*(?:-dbg)?"), _python),
    (re.compile(r"node(?:js)?[\d.]*|bun|deno"), _node),
    (re.compile(r"java"), _java),
    (re.compile(r"(?:j?ruby)[\d.]*"), _ruby),
    (re.compile(r"perl[\d.]*"), _perl),
    (re.compile(r"php[\d.]*(?:-cgi[\d.]*)?"), _php),
    (re.compile(r"(?:ba|da|z|k|a|mk)?sh"), _shell),
    (re.compile(r"dotnet|mono(?:-sgen)?"), _dotnet),
    (re.compile(r"beam(?:\.smp)?"), _erlang),
    (re.compile(r"R|Rscript"), _r),
    (re.compile(r"lua(?:jit)?[\d.]*|tclsh[\d.]*|wish[\d.]*|guile[\d.]*"), _script(Options())),
)
