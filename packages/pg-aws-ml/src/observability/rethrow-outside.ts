/** What the application's handlers throw is an uncaught exception, as it is in pg, and no failure of the statement. */
export function rethrowOutside(handle: () => void): void {
  try {
    handle();
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}
