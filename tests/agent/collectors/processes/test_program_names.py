from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.processes.programs import LONGEST_NAME, base_name, clean_name, program_name

FOLDER = "/srv/boutique/current"


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("/usr/sbin/sshd -D", "sshd"),
        ("-bash", "bash"),
        ("./server", "boutique"),
        ("./boutiqued --port 80", "boutiqued"),
        ("busybox httpd -p 80", "httpd"),
        ("", "comm"),
    ],
)
def test_an_executable_names_itself_unless_its_name_says_nothing(command: str, name: str) -> None:
    assert program_name(command.split(), comm="comm", folder=FOLDER) == name


@pytest.mark.parametrize(
    ("executable", "command", "name"),
    [
        ("/usr/lib/postfix/sbin/master", "/usr/lib/postfix/sbin/master -w", "postfix"),
        ("/opt/boutique/bin/server", "./server", "boutique"),
        ("/usr/sbin/mariadbd", "/usr/sbin/mysqld --daemonize", "mysqld"),
        ("/usr/sbin/nginx (deleted)", "/usr/sbin/nginx", "nginx"),
        ("/bin/busybox", "httpd -p 80", "httpd"),
        ("/usr/bin/python3.11", "facturation-launcher /opt/facturation.py", "facturation"),
    ],
)
def test_the_executable_tells_what_the_command_line_hides(executable: str, command: str, name: str) -> None:
    assert program_name(command.split(), executable=executable) == name


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("python3 /opt/facturation.py", "facturation"),
        ("/usr/bin/python3.11 -u -W ignore -X dev /opt/facturation.py --verbose", "facturation"),
        ("python -m http.server 8000", "http.server"),
        ("python -um http.server", "http.server"),
        ("python -mhttp.server", "http.server"),
        ("python -m facturation.__main__", "facturation"),
        ("python -m facturation.server", "facturation.server"),
        ("python3 -c pass", "python"),
        ("python3 -Ic pass", "python"),
        ("python3 -", "python"),
        ("python3", "python"),
        ("python3.13 main.py", "boutique"),
        ("python manage.py runserver 0:8000", "boutique"),
        ("python3 /usr/bin/supervisord -n -c /etc/supervisord.conf", "supervisord"),
        ("python3 /usr/lib/python3/dist-packages/relance/__main__.py", "relance"),
        ("pypy3 relance.py", "relance"),
    ],
)
def test_python_is_named_by_what_it_runs(command: str, name: str) -> None:
    assert program_name(command.split(), folder=FOLDER) == name


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("gunicorn -w 4 -b 0.0.0.0:8000 facturation.wsgi:application", "facturation"),
        ("/v/bin/python /v/bin/gunicorn facturation.wsgi -w 4", "facturation"),
        ("/v/bin/python /v/bin/gunicorn --reload facturation:create_app()", "facturation"),
        ("gunicorn --bind localhost:http --timeout 30 main:app", "boutique"),
        ("gunicorn", "gunicorn"),
        ("python3 /v/bin/uvicorn --host 0.0.0.0 --port 80 boutique.main:app", "boutique"),
        ("python3 -m uvicorn relance.api:app", "relance.api"),
        ("python3 /v/bin/celery -A facturation worker -l info", "facturation"),
        ("celery --app=facturation.celery beat", "facturation.celery"),
        ("python3 -m flask --app facturation run", "facturation"),
        ("streamlit run /srv/tableau.py", "tableau"),
        ("uwsgi --ini /etc/uwsgi/apps-enabled/facturation.ini", "facturation"),
        ("uwsgi --http :80 --module facturation.wsgi", "facturation"),
    ],
)
def test_servers_of_python_applications_are_named_by_the_application(command: str, name: str) -> None:
    assert program_name(command.split(), folder=FOLDER) == name


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("node /srv/paiement/server.js", "paiement"),
        ("node server.js", "boutique"),
        ("node ./bin/www", "boutique"),
        ("node --inspect -r dotenv/config worker-mails.js", "worker-mails"),
        ("node --max-old-space-size=4096 dist/index.js", "boutique"),
        ("node -e 1", "node"),
        ("nodejs18 api.mjs", "api"),
        ("deno run --allow-net relance.ts", "relance"),
        ("npm start", "boutique"),
        ("node /usr/bin/npm run prod", "boutique"),
        ("java -Xmx1g -jar /srv/app-1.4.2-SNAPSHOT.jar --server.port=80", "app"),
        ("java -jar jenkins.war", "jenkins"),
        ("java -cp /a:/b -Dx=y com.dupont.facturation.Main", "facturation"),
        ("java -Dcatalina.base=/x org.apache.catalina.startup.Bootstrap start", "tomcat"),
        ("java -m app/com.dupont.Boutique", "Boutique"),
        ("java -version", "java"),
        ("ruby /usr/bin/puma -C config/puma.rb", "boutique"),
        ("ruby -I lib relances.rb", "relances"),
        ("perl -w /usr/sbin/munin-node", "munin-node"),
        ("perl -we 1", "perl"),
        ("php -S 127.0.0.1:8000 -t public", "boutique"),
        ("php -S 127.0.0.1:8000 -t /srv/vitrine/public", "vitrine"),
        ("php8.2 artisan queue:work", "boutique"),
        ("php -f export.php", "export"),
        ("bash /opt/scripts/export.sh", "export"),
        ("sh -c true", "sh"),
        ("dotnet Boutique.Api.dll", "Boutique.Api"),
        ("beam.smp -W w -- -root /usr/lib/erlang -sname rabbit@db1 -noshell", "rabbitmq"),
        ("R --no-echo --file=tableau.R", "tableau"),
        ("lua5.4 passerelle.lua", "passerelle"),
    ],
)
def test_other_interpreters_are_named_by_what_they_run(command: str, name: str) -> None:
    assert program_name(command.split(), folder=FOLDER) == name


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("postgres: writer", "postgres"),
        ("postgres: 15/main: checkpointer ", "postgres"),
        ("nginx: worker process", "nginx"),
        ("nginx: master process /usr/sbin/nginx -g daemon on;", "nginx"),
        ("redis-server 127.0.0.1:6379", "redis-server"),
        ("/usr/bin/redis-server *:6379", "redis-server"),
        ("sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups", "sshd"),
        ("php-fpm: pool www", "php-fpm"),
        ("gunicorn: master [facturation.wsgi]", "facturation"),
        ("gunicorn: worker [main:app]", "boutique"),
        ("puma 5.6.5 (tcp://0.0.0.0:3000) [vitrine]", "vitrine"),
        ("node /srv/paiement/server.js", "paiement"),
        ("[celeryd: w1@host:MainProcess] -active- (worker -A x)", "celeryd"),
    ],
)
def test_a_process_that_rewrites_its_title_keeps_its_name(title: str, name: str) -> None:
    assert program_name([title, "", ""], executable="/usr/bin/something", folder=FOLDER) == name


def test_a_title_is_not_mistaken_for_an_executable_whose_path_has_spaces() -> None:
    path = "/opt/Suite Bureau/relais"
    assert program_name([path], executable=path) == "relais"


@pytest.mark.parametrize("folder", ["/home/a.martin", "/root", "/", "", "/opt/app/1.2.3"])
def test_a_home_or_a_folder_that_says_nothing_is_no_name(folder: str) -> None:
    assert program_name(["node", "server.js"], folder=folder) == "server"


def test_folders_of_releases_are_looked_through() -> None:
    assert program_name(["node", "server.js"], folder="/var/www/boutique/releases/20261101") == "boutique"


texts = st.text(max_size=30)


@given(argv=st.lists(texts, max_size=8), executable=texts, comm=texts, folder=texts)
def test_any_process_has_a_name_on_one_line(argv: list[str], executable: str, comm: str, folder: str) -> None:
    name = program_name(argv, executable=executable, comm=comm, folder=folder)
    assert 0 < len(name) <= LONGEST_NAME
    assert name.isprintable()
    assert not any(each.isspace() for each in name)


interpreters = st.sampled_from(
    ["python3", "node", "java", "ruby", "perl", "php", "bash", "dotnet", "beam.smp", "R", "npm"]
)
words = st.sampled_from(
    [
        "-m",
        "-jar",
        "-c",
        "-S",
        "-t",
        "-cp",
        "--app",
        "-A",
        "",
        "-",
        "--",
        "/",
        "x.py",
        "main",
        "a:b",
        "-sname",
        "--file=",
        ".",
    ]
)


@given(interpreter=interpreters, arguments=st.lists(words, max_size=6), folder=st.sampled_from(["", "/", "/srv/x"]))
def test_any_command_line_of_an_interpreter_has_a_name(interpreter: str, arguments: list[str], folder: str) -> None:
    assert program_name([interpreter, *arguments], folder=folder)


@given(texts)
def test_cleaning_a_name_twice_changes_nothing_more(text: str) -> None:
    assert clean_name(clean_name(text)) == clean_name(text)


@pytest.mark.parametrize(
    ("path", "name"), [("/usr/sbin/nginx (deleted)", "nginx"), ("-zsh", "zsh"), ("(sd-pam)", "sd-pam"), ("", "")]
)
def test_the_base_name_drops_what_the_kernel_and_shells_add(path: str, name: str) -> None:
    assert base_name(path) == name
