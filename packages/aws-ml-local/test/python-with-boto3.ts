import { spawnSync } from 'node:child_process';

/** A python3 that has boto3. One of a version manager comes first on PATH but seldom has the distribution's. */
export const pythonWithBoto3 = ['python3', '/usr/bin/python3'].find(
  (command) => spawnSync(command, ['-c', 'import boto3'], { stdio: 'ignore' }).status === 0,
);
if (pythonWithBoto3 === undefined) {
  process.stderr.write('boto3 is not installed (apt-get install python3-boto3): the check against it is skipped\n');
}
