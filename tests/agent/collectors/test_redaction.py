from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.redact import HIDDEN, LONGEST_COMMAND, redact

SECRET = "Zq7x"


@pytest.mark.parametrize(
    "command",
    [
        "mysqldump -u root -pZq7x boutique",
        "mysqldump --password=Zq7x boutique",
        "mysql -u root --password 'Zq7x word' -e 'select 1'",
        "export MYSQL_PWD=Zq7x; mysqldump boutique",
        "PGPASSWORD=Zq7x pg_dump boutique",
        "PGPASSWORD='Zq7x Zq7x' pg_dump boutique",
        'PGPASSWORD="Zq7x \\" Zq7x" pg_dump boutique',
        "RESTIC_PASSWORD=Zq7x restic backup /srv",
        "AWS_SECRET_ACCESS_KEY=Zq7x/a+b aws s3 sync /srv s3://seau",
        "VAULT_TOKEN=Zq7x vault read x",
        "KEY=Zq7x deploy",
        "B2_ACCOUNT_KEY=Zq7x b2 sync",
        "java -Dpassword=Zq7x -jar x.jar",
        "run 'Server=db;Uid=a;Pwd=Zq7x;'",
        "tool --api-key=Zq7x --port 80",
        "tool --api-key Zq7x --port 80",
        "tool --token Zq7x",
        "tool --passphrase Zq7x",
        "tool --password -Zq7x",
        "tool --password /Zq7x",
        "curl -u admin:Zq7x http://x",
        "curl --user admin:Zq7x http://x",
        "curl -H 'Authorization: Bearer Zq7xZq7x' http://x",
        'curl -H "X-Api-Key: Zq7x" http://x',
        "curl https://admin:Zq7x@x/y",
        "curl https://x/y?token=Zq7x&a=1",
        "curl https://Zq7xZq7xZq7xZq7x@x/",
        """curl -d '{"password": "Zq7x", "a": 1}' x""",
        "curl https://hooks.slack.com/services/T0/B0/Zq7x",
        "curl https://api.telegram.org/bot12:AA-Zq7x/send",
        "mongodump --uri mongodb://u:Zq7x@h/db",
        "mongodump -u a -p Zq7x",
        "sshpass -p Zq7x ssh h",
        "sshpass -pZq7x ssh h",
        "7z a -pZq7x x.7z /srv",
        "zip -P Zq7x x.zip /srv",
        "echo Zq7x | sudo -S reboot",
        "echo user:Zq7x | chpasswd",
        "cryptsetup open x <<< Zq7x",
        "openssl enc -aes256 -pass pass:Zq7x -in x",
        "openssl enc -aes256 -k Zq7x -in x",
        "ldapsearch -x -w Zq7x -b dc=x",
        "redis-cli -a Zq7x save",
        "snmpget -v2c -c Zq7x h sysUpTime",
        "smbclient //h/s -U user%Zq7x",
        "lftp -u user,Zq7x h",
        "sqlplus scott/Zq7x@db",
        "htpasswd -b /etc/x user Zq7x",
        "ipmitool -U admin -P Zq7x power status",
    ],
)
def test_a_secret_is_hidden_and_the_program_stays(command: str) -> None:
    hidden = redact(command)
    assert SECRET not in hidden
    assert HIDDEN in hidden
    assert hidden.split(maxsplit=1)[0].partition("=")[0] == command.split(maxsplit=1)[0].partition("=")[0]


@pytest.mark.parametrize(
    "key",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_abcdefgh12345678",
        "glpat-abcdefgh1234",
        "xoxb-123456789-abcd",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        "0123456789abcdef0123456789abcdef",
        "8a3b1c2d-1111-2222-3333-444455556666",
    ],
)
def test_a_word_that_looks_like_a_key_is_hidden_wherever_it_stands(key: str) -> None:
    assert key not in redact(f"notify {key} done")
    assert redact(f"notify {key} done").endswith("done")


def test_the_identifier_of_a_ping_is_hidden_and_its_server_stays() -> None:
    ping = "curl https://hc-ping.com/8a3b1c2d-1111-2222-3333-444455556666"
    assert redact(ping) == "curl https://hc-ping.com/***"


@pytest.mark.parametrize(
    "command",
    [
        "test -x /usr/sbin/anacron || ( cd / && run-parts --report /etc/cron.daily )",
        "restic --password-file /etc/restic.pass backup /srv",
        "RESTIC_PASSWORD_FILE=/etc/restic.pass restic backup /srv",
        "/opt/passwords/sync.sh",
        "/usr/local/bin/rotate-tokens --all",
        "ssh -p 2222 sauvegarde@b2.example",
        "mysql --defaults-file=/root/.my.cnf -e 'select 1'",
        "curl -u admin http://x",
        "find / -user root -name token -delete",
        "rclone --config /etc/rclone.conf sync a b:c",
        "cd $PWD; ls",
    ],
)
def test_a_command_without_secret_is_left_alone(command: str) -> None:
    assert redact(command) == command


def test_several_lines_become_one() -> None:
    assert redact("a \\\n  b\tc") == "a \\ b c"


def test_a_long_command_is_cut_after_its_secrets_are_hidden() -> None:
    hidden = redact("run " + "x " * LONGEST_COMMAND + "--password Zq7x")
    assert len(hidden) <= LONGEST_COMMAND + 3
    assert hidden.endswith("...")


def test_a_private_key_is_hidden_even_when_it_does_not_end() -> None:
    assert SECRET not in redact("echo -----BEGIN RSA PRIVATE KEY----- Zq7x\nZq7x")


secrets = st.text(
    st.characters(min_codepoint=48, max_codepoint=122, categories=["Lu", "Ll", "Nd"]), min_size=6, max_size=40
)
templates = st.sampled_from(
    [
        "DB_PASSWORD={} run",
        "run --password={} -v",
        "run --token {} -v",
        "psql postgres://u:{}@h/db",
        "sshpass -p{} ssh h",
    ]
)


@given(template=templates, secret=secrets)
def test_no_value_of_a_secret_survives(template: str, secret: str) -> None:
    assert secret not in redact(template.format(f"{secret}!"))


@given(st.text(max_size=300))
def test_any_text_is_redacted_to_one_bounded_line(text: str) -> None:
    hidden = redact(text)
    assert len(hidden) <= LONGEST_COMMAND + 3
    assert "\n" not in hidden


@pytest.mark.parametrize(
    "hostile",
    [
        "x-a-" * 900,
        "a." * 2000,
        "'" * 4000,
        "\\" * 4000,
        "pass_" * 900,
        "--password " * 400,
        "key-" * 900,
        "eyJ" * 1500,
    ],
)
def test_no_text_makes_it_slow(hostile: str) -> None:
    started = time.process_time()
    redact(hostile)
    assert time.process_time() - started < 0.5
