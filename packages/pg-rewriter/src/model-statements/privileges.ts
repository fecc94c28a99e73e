import { syntaxError } from '../tokens/syntax-error.js';
import type { TokenReader } from '../tokens/token-reader.js';
import type { Grantee, ModelPrivileges } from './statement.js';

type Action = ModelPrivileges['action'];

const GRANTEE_KINDS = { role: 'role', group: 'group', user: 'user' } as const;

/** Privileges on tables, as somebody may write them for a model. */
const READ_HINT = 'A model has the privilege EXECUTE alone: write GRANT EXECUTE ON MODEL.';

/**
 * Whether GRANT or REVOKE, whose first word comes next, is one of models: CREATE MODEL, or … ON MODEL with a name behind
 * it. A relation may be called `model`, and GRANT SELECT ON model TO somebody is PostgreSQL's.
 */
export function isModelPrivilege(reader: TokenReader): boolean {
  let at = 1;
  const word = (ahead: number) => (reader.peek(ahead).kind === 'word' ? reader.peek(ahead).value : undefined);
  if (reader.sees('revoke') && word(1) === 'grant' && word(2) === 'option' && word(3) === 'for') at = 4;
  if (word(at) === 'create' && word(at + 1) === 'model') return true;
  while (word(at) !== undefined && word(at) !== 'on') at += reader.seesSymbol(',', at + 1) ? 2 : 1;
  if (word(at) !== 'on' || word(at + 1) !== 'model') return false;
  const { kind, value } = reader.peek(at + 2);
  return kind === 'name' || (kind === 'word' && value !== 'to' && value !== 'from');
}

/** Behind GRANT or REVOKE. */
export function readPrivileges(reader: TokenReader, action: Action): ModelPrivileges {
  const grantOptionOnly = action === 'revoke' && reader.accept('grant', 'option', 'for');
  const privilege = readPrivilege(reader);
  const between = action === 'grant' ? 'to' : 'from';
  reader.expect(between);
  const grantees = reader.list(() => readGrantee(reader, action));
  if (action === 'revoke') readBehaviour(reader);
  return { kind: 'model privileges', action, privilege, grantOptionOnly, grantees };
}

function readPrivilege(reader: TokenReader): ModelPrivileges['privilege'] {
  if (reader.accept('create', 'model')) return { kind: 'create' };
  readExecute(reader);
  reader.expect('on');
  reader.expect('model');
  return { kind: 'execute', models: reader.list(() => reader.objectName('the name of a model')) };
}

/** EXECUTE, or all there is. */
function readExecute(reader: TokenReader): void {
  const { position } = reader.peek();
  if (reader.accept('all')) reader.accept('privileges');
  else if (!reader.accept('execute')) throw reader.unexpected(READ_HINT);
  if (reader.acceptSymbol(',')) throw syntaxError('a model has one privilege', position, READ_HINT);
}

function readGrantee(reader: TokenReader, action: Action): Grantee {
  const { kind: token, value, position } = reader.peek();
  if (token === 'word' && value === 'public' && reader.accept('public')) {
    return { kind: 'public', name: '', position, grantOption: readGrantOption(reader, action, 'public') };
  }
  // A user may be called so as well: then nothing follows that could be a name.
  const next = reader.peek(1).kind;
  const named =
    token === 'word' && value in GRANTEE_KINDS && (next === 'name' || next === 'word') && !endsGrantee(reader);
  const kind = named ? GRANTEE_KINDS[reader.take().value as keyof typeof GRANTEE_KINDS] : 'user';
  const name = reader.identifier('the name of a user, ROLE, GROUP or PUBLIC');
  return { kind, name, position, grantOption: readGrantOption(reader, action, kind) };
}

/** Whether the word behind the next token belongs to what follows a name. */
const endsGrantee = (reader: TokenReader): boolean =>
  reader.peek(1).kind === 'word' && ['with', 'restrict', 'cascade'].includes(reader.peek(1).value);

function readGrantOption(reader: TokenReader, action: Action, kind: Grantee['kind']): boolean {
  if (!reader.sees('with')) return false;
  if (action === 'revoke') throw reader.unexpected('Write REVOKE GRANT OPTION FOR … instead.');
  const { position } = reader.take();
  reader.expect('grant');
  reader.expect('option');
  if (kind === 'user') return true;
  throw syntaxError('only a user may have a privilege WITH GRANT OPTION', position, 'Leave it out, or name the user.');
}

/** RESTRICT is what happens anyway. */
function readBehaviour(reader: TokenReader): void {
  if (reader.sees('cascade')) throw reader.unexpected('REVOKE of models knows RESTRICT alone.');
  reader.accept('restrict');
}
