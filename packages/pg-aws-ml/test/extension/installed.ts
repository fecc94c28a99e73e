import { installScript } from '../../src/statements/extension/install-script.js';
import { createTestDatabase, type DatabaseAddress } from '../support/postgres.js';
import { openSession, type Session } from './session.js';

/** A database with the extension, installed by a superuser, and a role `caller` that may execute nothing of it. */
export interface InstalledDatabase {
  readonly address: DatabaseAddress;
  /** The superuser's. */
  readonly admin: Session;
  /** A session of the role `caller`. */
  readonly caller: Session;
  end(): Promise<void>;
}

export async function createInstalledDatabase(): Promise<InstalledDatabase> {
  const address = await createTestDatabase();
  const admin = await openSession(address);
  await admin.query(installScript('aws_ml', { cascade: true }));
  await admin.query(
    `DO $$ BEGIN CREATE ROLE caller LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN END $$`,
  );
  const caller = await openSession(address, 'caller');
  return {
    address,
    admin,
    caller,
    async end() {
      await caller.end();
      await admin.end();
    },
  };
}
