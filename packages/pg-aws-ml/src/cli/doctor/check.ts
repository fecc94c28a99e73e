/** What a check found. */
export interface Finding {
  /** Stable: programs read it. */
  readonly check: string;
  readonly status: 'ok' | 'warning' | 'failed' | 'skipped';
  readonly message: string;
  /** What to do about it. */
  readonly fix?: string;
}

/** Where nothing can be done about it, or nothing has to be. */
export const passed = (check: string, message: string): Finding => ({ check, status: 'ok', message });

export const failed = (check: string, message: string, fix: string): Finding => ({
  check,
  status: 'failed',
  message,
  fix,
});
