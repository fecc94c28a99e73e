import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers';

/** Any image that behaves like the official one; PG_AWS_ML_POSTGRES_IMAGE names another. */
const IMAGE = process.env.PG_AWS_ML_POSTGRES_IMAGE ?? 'postgres:17';

const PORT = 5432;

/** A PostgreSQL in a container of its own. */
export interface PostgresContainer {
  /** Can be given as it is to a Pool or Client. */
  readonly connection: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly password: string;
    readonly database: string;
  };
  stop(): Promise<void>;
}

/** Starts a container with an empty database whose owner is a superuser. */
export async function startPostgresContainer(): Promise<PostgresContainer> {
  const [user, password, database] = ['e2e', 'e2e', 'e2e'];
  const container: StartedTestContainer = await new GenericContainer(IMAGE)
    .withEnvironment({ POSTGRES_USER: user, POSTGRES_PASSWORD: password, POSTGRES_DB: database })
    .withExposedPorts(PORT)
    // The server starts twice: first for its own set-up, without a port.
    .withWaitStrategy(Wait.forAll([Wait.forLogMessage(/ready to accept connections/, 2), Wait.forListeningPorts()]))
    .start();
  return {
    connection: { host: container.getHost(), port: container.getMappedPort(PORT), user, password, database },
    stop: async () => {
      await container.stop();
    },
  };
}
