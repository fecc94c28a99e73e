/**
 * Runs tasks with at most `limit` at once, in the order in which they come, and hands over their results in that order.
 * What an expert writes by hand for the purpose: the bound, the order, and no more than the bound waiting.
 */
export async function* inFlight<Input, Output>(
  inputs: AsyncIterable<Input>,
  limit: number,
  run: (input: Input) => Promise<Output>,
): AsyncGenerator<Output> {
  const running: Promise<Output>[] = [];
  for await (const input of inputs) {
    if (running.length >= limit) yield await (running.shift() as Promise<Output>);
    running.push(run(input));
  }
  while (running.length > 0) yield await (running.shift() as Promise<Output>);
}
