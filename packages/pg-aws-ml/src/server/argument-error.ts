/** An argument of an ML call that the function itself would refuse: raised by the server, like the function's error. */
export class ArgumentError extends Error {
  /** array_subscript_error, as the function in the database raises it. */
  readonly sqlState = '2202E';
}
