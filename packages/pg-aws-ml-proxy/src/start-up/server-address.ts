import { readFile } from 'node:fs/promises';
import { ConfigurationError } from 'aws-ml-options';

const modes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;

/** Where the server is, how it is to be encrypted, and the credentials that its URL has. */
export interface ServerAddress {
  /** A name, an address, or the directory of a socket. */
  readonly host: string;
  readonly port: number;
  /** As libpq's; `allow` is taken for `prefer`. */
  readonly sslmode: (typeof modes)[number];
  /** Certificates that are trusted, in PEM; by default those of the system. */
  readonly ca?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
}

/**
 * Reads `postgres://user:password@host:port?sslmode=…&sslrootcert=…`; what it doesn't say comes from `PGHOST`, `PGPORT`,
 * `PGSSLMODE` and `PGSSLROOTCERT`.
 *
 * @throws ConfigurationError
 */
export async function serverAddress(url: string | undefined): Promise<ServerAddress> {
  if (url !== undefined && !/^postgres(ql)?:\/\//.test(url)) throw wrong('must begin with postgres://');
  if (url !== undefined && !URL.canParse(url)) throw wrong('is not a URL such as "postgres://db.example.com:5432"');
  const parsed = url === undefined ? undefined : new URL(url);
  const { env } = process;
  const parameter = (name: string) => parsed?.searchParams.get(name) ?? undefined;
  const sslmode = parameter('sslmode') ?? env.PGSSLMODE ?? 'prefer';
  const root = parameter('sslrootcert') ?? env.PGSSLROOTCERT;
  if (!modes.some((mode) => mode === sslmode)) throw wrong(`has an sslmode that is none of ${modes.join(', ')}`);
  const host = parameter('host') ?? decoded(parsed?.hostname) ?? env.PGHOST ?? 'localhost';
  return {
    host: host.replace(/^\[(.*)\]$/, '$1'),
    port: Number(parameter('port') ?? (parsed?.port || env.PGPORT || 5432)),
    // A root that is named is there to be asked, says libpq.
    sslmode: (sslmode === 'require' && root !== undefined ? 'verify-ca' : sslmode) as ServerAddress['sslmode'],
    ca: root === undefined || root === 'system' ? undefined : await readFile(root, 'utf8'),
    user: parameter('user') ?? decoded(parsed?.username),
    password: parameter('password') ?? decoded(parsed?.password),
  };
}

const decoded = (part: string | undefined): string | undefined =>
  part === undefined || part === '' ? undefined : decodeURIComponent(part);

/** The URL may hold a password: it isn't shown. */
const wrong = (what: string): ConfigurationError => new ConfigurationError([`upstream ${what}.`]);
