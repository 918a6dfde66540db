/* How PostgreSQL is reached: the adapter, its pool, migrations. */

export { type Address, addressesToTry, readAddress, sslModes, withParameter } from './address.ts';
export { type ClientOptions, makeAdapter } from './adapter.ts';
export { type ChannelOptions, type OpenChannel, openChannel } from './channel.ts';
export {
  type ConnectionOptions,
  type Limits,
  poolConfig,
  standardLimits,
  tryConnection,
} from './connection.ts';
export { makeDirectClient } from './direct-client.ts';
export { type MigrateOptions, MigrationError, migrate } from './migrate.ts';
export type { PoolState } from './watched-adapter.ts';
