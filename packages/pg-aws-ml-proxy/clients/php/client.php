<?php
// PHP: `features`, or `pgsql FILE`, `pdo FILE` and `emulated FILE` for the statements of a job, by either extension.
const CALLS = "SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).* FROM docs";

function pdo(?string $role = null, bool $emulated = false): PDO
{
    $address = sprintf('pgsql:host=%s;port=%s;dbname=%s', getenv('PGHOST'), getenv('PGPORT'), getenv('PGDATABASE'));
    return new PDO($address, $role ?? getenv('PGUSER'), null, [
        PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
        PDO::ATTR_EMULATE_PREPARES => $emulated,
        PDO::ATTR_STRINGIFY_FETCHES => true,
    ]);
}

function pgsql(?string $role = null): PgSql\Connection
{
    return pg_connect($role === null ? '' : "user=$role", PGSQL_CONNECT_FORCE_NEW);
}

function statements(string $mode, string $file): void
{
    $sessions = [];
    foreach (json_decode(file_get_contents($file), true) as ['as' => $role, 'sql' => $sql]) {
        $session = $sessions[$role ?? ''] ??= $mode === 'pgsql' ? pgsql($role) : pdo($role, $mode === 'emulated');
        $answer = $session instanceof PDO ? byPdo($session, $sql) : byPgsql($session, $sql);
        echo json_encode($answer, JSON_UNESCAPED_UNICODE), "\n";
    }
}

function byPdo(PDO $session, string $sql): array
{
    try {
        $statement = $session->query($sql);
        $rows = $statement->columnCount() > 0 ? $statement->fetchAll(PDO::FETCH_NUM) : [];
        // Stringified, but for booleans.
        $text = fn ($value) => is_bool($value) ? ($value ? 't' : 'f') : $value;
        return ['rows' => array_map(fn ($row) => array_map($text, $row), $rows)];
    } catch (PDOException $error) {
        return ['error' => $error->errorInfo[0]];
    }
}

function byPgsql(PgSql\Connection $session, string $sql): array
{
    pg_send_query($session, $sql);
    $result = pg_get_result($session);
    while (pg_get_result($session));
    $error = pg_result_error_field($result, PGSQL_DIAG_SQLSTATE);
    if (is_string($error)) return ['error' => $error];
    return ['rows' => pg_num_fields($result) > 0 ? pg_fetch_all($result, PGSQL_NUM) : []];
}

function show(string $title, mixed ...$values): void
{
    echo $title, ' ', implode(' ', array_map('json_encode', $values)), "\n";
}

function features(): void
{
    foreach ([false, true] as $emulated) {
        $pdo = pdo(null, $emulated);
        $statement = $pdo->prepare(CALLS . ' WHERE id <= :most ORDER BY id');
        foreach ([2, 4] as $most) {
            $statement->execute(['most' => $most]);
            show('rows', $statement->fetchAll(PDO::FETCH_ASSOC), $statement->getColumnMeta(2)['native_type']);
        }
        $pdo->beginTransaction();
        $insert = $pdo->prepare("INSERT INTO moods SELECT ?::int, (aws_comprehend.detect_sentiment(?, 'en')).sentiment");
        foreach ([1, 2, 3] as $i) $insert->execute([$i, "text $i"]);
        $cursor = $pdo->prepare(CALLS . ' ORDER BY id', [PDO::ATTR_CURSOR => PDO::CURSOR_SCROLL]);
        $cursor->execute();
        show('scrollable', $cursor->fetch(PDO::FETCH_NUM), $cursor->fetch(PDO::FETCH_NUM, PDO::FETCH_ORI_ABS, 7), $cursor->fetch(PDO::FETCH_NUM, PDO::FETCH_ORI_PRIOR));
        $cursor->closeCursor();
        show('written', $pdo->query('SELECT * FROM moods ORDER BY id')->fetchAll(PDO::FETCH_NUM));
        try {
            $pdo->query("SELECT (aws_comprehend.detect_sentiment('', 'en')).sentiment");
        } catch (PDOException $error) {
            show('error', $error->errorInfo[0]);
        }
        $pdo->rollBack();
        show('undone', $pdo->query('SELECT count(*) FROM moods')->fetchColumn());
        show('copy in', $pdo->pgsqlCopyFromArray('moods', ["1\tone", "2\ttwo"]), $pdo->exec('DELETE FROM moods'));
    }
    $pgsql = pgsql();
    show('parameters', pg_fetch_all(pg_query_params($pgsql, CALLS . ' WHERE id = $1', [3])));
    pg_prepare($pgsql, 'mine', CALLS . ' WHERE id = $1');
    foreach ([1, 2] as $i) show('prepared', pg_fetch_all(pg_execute($pgsql, 'mine', [$i])));
    pg_send_query($pgsql, 'SELECT 1; ' . CALLS . ' WHERE id = 2; SELECT 3');
    while ($result = pg_get_result($pgsql)) show('script', pg_fetch_all($result), pg_field_name($result, 0));
    show('copied', pg_copy_from($pgsql, 'moods', ["1\tone\n"]), pg_copy_to($pgsql, 'moods'));
    show('updated', pg_affected_rows(pg_query($pgsql, "UPDATE moods SET mood = (aws_comprehend.detect_sentiment(mood, 'en')).sentiment")));
    show('deleted', pg_fetch_all(pg_query($pgsql, 'DELETE FROM moods RETURNING *')));
}

$argv[1] === 'features' ? features() : statements($argv[1], $argv[2]);
