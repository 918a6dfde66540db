import { type Changeset, getField, putChange } from 'prisma-assoc/changeset';
import type { PlannedOperation } from 'prisma-assoc/changeset';
import type { Asker, Person } from './asker.ts';

/*
 * Who may write what. Everybody reads. A signed-in author writes the own record, the own posts and
 * all below them; whoever is signed in adds comments and makes tags; an admin may do everything.
 */

/** What the rules take of a request. */
export interface BlogContext {
  readonly asker: Asker;
}

/** What the rules read: the transaction's Prisma client. */
interface Reads {
  readonly author: { findMany(args: object): PromiseLike<readonly Id[]> };
  readonly post: { findMany(args: object): PromiseLike<readonly Id[]> };
}

type Id = { readonly id: bigint };

/** A new author without one is the person who asks: the own record of who has none yet. */
export async function nameSubject(
  author: Changeset,
  tx: Reads,
  { asker }: BlogContext,
): Promise<Changeset> {
  if (asker.kind !== 'person' || author.data.state !== 'built') return author;
  const [known] = await findAuthors(tx, asker);
  return known === undefined ? putChange(author, 'subject', asker.subject) : author;
}

/** A new post that names no author is of the one who asks. */
export async function nameAuthor(
  post: Changeset,
  tx: Reads,
  { asker }: BlogContext,
): Promise<Changeset> {
  if (asker.kind !== 'person' || post.data.state !== 'built') return post;
  const isSent = post.params?.['authorId'] !== undefined || post.assocs['author'];
  if (isSent || getField(post, 'authorId') !== null) return post;
  const [author] = await findAuthors(tx, asker);
  return author ? putChange(post, 'authorId', author.id) : post;
}

/** Which of the planned operations the one who asks may not do. */
export async function findDenied(
  operations: readonly PlannedOperation[],
  tx: Reads,
  { asker }: BlogContext,
): Promise<readonly PlannedOperation[]> {
  if (asker.kind === 'open') return [];
  if (asker.kind === 'anonymous') return operations;
  if (asker.isAdmin) return [];
  const own = await findOwn(operations, tx, asker);
  return operations.filter((operation) => !mayWrite(operation, own));
}

/** What belongs to a person, new records among it. */
interface Own {
  readonly subject: string;
  readonly authors: ReadonlySet<unknown>;
  readonly posts: ReadonlySet<unknown>;
}

/** A row must be the person's as it is and as it will be. */
function mayWrite({ action, model, before, after }: PlannedOperation, own: Own): boolean {
  const holds = (isOwn: (row: Row) => boolean) =>
    [before, after].every((row) => row === null || isOwn(row));
  const isBelowOwn = (row: Row) => own.posts.has(row['postId']);
  // A tag stays as it is when it is linked; the post is the one that changes.
  if (action === 'link' || action === 'unlink') return holds(isBelowOwn);
  switch (model) {
    case 'Author':
      return holds((row) => row['subject'] === own.subject);
    case 'Post':
      return holds((row) => own.authors.has(row['authorId']));
    case 'Comment':
      return action === 'insert' || holds(isBelowOwn);
    case 'Permalink':
      return holds(isBelowOwn);
    case 'Tag':
      return action === 'insert';
    default:
      return false;
  }
}

type Row = NonNullable<PlannedOperation['before']>;

/** One more statement than `findAuthors`, however many operations there are. */
async function findOwn(
  operations: readonly PlannedOperation[],
  tx: Reads,
  person: Person,
): Promise<Own> {
  const { subject } = person;
  const inserted = (name: string) =>
    operations.flatMap(({ action, model, after }) =>
      action === 'insert' && model === name && after ? [after] : [],
    );
  const stored = await findAuthors(tx, person);
  const made = inserted('Author').filter((author) => author['subject'] === subject);
  const authors = idsOf([...stored, ...made]);
  const named = new Set(
    operations.flatMap(({ before, after }) =>
      [before, after].flatMap((row) => row?.['postId'] ?? []),
    ),
  );
  const where = { id: { in: [...named] }, authorId: { in: [...idsOf(stored)] } };
  const isAsked = named.size > 0 && stored.length > 0;
  const posts = isAsked ? await tx.post.findMany({ where, select: { id: true } }) : [];
  const written = inserted('Post').filter((post) => authors.has(post['authorId']));
  return { subject, authors, posts: idsOf([...posts, ...written]) };
}

function idsOf(rows: readonly Readonly<Record<string, unknown>>[]): ReadonlySet<unknown> {
  return new Set(rows.map((row) => row['id']));
}

/** The author that a person is, if there is one: one statement in a transaction, which is of one person. */
function findAuthors(tx: Reads, { subject }: Person): Promise<readonly Id[]> {
  const found = authorsIn.get(tx) ?? readAuthors(tx, subject);
  authorsIn.set(tx, found);
  return found;
}

async function readAuthors(tx: Reads, subject: string): Promise<readonly Id[]> {
  return tx.author.findMany({ where: { subject }, select: { id: true } });
}

const authorsIn = new WeakMap<Reads, Promise<readonly Id[]>>();
