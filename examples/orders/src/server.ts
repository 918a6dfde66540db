import { createServer } from 'node:http';
import { join } from 'node:path';
import process from 'node:process';
import { createYoga } from 'graphql-yoga';
import { assertSameSchema } from 'prisma-assoc';
import { makeAdapter, migrate } from 'prisma-assoc/postgres';
import { PrismaClient } from './generated/prisma/client.ts';
import { type Context, schema } from './schema.ts';
import { shop } from './shop.ts';

const { DATABASE_URL: url = '', PORT = '4000' } = process.env;

// As `prisma migrate deploy`, which does as well.
await migrate({ url, migrationsFolder: join(import.meta.dirname, '../prisma/migrations') });
const prisma = new PrismaClient({ adapter: makeAdapter({ url }) });
// Ends the start if `prisma generate` has not run since the schema changed.
assertSameSchema(prisma, shop.models);

const yoga = createYoga<object, Context>({
  schema,
  context: ({ request }) => ({
    prisma,
    isStaff: request.headers.get('x-role') === 'staff',
    publish: ({ operations }) => console.log(`written: ${operations.length}`),
  }),
});

const server = createServer((request, response) => void yoga(request, response));
server.listen(Number(PORT), '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') console.log(`http://127.0.0.1:${address?.port}/graphql`);
});
