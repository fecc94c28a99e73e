// pgx and lib/pq: `features`, or `pgx FILE`, `simple FILE` and `pq FILE` for the statements of a job.
package main

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgconn"
	"github.com/jackc/pgx/v4"
	"github.com/lib/pq"
)

const calls = "SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).* FROM docs"

type statement struct {
	As  string
	SQL string
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func state(err error) string {
	var ofPgx *pgconn.PgError
	var ofPq *pq.Error
	switch {
	case errors.As(err, &ofPgx):
		return ofPgx.Code
	case errors.As(err, &ofPq):
		return string(ofPq.Code)
	default:
		return err.Error()
	}
}

func show(title string, values ...any) {
	text, err := json.Marshal(values)
	must(err)
	fmt.Println(title, string(text))
}

func connect(role string, simple bool) *pgx.Conn {
	config, err := pgx.ParseConfig("sslmode=disable")
	must(err)
	if role != "" {
		config.User = role
	}
	config.PreferSimpleProtocol = simple
	connection, err := pgx.ConnectConfig(context.Background(), config)
	must(err)
	return connection
}

func collect(rows pgx.Rows, err error) ([][]any, error) {
	all := [][]any{}
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			return nil, err
		}
		for i, value := range values {
			// Arrays and numerics: as text.
			if own, ok := value.(driver.Valuer); ok {
				values[i], err = own.Value()
				must(err)
			}
		}
		all = append(all, values)
	}
	return all, rows.Err()
}

func collectPq(rows *sql.Rows, err error) ([][]any, error) {
	all := [][]any{}
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		values := make([]any, len(columns))
		places := make([]any, len(columns))
		for i := range values {
			places[i] = &values[i]
		}
		if err := rows.Scan(places...); err != nil {
			return nil, err
		}
		for i, value := range values {
			if text, ok := value.([]byte); ok {
				values[i] = string(text)
			}
		}
		all = append(all, values)
	}
	return all, rows.Err()
}

func statements(mode string, file string) {
	text, err := os.ReadFile(file)
	must(err)
	var job []statement
	must(json.Unmarshal(text, &job))
	ofPgx := map[string]*pgx.Conn{}
	ofPq := map[string]*sql.DB{}
	for _, one := range job {
		var rows [][]any
		var err error
		if mode == "pq" {
			if ofPq[one.As] == nil {
				address := "sslmode=disable"
				if one.As != "" {
					address += " user=" + one.As
				}
				ofPq[one.As], err = sql.Open("postgres", address)
				must(err)
				ofPq[one.As].SetMaxOpenConns(1)
			}
			rows, err = collectPq(ofPq[one.As].Query(one.SQL))
		} else {
			if ofPgx[one.As] == nil {
				ofPgx[one.As] = connect(one.As, mode == "simple")
			}
			rows, err = collect(ofPgx[one.As].Query(context.Background(), one.SQL))
		}
		answer := map[string]any{"rows": rows}
		if err != nil {
			answer = map[string]any{"error": state(err)}
		}
		line, err := json.Marshal(answer)
		must(err)
		fmt.Println(string(line))
	}
}

func features() {
	for _, simple := range []bool{false, true} {
		withPgx(connect("", simple))
	}
	withPq()
}

func withPgx(connection *pgx.Conn) {
	background := context.Background()
	query := func(title string, text string, values ...any) {
		rows, err := collect(connection.Query(background, text, values...))
		if err != nil {
			show(title, state(err))
			return
		}
		show(title, rows)
	}
	for i := 1; i < 4; i++ {
		query("prepared", calls+" WHERE id = $1", i)
	}
	query("types", "SELECT id, price, at, tags, (aws_comprehend.detect_sentiment(body, 'en')).confidence FROM docs WHERE id = ANY($1) AND at < $2 ORDER BY id", []int32{1, 2, 3}, time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC))
	query("no column", "SELECT (aws_comprehend.detect_sentiment(nowhere, 'en')).sentiment FROM docs")
	query("refused", "SELECT (aws_comprehend.detect_sentiment('', 'en')).sentiment")

	batch := &pgx.Batch{}
	batch.Queue(calls+" WHERE id = $1", 1)
	batch.Queue("INSERT INTO moods SELECT $1::int, (aws_comprehend.detect_sentiment($2, 'en')).sentiment", 1, "text")
	batch.Queue("SELECT count(*) FROM moods")
	results := connection.SendBatch(background, batch)
	first, err := collect(results.Query())
	must(err)
	tag, err := results.Exec()
	must(err)
	third, err := collect(results.Query())
	must(err)
	must(results.Close())
	show("batch", first, tag.String(), third)

	failing := &pgx.Batch{}
	failing.Queue("DELETE FROM moods")
	failing.Queue("SELECT (aws_comprehend.detect_sentiment('', 'en')).sentiment")
	failing.Queue("SELECT 1")
	results = connection.SendBatch(background, failing)
	_, err = results.Exec()
	must(err)
	_, err = collect(results.Query())
	show("failed batch", state(err))
	results.Close()
	query("undone", "SELECT count(*) FROM moods")

	transaction, err := connection.Begin(background)
	must(err)
	inner, err := transaction.Begin(background)
	must(err)
	_, err = inner.Exec(background, "DELETE FROM moods WHERE (aws_comprehend.detect_sentiment('x', 'en')).sentiment <> 'nothing'")
	must(err)
	must(inner.Rollback(background))
	must(transaction.Commit(background))
	query("kept", "DELETE FROM moods RETURNING id")

	var out bytes.Buffer
	_, err = connection.PgConn().CopyTo(background, &out, "COPY (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).* FROM docs WHERE id < 4 ORDER BY id) TO STDOUT")
	must(err)
	show("copy out", out.String())
	copied, err := connection.CopyFrom(background, pgx.Identifier{"moods"}, []string{"id", "mood"}, pgx.CopyFromRows([][]any{{1, "one"}, {2, nil}}))
	must(err)
	show("copied in", copied)
	query("deleted", "DELETE FROM moods RETURNING id")

	// pgx ends the connection with its context, and asks the server to cancel.
	limited, cancel := context.WithTimeout(background, time.Second)
	defer cancel()
	_, err = connection.Exec(limited, "SELECT pg_sleep(60), (aws_comprehend.detect_sentiment('x', 'en')).sentiment")
	show("cancelled", errors.Is(err, context.DeadlineExceeded), connection.IsClosed())
}

func withPq() {
	database, err := sql.Open("postgres", "sslmode=disable")
	must(err)
	defer database.Close()
	query := func(title string, text string, values ...any) {
		rows, err := collectPq(database.Query(text, values...))
		if err != nil {
			show(title, state(err))
			return
		}
		show(title, rows)
	}
	query("unnamed", calls+" WHERE id = $1", 1)
	query("simple", calls+" WHERE id < 4 ORDER BY id")
	named, err := database.Prepare(calls + " WHERE id = $1")
	must(err)
	for i := 1; i < 4; i++ {
		rows, err := collectPq(named.Query(i))
		must(err)
		show("prepared", rows)
	}
	query("refused", "SELECT (aws_comprehend.detect_sentiment('', 'en')).sentiment")

	transaction, err := database.Begin()
	must(err)
	in, err := transaction.Prepare(pq.CopyIn("moods", "id", "mood"))
	must(err)
	_, err = in.Exec(1, "one")
	must(err)
	_, err = in.Exec()
	must(err)
	must(in.Close())
	result, err := transaction.Exec("UPDATE moods SET mood = (aws_comprehend.detect_sentiment(mood, 'en')).sentiment")
	must(err)
	changed, err := result.RowsAffected()
	must(err)
	show("updated", changed)
	must(transaction.Commit())
	query("deleted", "DELETE FROM moods RETURNING *")

	limited, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, err = database.ExecContext(limited, "SELECT pg_sleep(60), (aws_comprehend.detect_sentiment('x', 'en')).sentiment")
	show("cancelled", state(err))
	query("goes on", calls+" WHERE id = 3")
}

func main() {
	if os.Args[1] == "features" {
		features()
	} else {
		statements(os.Args[1], os.Args[2])
	}
}
