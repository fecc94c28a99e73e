import connectPgSimple from 'connect-pg-simple';
import session, { type SessionData } from 'express-session';
import { describe, it } from 'vitest';
import { useLab } from './lab/lab.js';

const Store = connectPgSimple(session);

describe('connect-pg-simple', () => {
  const lab = useLab();

  it('makes its table, stores, touches and destroys sessions as over pg', () =>
    lab.compare(async (side) => {
      const store = new Store({ pool: side.openPool(), createTableIfMissing: true, pruneSessionInterval: false });
      const data = { cookie: { originalMaxAge: 60_000 }, user: "O'Hara" } as unknown as SessionData;
      const told = <T>(tell: (callback: (error: unknown, value?: T) => void) => void) =>
        new Promise<T | undefined>((resolve, reject) => {
          tell((error, value) => (error ? reject(error) : resolve(value)));
        });
      await told((callback) => store.set('sid', data, callback));
      const stored = await told((callback) => store.get('sid', callback));
      await told((callback) => store.touch('sid', data, () => callback(null)));
      await told((callback) => store.destroy('sid', callback));
      const gone = await told((callback) => store.get('sid', callback));
      await store.close();
      return { stored, gone };
    }));
});
