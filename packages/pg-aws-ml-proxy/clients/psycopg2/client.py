"""psycopg2: `features`, or `text FILE` for the statements of a job."""

import io
import json
import sys

import psycopg2
import psycopg2.extensions
import psycopg2.extras

CALLS = "SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).* FROM docs"


def statements(file):
    sessions = {}
    for statement in json.load(open(file, encoding="utf8")):
        role = statement.get("as")
        if role not in sessions:
            sessions[role] = psycopg2.connect("", **({"user": role} if role else {}))
            sessions[role].autocommit = True
        with sessions[role].cursor() as cursor:
            try:
                cursor.execute(statement["sql"])
                rows = [list(row) for row in cursor] if cursor.description else []
                print(json.dumps({"rows": rows}, default=str))
            except psycopg2.Error as error:
                print(json.dumps({"error": error.pgcode}))


def show(title, *values):
    print(title, *[repr(value) for value in values])


def features():
    connection = psycopg2.connect("")
    with connection, connection.cursor() as cursor:
        cursor.execute(f"{CALLS} WHERE id <= %s ORDER BY id", (5,))
        show("rows", cursor.fetchall(), [(c.name, c.type_code) for c in cursor.description], cursor.statusmessage)
        show("as typed", cursor.mogrify(f"{CALLS} WHERE id = %s", (1,)))
    with connection, connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
        cursor.execute(f"{CALLS} WHERE id = %s", (2,))
        show("dictionary", dict(cursor.fetchone()))
    with connection, connection.cursor("mine") as cursor:
        cursor.itersize = 4
        cursor.execute(f"{CALLS} ORDER BY id")
        show("server-side cursor", cursor.fetchmany(3), len(list(cursor)))
    with connection, connection.cursor() as cursor:
        insert = "INSERT INTO moods SELECT v.id, (aws_comprehend.detect_sentiment(v.body, 'en')).sentiment FROM (VALUES %s) v(id, body)"
        psycopg2.extras.execute_values(cursor, insert, [(i, f"text {i}") for i in range(20)])
        show("execute_values", cursor.rowcount)
        psycopg2.extras.execute_batch(
            cursor, "UPDATE moods SET mood = (aws_comprehend.detect_sentiment(%s, 'fr')).sentiment WHERE id = %s", [("a", 1), ("b", 2)]
        )
        cursor.execute("SELECT * FROM moods ORDER BY id")
        show("written", cursor.fetchall())
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("DELETE FROM moods")
            cursor.execute("SELECT (aws_comprehend.detect_sentiment('', 'en')).sentiment")
    except psycopg2.Error as error:
        show("error", type(error).__name__, error.pgcode, connection.get_transaction_status())
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM moods")
        show("undone", cursor.fetchone())
        cursor.execute("DELETE FROM moods")
        out = io.StringIO()
        cursor.copy_expert("COPY (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).* FROM docs WHERE id < 4 ORDER BY id) TO STDOUT", out)
        show("copy out", out.getvalue())
        cursor.copy_from(io.StringIO("1\tone\n2\t\\N\n"), "moods")
        cursor.execute("SELECT * FROM moods ORDER BY id")
        show("copied in", cursor.fetchall())
        cursor.execute("DELETE FROM moods")
    connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
    with connection, connection.cursor() as cursor:
        cursor.execute(f"{CALLS} WHERE id = 3")
        show("read only", cursor.fetchall())
    connection.close()


if __name__ == "__main__":
    features() if sys.argv[1] == "features" else statements(sys.argv[2])
