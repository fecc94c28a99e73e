/** What those who ask for a plan may want to know of the rules at work. */
export interface RuleWatch {
  /** Whether what a rule promises is checked after it (`rules/check-rule.ts`). Default false: it costs time. */
  readonly checks?: boolean;
  /** Told of every rule that changed something. */
  readonly applied?: (applied: AppliedRule) => void;
}

export interface AppliedRule {
  /** The name of the rule, which is that of its file. */
  readonly rule: string;
  /** The tree as the rule found it. */
  readonly before: object;
  readonly after: object;
}
