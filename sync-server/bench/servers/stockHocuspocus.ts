// Baseline H: @hocuspocus/server as it comes, one document per room, stored whole by its database extension.
// usage: DATABASE_URL=… PORT=… stockHocuspocus.ts
import { Database } from '@hocuspocus/extension-database';
import { Server } from '@hocuspocus/server';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 10 });
await pool.query(
  'create table if not exists documents (name text primary key, data bytea not null)',
);

const database = new Database({
  fetch: async ({ documentName }) => {
    const { rows } = await pool.query<{ data: Buffer }>(
      'select data from documents where name = $1',
      [documentName],
    );
    return rows[0]?.data ?? null;
  },
  store: async ({ documentName, state }) => {
    await pool.query(
      `insert into documents (name, data) values ($1, $2)
        on conflict (name) do update set data = excluded.data`,
      [documentName, state],
    );
  },
});
const server = new Server({
  quiet: true,
  address: '127.0.0.1',
  port: Number(process.env['PORT']),
  extensions: [database],
});
await server.listen();
