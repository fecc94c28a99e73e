/** What the signals ask for. */
export interface SignalHandlers {
  /** SIGTERM or SIGINT, the first time. */
  stop(): void;
  /** The second time. */
  end(): void;
  /** SIGHUP. */
  reload(): void;
}

export function onSignals({ stop, end, reload }: SignalHandlers): void {
  let stopping = false;
  const again = () => {
    if (stopping) return end();
    stopping = true;
    stop();
  };
  process.on('SIGTERM', again).on('SIGINT', again).on('SIGHUP', reload);
}
