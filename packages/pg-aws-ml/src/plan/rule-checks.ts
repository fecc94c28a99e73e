import type { RuleWatch } from 'pg-rewriter';

/**
 * What the environment variable PG_AWS_ML_CHECK_RULES asks of the planner: `1` checks after each rule that it has kept what
 * it promises, and fails the statement otherwise; `trace` also prints the names of the rules at work. No text of a
 * statement is printed.
 */
export function ruleWatch(setting: string | undefined, print: (line: string) => void): RuleWatch | undefined {
  if (setting === '1') return { checks: true };
  if (setting !== 'trace') return undefined;
  return { checks: true, applied: ({ rule }) => print(`pg-aws-ml: rule ${rule}\n`) };
}

/** For every statement of the process; undefined as a rule. */
export const watchOfProcess = ruleWatch(process.env.PG_AWS_ML_CHECK_RULES, (line) => process.stderr.write(line));
