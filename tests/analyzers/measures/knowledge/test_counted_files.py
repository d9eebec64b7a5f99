import pytest

from analyzers.measures.knowledge.files import counts


@pytest.mark.parametrize(
    "path",
    [
        "src/main.c",
        "lib/app.rb",
        "tests/test_app.py",
        "spec/app_spec.rb",
        "Makefile",
        "CMakeLists.txt",
        "roles/web/tasks/main.yml",
        "requirements.txt",
        "debian/changelog.py",
        "src/install.py/app.py",
        "playbooks/vendor.yml",
        "src/docs.py",
        "deploy/Dockerfile",
    ],
)
def test_what_people_write_counts(path: str) -> None:
    assert counts(path)


@pytest.mark.parametrize(
    "path",
    [
        "vendor/github.com/x/y.go",
        "web/node_modules/a/index.js",
        "third_party/lib.c",
        "static/jquery-1.11.min.js",
        "static/app.min.css",
        "gradlew",
        "third_party/CMakeLists.txt",
    ],
)
def test_what_others_wrote_does_not(path: str) -> None:
    assert not counts(path)


@pytest.mark.parametrize(
    "path",
    [
        "README",
        "README.md",
        "docs/conf.py",
        "doc/index.html",
        "LICENSE.txt",
        "CHANGES",
        "man/app.1",
        "examples/a.py",
        "notes.rst",
    ],
)
def test_documentation_does_not(path: str) -> None:
    assert not counts(path)


@pytest.mark.parametrize(
    "path", ["logo.png", "fonts/a.woff2", "package-lock.json", "go.sum", "api/x.pb.go", "x_pb2.py", "lib/a.jar"]
)
def test_what_machines_made_does_not(path: str) -> None:
    assert not counts(path)
