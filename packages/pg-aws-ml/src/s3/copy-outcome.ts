/** The rows of a command tag such as `COPY 500`. */
export const rowsOf = (commandTag: string): number => Number(/\d+$/.exec(commandTag)?.[0] ?? 0);

/**
 * An error of the server's in a COPY that nobody has written: its position is one in a text that the application has
 * never seen, as with the statements that a function runs.
 */
export const withinCopy =
  (text: string) =>
  (error: unknown): never => {
    const { position } = (error ?? {}) as { position?: string };
    if (position !== undefined) {
      Object.assign(error as object, { position: undefined, internalPosition: position, internalQuery: text });
    }
    throw error;
  };
