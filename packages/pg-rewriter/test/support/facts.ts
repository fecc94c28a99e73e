/** Catalog facts for the golden cases: the tables and functions that `test/cases` speaks of. */
import { mlFunctions } from 'aws-ml-core/ml-functions';
import type { ArgumentFact, CatalogFacts, FunctionFact, RelationFact } from '../../src/catalog/facts.js';
import { relationKey } from '../../src/catalog/facts.js';

const columns = (list: string) =>
  list.split(', ').map((c) => ({ name: c.split(' ')[0] ?? '', type: c.split(' ')[1] ?? 'text' }));

const table = (name: string, list: string): RelationFact => ({
  schema: 'public',
  name,
  kind: 'table',
  columns: columns(list),
});

const relations: RelationFact[] = [
  table('support', 'id integer, feedback text, channel text, rating integer'),
  table('reviews', 'id integer, product_id integer, lang text, body text, stars integer'),
  table('products', 'id integer, name text, price numeric, category text'),
  table('notes', 'id integer, note text, sentiment text, confidence real'),
  table('events', 'id integer, event_type integer, event_day date, amount real'),
  { schema: 'public', name: 'forecasts', kind: 'composite type', columns: columns('six_month real, risk double') },
  {
    schema: 'public',
    name: 'moods',
    kind: 'view',
    columns: columns('id integer, mood varchar'),
    mlView: {
      definition:
        "SELECT support.id, (aws_comprehend.detect_sentiment(support.feedback, 'en', NULL)).sentiment AS mood FROM support",
      expandable: true,
    },
  },
  {
    schema: 'public',
    name: 'foreign_moods',
    kind: 'view',
    columns: columns('id integer, mood varchar'),
    mlView: { definition: 'SELECT 1', expandable: false },
  },
];

const argument = (text: string): ArgumentFact => {
  const [mode, name, type, fallback] = text.split('|');
  return { mode: mode as ArgumentFact['mode'], name: name || null, type: type ?? 'text', default: fallback ?? null };
};

const fn = (name: string, args: string[], more: Partial<FunctionFact> = {}): FunctionFact => ({
  schema: 'public',
  name,
  kind: 'function',
  language: 'sql',
  volatility: 'volatile',
  strict: false,
  securityDefiner: false,
  returnsSet: false,
  hasSettings: false,
  arguments: args.map(argument),
  returnType: 'text',
  resultColumns: null,
  body: null,
  reachesMl: true,
  ...more,
});

const builtin = (name: string, more: Partial<FunctionFact> = {}): FunctionFact =>
  fn(name, [], { schema: 'pg_catalog', language: 'internal', volatility: 'immutable', reachesMl: false, ...more });

const ml = mlFunctions.map((f) =>
  fn(
    f.name,
    [
      ...f.parameters.map(
        (p) => `${p.variadic ? 'variadic' : 'in'}|${p.name}|${p.type}${p.default ? `|${p.default}` : ''}`,
      ),
      ...f.results.map((r) => `out|${r.name}|${r.type}`),
    ],
    {
      schema: f.schema,
      language: 'plpgsql',
      returnType: f.results.length > 1 ? 'record' : (f.results[0]?.type ?? ''),
      resultColumns: f.results.length > 1 ? f.results.map((r) => ({ name: r.name, type: r.type })) : null,
    },
  ),
);

const functions: FunctionFact[] = [
  ...ml,
  fn('mood_of', ['in|t|text', "in|lang|text|'en'::text"], {
    returnType: 'character varying',
    body: ' SELECT (aws_comprehend.detect_sentiment(t, lang)).sentiment ',
  }),
  fn('mood_twice', ['in|t|text'], { body: "SELECT mood_of(t) || mood_of(t, 'fr')" }),
  fn(
    'classify_event',
    [
      'in|event_type|integer',
      'in|event_day|date',
      'in|amount|real',
      'in|max_rows_per_batch|integer|NULL',
      'out|category|integer',
    ],
    {
      returnType: 'integer',
      body: "SELECT aws_sagemaker.invoke_endpoint('endpoint', max_rows_per_batch, event_type, event_day, COALESCE(amount, 0.0))::INT",
    },
  ),
  fn('forecast', ['in|cash|numeric', 'out|prediction|forecasts'], {
    returnType: 'forecasts',
    resultColumns: columns('six_month real, risk double'),
    body: "SELECT (aws_sagemaker.invoke_endpoint('forecasts', NULL, cash))::forecasts",
  }),
  fn('moods_of', ['in|t|text', 'table|mood|character varying', 'table|c|real'], {
    returnType: 'record',
    returnsSet: true,
    resultColumns: columns('mood varchar, c real'),
    body: "SELECT s.sentiment, s.confidence FROM aws_comprehend.detect_sentiment(t, 'en') s",
  }),
  fn('strict_mood', ['in|t|text'], {
    strict: true,
    body: "SELECT (aws_comprehend.detect_sentiment(t, 'en')).sentiment",
  }),
  fn('plmood', ['in|t|text'], { language: 'plpgsql' }),
  fn('share', ['in|p|integer'], {
    body: "SELECT count(*) FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE'",
  }),
  fn('defined', ['in|t|text'], {
    securityDefiner: true,
    body: "SELECT (aws_comprehend.detect_sentiment(t, 'en')).sentiment",
  }),
  fn('both', ['in|a|bigint'], { body: "SELECT aws_sagemaker.invoke_endpoint('e', NULL, a)" }),
  fn('both', ['in|a|double precision'], { body: "SELECT aws_sagemaker.invoke_endpoint('f', NULL, a)" }),
  ...[
    'upper',
    'lower',
    'length',
    'trim',
    'btrim',
    'round',
    'json_build_object',
    'jsonb_build_object',
    'to_json',
    'repeat',
    'nullif',
  ].map((n) => builtin(n)),
  ...['random', 'nextval', 'clock_timestamp'].map((n) => builtin(n, { volatility: 'volatile' })),
  ...['generate_series', 'unnest'].map((n) => builtin(n, { returnsSet: true })),
  ...['count', 'sum', 'avg', 'max', 'min', 'string_agg', 'array_agg', 'bool_or', 'every'].map((n) =>
    builtin(n, { kind: 'aggregate' }),
  ),
  ...['row_number', 'rank', 'lag', 'first_value'].map((n) => builtin(n, { kind: 'window' })),
];

class AlwaysMap<T> extends Map<string, T[]> {
  readonly #absent: T[];

  constructor(absent: T[]) {
    super();
    this.#absent = absent;
  }

  own(key: string): T[] | undefined {
    return super.get(key);
  }

  override has(): boolean {
    return true;
  }

  override get(key: string): T[] {
    return super.get(key) ?? this.#absent;
  }
}

/** Facts that answer every question: what isn't listed doesn't exist. */
export const facts: CatalogFacts = {
  searchPath: ['pg_catalog', 'public'],
  functions: complete(functions, (f) => [f.name], []),
  relations: everyRelation(),
};

function everyRelation(): ReadonlyMap<string, RelationFact | null> {
  const byKey = complete(relations, (r) => [relationKey(undefined, r.name), relationKey(r.schema, r.name)], []);
  return { has: () => true, get: (key: string) => byKey.get(key)?.[0] ?? null } as unknown as ReadonlyMap<
    string,
    RelationFact | null
  >;
}

function complete<T>(list: readonly T[], keys: (item: T) => string[], absent: T[]): Map<string, T[]> {
  const map = new AlwaysMap<T>(absent);
  for (const item of list) for (const key of keys(item)) map.set(key, [...(map.own(key) ?? []), item]);
  return map;
}
