# ruby-pg: `features`, or `text FILE` and `binary FILE` for the statements of a job.
require 'json'
require 'pg'

CALLS = "SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).* FROM docs"

def session(role = nil)
  PG.connect(**(role ? { user: role } : {})).tap { |one| one.set_notice_processor {} }
end

def statements(file)
  sessions = Hash.new { |all, role| all[role] = session(role) }
  JSON.parse(File.read(file)).each do |statement|
    result = sessions[statement['as']].exec(statement['sql'])
    puts JSON.generate(rows: result.nfields.zero? ? [] : result.values)
  rescue PG::Error => e
    puts JSON.generate(error: e.result&.error_field(PG::PG_DIAG_SQLSTATE))
  end
  sessions.each_value(&:close)
end

def show(title, *values) = puts([title, *values.map(&:inspect)].join(' '))

def attempt(title)
  show(title, yield)
rescue PG::Error => e
  show(title, e.class, e.result&.error_field(PG::PG_DIAG_SQLSTATE))
end

def features
  pg = session
  show('rows', pg.exec("#{CALLS} WHERE id < 4 ORDER BY id").to_a)
  [0, 1].each do |format|
    result = pg.exec_params("#{CALLS} WHERE id = $1 OR id = $2 ORDER BY id", [{ value: [5].pack('N'), format: 1, type: 23 }, 6], format)
    show('formats', format, result.values, result.fields, result.cmd_status)
  end
  pg.type_map_for_results = PG::BasicTypeMapForResults.new(pg)
  show('types', pg.exec_params("SELECT id, tags, (aws_comprehend.detect_sentiment(body, 'en')).confidence FROM docs WHERE id < 4 ORDER BY id", []).values)
  pg.prepare('mine', "#{CALLS} WHERE id = $1")
  show('described', pg.describe_prepared('mine').fields)
  3.times { |i| show('prepared', pg.exec_prepared('mine', [i + 1]).values) }

  pg.send_query("#{CALLS} ORDER BY id")
  pg.set_single_row_mode
  count = 0
  pg.get_result.stream_each { count += 1 }
  pg.get_result
  show('single rows', count)

  pg.transaction do
    pg.exec('INSERT INTO moods VALUES (1, $$kept$$)')
    pg.exec_params("INSERT INTO moods SELECT $1::int, (aws_comprehend.detect_sentiment($2, 'en')).sentiment", [2, 'text'])
  end
  attempt('undone') { pg.transaction { pg.exec('DELETE FROM moods') && pg.exec("SELECT (aws_comprehend.detect_sentiment('', 'en')).sentiment") } }
  show('written', pg.exec('SELECT * FROM moods ORDER BY id').values)
  pg.exec('DELETE FROM moods')

  if pg.respond_to?(:enter_pipeline_mode)
    pg.enter_pipeline_mode
    pg.send_query_params("#{CALLS} WHERE id = $1", [1])
    pg.send_query_params('SELECT 2', [])
    pg.send_query_params("#{CALLS} WHERE id = $1", [3])
    pg.pipeline_sync
    3.times { show('pipeline', pg.get_result.values, pg.get_result) }
    show('sync', pg.get_result.result_status == PG::PGRES_PIPELINE_SYNC)
    pg.exit_pipeline_mode
  end

  lines = []
  pg.copy_data("COPY (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM docs WHERE id < 4 ORDER BY id) TO STDOUT") do
    while (row = pg.get_copy_data) do lines << row end
  end
  show('copy out', lines)
  pg.copy_data('COPY moods FROM STDIN') { pg.put_copy_data("1\tone\n") }
  show('copied in', pg.exec('DELETE FROM moods RETURNING *').values)

  Thread.new { sleep 1; pg.cancel }
  attempt('cancelled') { pg.exec("SELECT pg_sleep(60), (aws_comprehend.detect_sentiment('x', 'en')).sentiment") }
  show('goes on', pg.exec("#{CALLS} WHERE id = 3").values)
  pg.close
end

ARGV[0] == 'features' ? features : statements(ARGV[1])
