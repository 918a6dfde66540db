import process from 'node:process';
import { makeRepo } from 'prisma-assoc';
import { change, getAssoc, listErrors } from 'prisma-assoc/changeset';
import { makeAdapter } from 'prisma-assoc/postgres';
import { PrismaClient } from './generated/prisma/client.ts';
import { shop } from './shop.ts';

const [id = ''] = process.argv.slice(2);
const { DATABASE_URL: url = '' } = process.env;
const prisma = new PrismaClient({ adapter: makeAdapter({ url }) });
const repo = makeRepo(prisma, shop.models);

const found = await repo.get(shop.model('Order'), id);
if (!found) throw new Error(`there is no order ${id}`);
const order = await repo.preload(found, ['lines']);
const viewer = { isStaff: true, publish: () => {} };
// What a form would hold: the status, and each line as it is to be.
const lines = getAssoc(change(order), 'lines').map(({ fields }) => ({ id: fields['id'] }));
const changeset = shop.changeset('Order', viewer)(order, { status: 'shipped', lines });
const result = await repo.update(changeset);
console.log(result.ok ? result.plan.operations : listErrors(result.changeset));
await prisma.$disconnect();
