import { notSupported, StatementError } from '../tokens/syntax-error.js';
import { TokenReader } from '../tokens/token-reader.js';
import { readCreateExternalModel } from './create-external-model.js';
import { readCreateModel } from './create-model.js';
import { isModelPrivilege, readPrivileges } from './privileges.js';
import type {
  CreateExternalModel,
  CreateModel,
  ExplainCreateModel,
  ExplainOption,
  ModelStatement,
} from './statement.js';

/**
 * Reads a statement of Redshift ML's family: CREATE [EXTERNAL] MODEL, EXPLAIN CREATE MODEL, SHOW MODEL, DROP MODEL, GRANT
 * and REVOKE of models. Pure, and in time proportional to the length of the text.
 *
 * @param text one statement; semicolons may follow
 * @returns undefined where the first words are those of another statement: what PostgreSQL's grammar knows is its own
 * @throws StatementError where it is one of them, and wrong
 */
export function readModelStatement(text: string): ModelStatement | undefined {
  const reader = new TokenReader(text);
  if (!isOfFamily(reader)) return undefined;
  const statement = readOne(reader);
  reader.expectEnd();
  return statement;
}

function isOfFamily(reader: TokenReader): boolean {
  try {
    while (reader.acceptSymbol(';'));
    if (createsModel(reader)) return true;
    if (reader.sees('explain')) return explainsModel(reader);
    if (reader.sees('drop', 'model')) return true;
    // `SHOW model` and `SHOW model.x` are settings of PostgreSQL.
    if (reader.sees('show', 'model')) return ['word', 'name'].includes(reader.peek(2).kind);
    return (reader.sees('grant') || reader.sees('revoke')) && isModelPrivilege(reader);
  } catch (error) {
    // What isn't made of tokens is the server's to refuse.
    if (error instanceof StatementError) return false;
    throw error;
  }
}

/** CREATE OR REPLACE MODEL is none of Redshift's, but surely meant. */
const createsModel = (reader: TokenReader): boolean =>
  reader.sees('create', 'model') || reader.sees('create', 'external', 'model') || replacesModel(reader);

const replacesModel = (reader: TokenReader): boolean => {
  if (!reader.sees('create', 'or', 'replace')) return false;
  const third = reader.peek(3);
  return (
    third.kind === 'word' &&
    (third.value === 'model' || (third.value === 'external' && reader.peek(4).value === 'model'))
  );
};

/** EXPLAIN, words or a list of options, and CREATE MODEL. */
function explainsModel(reader: TokenReader): boolean {
  let at = 1;
  const sees = (word: string) => reader.peek(at).kind === 'word' && reader.peek(at).value === word;
  if (reader.seesSymbol('(', at)) {
    while (!reader.seesSymbol(')', at)) {
      if (reader.peek(at).kind === 'end' || (at > 1 && reader.seesSymbol('(', at))) return false;
      at += 1;
    }
    at += 1;
  } else {
    while (sees('analyze') || sees('analyse') || sees('verbose')) at += 1;
  }
  if (!sees('create')) return false;
  at += 1;
  if (sees('external')) at += 1;
  return sees('model');
}

function readOne(reader: TokenReader): ModelStatement {
  switch (reader.take().value) {
    case 'explain':
      return readExplain(reader);
    case 'show':
      reader.expect('model');
      return reader.accept('all')
        ? { kind: 'show all models' }
        : { kind: 'show model', name: reader.objectName('the name of a model, or ALL') };
    case 'drop':
      reader.expect('model');
      return readDrop(reader);
    case 'grant':
      return readPrivileges(reader, 'grant');
    case 'revoke':
      return readPrivileges(reader, 'revoke');
    default:
      return readCreate(reader);
  }
}

/** Behind CREATE. */
function readCreate(reader: TokenReader): CreateModel | CreateExternalModel {
  if (reader.sees('or')) throw reader.unexpected('A model is not replaced: DROP MODEL IF EXISTS, then CREATE MODEL.');
  if (reader.accept('external')) {
    reader.expect('model');
    return readCreateExternalModel(reader);
  }
  reader.expect('model');
  return readCreateModel(reader);
}

/** Behind DROP MODEL. */
function readDrop(reader: TokenReader): ModelStatement {
  const ifExists = reader.accept('if', 'exists');
  const name = reader.objectName('the name of a model');
  if (reader.seesSymbol(',')) throw reader.unexpected('DROP MODEL drops one model.');
  if (reader.sees('cascade') || reader.sees('restrict')) {
    throw reader.unexpected('What uses the functions of the model has to be dropped first.');
  }
  return { kind: 'drop model', name, ifExists };
}

/** Behind EXPLAIN. */
function readExplain(reader: TokenReader): ExplainCreateModel {
  const options: ExplainOption[] = [];
  const add = (name: string, value: string | undefined, position: number) => {
    const analyze = name === 'analyze' || name === 'analyse';
    if (analyze && !['off', 'false', '0'].includes(value ?? '')) {
      throw notSupported(
        'EXPLAIN ANALYZE of CREATE MODEL is not supported',
        position,
        'It would train the model: leave ANALYZE out.',
      );
    }
    options.push({ name, value });
  };
  if (reader.acceptSymbol('(')) {
    reader.list(() => {
      const { position } = reader.peek();
      const name = reader.identifier('an option of EXPLAIN').toLowerCase();
      const valued = !reader.seesSymbol(',') && !reader.seesSymbol(')');
      add(name, valued ? reader.take().value.toLowerCase() : undefined, position);
    });
    reader.expectSymbol(')');
  } else {
    while (!reader.sees('create')) {
      const { position, value } = reader.take();
      add(value, undefined, position);
    }
  }
  reader.expect('create');
  return { kind: 'explain model', options, statement: readCreate(reader) };
}
