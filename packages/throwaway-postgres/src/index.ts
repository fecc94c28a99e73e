export { createDatabase, type DatabaseAddress, type ServerAddress } from './database.js';
export { downloadedServer } from './installations.js';
export { type StartPostgresOptions, startPostgres, type ThrowawayPostgres } from './start-postgres.js';
