// PostgreSQL's own tests: their SQL comes with Debian's source package of the server that is installed, their programs with
// Debian's packages postgresql-15 and postgresql-server-dev-15.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const installation = '/usr/lib/postgresql/15';
const library = join(installation, 'lib');
export const pgRegress = join(library, 'pgxs', 'src', 'test', 'regress', 'pg_regress');
export const pgIsolationRegress = join(library, 'pgxs', 'src', 'test', 'isolation', 'pg_isolation_regress');

const MIRRORS = ['debian bookworm', 'debian bookworm-updates', 'debian-security bookworm-security'];

/** The unpacked source, downloaded once. Neither APT's lists nor its sources are changed. */
export function postgresSource(cache) {
  const source = join(cache, 'source');
  if (existsSync(join(source, 'src', 'test', 'regress'))) return source;
  for (const program of ['apt-get', 'dpkg-source', 'cc', pgRegress, pgIsolationRegress]) {
    if (!found(program)) {
      throw new Error(
        `${program} is missing: apt-get install postgresql-15 postgresql-server-dev-15 libpq-dev dpkg-dev gcc`,
      );
    }
  }
  rmSync(cache, { recursive: true, force: true });
  for (const folder of ['lists/partial', 'archives/partial']) mkdirSync(join(cache, folder), { recursive: true });
  const list = join(cache, 'sources.list');
  const [host] = /https?:\/\/[^/\s]+/.exec(run('apt-get', ['indextargets', '--format', '$(SITE)'], cache)) ?? [
    'http://deb.debian.org',
  ];
  writeFileSync(
    list,
    MIRRORS.map((mirror) => mirror.split(' '))
      .map(([path, suite]) => `deb-src ${host}/${path} ${suite} main\n`)
      .join(''),
  );
  const settings = {
    'Dir::Etc::SourceList': list,
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::State::Lists': join(cache, 'lists'),
  };
  const options = Object.entries({ ...settings, 'Dir::Cache': cache, 'APT::Sandbox::User': 'root' }).flatMap(
    ([name, value]) => ['-o', `${name}=${value}`],
  );
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's
  const version = run('dpkg-query', ['-W', '-f', '${Version}', 'postgresql-15'], cache).trim();
  run('apt-get', [...options, 'update'], cache);
  run('apt-get', [...options, 'source', '--download-only', `postgresql-15=${version}`], cache);
  const description = readdirSync(cache).find((name) => name.endsWith('.dsc'));
  run('dpkg-source', ['--no-check', '-x', description, source], cache);
  return source;
}

/** Compiles what the tests load and run, into a directory that the server's account can read. */
export function buildTests(source, directory) {
  const config = (name) => run(join(installation, 'bin', 'pg_config'), [`--${name}`], directory).trim();
  cpSync(join(source, 'src', 'test'), join(directory, 'test'), { recursive: true });
  const modules = join(directory, 'modules');
  mkdirSync(modules);
  const headers = `-I${config('includedir-server')}`;
  const regress = join(source, 'src', 'test', 'regress', 'regress.c');
  run(
    'cc',
    ['-shared', '-fPIC', '-w', '-DDLSUFFIX=".so"', headers, regress, '-o', join(modules, 'regress.so')],
    directory,
  );
  for (const name of ['autoinc.so', 'refint.so']) copyFileSync(join(library, name), join(modules, name));
  const pipeline = join(source, 'src', 'test', 'modules', 'libpq_pipeline', 'libpq_pipeline.c');
  const client = [
    config('includedir'),
    join(config('includedir'), 'internal'),
    join(config('pkgincludedir'), 'internal'),
  ];
  const archives = ['libpgcommon.a', 'libpgport.a'].map((name) => join(library, name));
  const includes = [...client.map((folder) => `-I${folder}`), headers];
  run('cc', ['-w', ...includes, pipeline, '-o', join(directory, 'libpq_pipeline'), ...archives, '-lpq'], directory);
  chmodSync(directory, 0o755);
}

function found(program) {
  if (program.includes('/')) return existsSync(program);
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, program)));
}

function run(command, args, cwd) {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
