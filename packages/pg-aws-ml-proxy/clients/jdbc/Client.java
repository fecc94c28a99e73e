import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.*;
import java.util.*;
import org.postgresql.PGConnection;

/** JDBC: `features`, or `text FILE`, `prepared FILE` and `binary FILE` for the statements of a job. */
public class Client {
  static final String CALLS = "SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).* FROM docs";

  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("features")) features();
    else statements(arguments[0], Path.of(arguments[1]));
  }

  static Connection connect(String user, String options) throws SQLException {
    String database = System.getenv("PGHOST") + ":" + System.getenv("PGPORT") + "/" + System.getenv("PGDATABASE");
    String role = user.isEmpty() ? System.getenv("PGUSER") : user;
    return DriverManager.getConnection("jdbc:postgresql://" + database + "?sslmode=disable&user=" + role + options);
  }

  /** A file of roles and statements, separated by control characters: there is no JSON parser in Java's library. */
  static void statements(String mode, Path file) throws Exception {
    Map<String, Connection> sessions = new HashMap<>();
    String options = Map.of("text", "&preferQueryMode=simple", "prepared", "&prepareThreshold=1", "binary", "&prepareThreshold=-1").get(mode);
    for (String record : Files.readString(file).split("\u001e")) {
      String[] fields = record.split("\u001f", -1);
      if (!sessions.containsKey(fields[0])) sessions.put(fields[0], connect(fields[0], options));
      Connection session = sessions.get(fields[0]);
      try (PreparedStatement statement = session.prepareStatement(fields[1])) {
        StringJoiner rows = new StringJoiner(",", "{\"rows\":[", "]}");
        if (statement.execute()) {
          ResultSet results = statement.getResultSet();
          int columns = results.getMetaData().getColumnCount();
          while (results.next()) {
            StringJoiner row = new StringJoiner(",", "[", "]");
            for (int i = 1; i <= columns; i++) row.add(json(results.getString(i)));
            rows.add(row.toString());
          }
        }
        System.out.println(rows);
      } catch (SQLException error) {
        System.out.println("{\"error\":" + json(error.getSQLState()) + "}");
      }
    }
    for (Connection session : sessions.values()) session.close();
  }

  static String json(String value) {
    if (value == null) return "null";
    StringBuilder written = new StringBuilder("\"");
    for (char c : value.toCharArray()) {
      if (c < ' ' || c == '"' || c == '\\' || c > '~') written.append(String.format("\\u%04x", (int) c));
      else written.append(c);
    }
    return written.append('"').toString();
  }

  interface Work {
    Object run() throws Exception;
  }

  static void attempt(String title, Work work) throws Exception {
    try {
      System.out.println(title + " " + work.run());
    } catch (SQLException error) {
      System.out.println(title + " " + error.getClass().getSimpleName() + " " + error.getSQLState());
    }
  }

  static List<List<Object>> rows(ResultSet results) throws SQLException {
    List<List<Object>> all = new ArrayList<>();
    int columns = results.getMetaData().getColumnCount();
    while (results.next()) {
      List<Object> row = new ArrayList<>();
      for (int i = 1; i <= columns; i++) row.add(results.getObject(i));
      all.add(row);
    }
    return all;
  }

  static void features() throws Exception {
    for (String options : List.of("", "&prepareThreshold=-1", "&prepareThreshold=1", "&preferQueryMode=simple", "&preferQueryMode=extendedForPrepared", "&preferQueryMode=extendedCacheEverything")) {
      System.out.println("== " + options);
      try (Connection connection = connect("", options)) {
        each(connection);
      }
    }
  }

  static void each(Connection connection) throws Exception {
    try (PreparedStatement statement = connection.prepareStatement(CALLS + " WHERE id = ?")) {
      // The driver names the statement and asks for binary results from the fifth time on.
      for (int i = 1; i <= 7; i++) {
        statement.setInt(1, i);
        System.out.println("one " + rows(statement.executeQuery()));
      }
      System.out.println("columns " + statement.getMetaData().getColumnTypeName(2) + " " + statement.getMetaData().getColumnTypeName(3));
      System.out.println("parameters " + statement.getParameterMetaData().getParameterTypeName(1));
    }
    try (PreparedStatement statement = connection.prepareStatement("SELECT id, price, at, tags, (aws_comprehend.detect_sentiment(body, 'en')).confidence FROM docs WHERE price < ? AND at < ? AND body <> ? ORDER BY id")) {
      statement.setBigDecimal(1, new java.math.BigDecimal("5.5"));
      statement.setObject(2, java.time.OffsetDateTime.parse("2025-01-01T00:00:00Z"));
      statement.setString(3, "nothing");
      System.out.println("types " + rows(statement.executeQuery()).stream().map(row -> row.subList(0, 2) + " " + row.get(4)).toList());
    }

    connection.setAutoCommit(false);
    try (PreparedStatement statement = connection.prepareStatement(CALLS + " ORDER BY id"); Statement other = connection.createStatement()) {
      statement.setFetchSize(4);
      ResultSet results = statement.executeQuery();
      StringJoiner seen = new StringJoiner(" ");
      while (results.next()) {
        seen.add(results.getInt(1) + results.getString(2));
        // Other statements run while the portal is open.
        if (results.getRow() % 10 == 0) seen.add(rows(other.executeQuery("SELECT count(*) FROM moods")).toString());
      }
      System.out.println("in portions " + seen);
      statement.setFetchSize(3);
      results = statement.executeQuery();
      results.next();
      results.close();
      statement.setMaxRows(5);
      System.out.println("at most five " + rows(statement.executeQuery()).size());
    }
    connection.commit();

    try (PreparedStatement statement = connection.prepareStatement("INSERT INTO moods SELECT ?, (aws_comprehend.detect_sentiment(?, 'en')).sentiment")) {
      for (int i = 0; i < 6; i++) {
        statement.setInt(1, i);
        statement.setString(2, "text " + i);
        statement.addBatch();
      }
      System.out.println("batch " + Arrays.toString(statement.executeBatch()));
    }
    connection.commit();
    attempt("failed batch", () -> {
      try (Statement statement = connection.createStatement()) {
        statement.addBatch("INSERT INTO moods SELECT 100, (aws_comprehend.detect_sentiment('x', 'en')).sentiment");
        statement.addBatch("INSERT INTO moods SELECT 101, (aws_comprehend.detect_sentiment('', 'en')).sentiment");
        statement.addBatch("INSERT INTO moods VALUES (102, 'skipped')");
        return Arrays.toString(statement.executeBatch());
      }
    });
    connection.rollback();
    Savepoint savepoint = connection.setSavepoint();
    attempt("in a savepoint", () -> connection.createStatement().executeQuery("SELECT (aws_comprehend.detect_sentiment('', 'en')).sentiment"));
    connection.rollback(savepoint);
    System.out.println("written " + rows(connection.createStatement().executeQuery("SELECT * FROM moods ORDER BY id")));
    connection.commit();
    connection.setAutoCommit(true);

    try (PreparedStatement statement = connection.prepareStatement("INSERT INTO moods SELECT 200, (aws_comprehend.detect_sentiment('x', 'en')).sentiment", Statement.RETURN_GENERATED_KEYS)) {
      statement.executeUpdate();
      System.out.println("generated " + rows(statement.getGeneratedKeys()));
    }
    try (Statement statement = connection.createStatement()) {
      boolean hasRows = statement.execute("SELECT 1; SELECT (aws_comprehend.detect_sentiment('two', 'en')).sentiment; DELETE FROM moods");
      System.out.println("script " + hasRows + " " + rows(statement.getResultSet()) + " " + statement.getMoreResults() + " " + rows(statement.getResultSet()) + " " + statement.getMoreResults() + " " + statement.getUpdateCount());
      statement.setQueryTimeout(1);
      attempt("cancelled", () -> statement.executeQuery("SELECT pg_sleep(60), (aws_comprehend.detect_sentiment('x', 'en')).sentiment"));
      statement.setQueryTimeout(0);
      attempt("no column", () -> statement.executeQuery("SELECT (aws_comprehend.detect_sentiment(nowhere, 'en')).sentiment FROM docs"));
      System.out.println("goes on " + rows(statement.executeQuery(CALLS + " WHERE id = 3")));
    }

    var copy = connection.unwrap(PGConnection.class).getCopyAPI();
    StringWriter out = new StringWriter();
    copy.copyOut("COPY (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).* FROM docs WHERE id < 4 ORDER BY id) TO STDOUT (FORMAT csv)", out);
    System.out.println("copy out " + out.toString().replace("\n", "|"));
    System.out.println("copy in " + copy.copyIn("COPY moods FROM STDIN", new StringReader("1\tone\n2\t\\N\n")));
    System.out.println("deleted " + connection.createStatement().executeUpdate("DELETE FROM moods"));
  }
}
