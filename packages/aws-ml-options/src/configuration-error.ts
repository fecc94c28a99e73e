/** Options that cannot be meant as they are. Thrown where they are given, before anything is sent. */
export class ConfigurationError extends TypeError {
  override readonly name = 'ConfigurationError';
  readonly code = 'CONFIGURATION';
  /** One sentence or two for each thing that is wrong: where, what, and what to write instead. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}
