declare module 'pgpass' {
  interface Connection {
    readonly host: string;
    readonly port: number;
    readonly database: string | undefined;
    readonly user: string | undefined;
  }
  /** Looks a password up in the password file. Undefined where there is none, or where others may read the file. */
  export default function pgPass(connection: Connection, found: (password: string | undefined) => void): void;
}
