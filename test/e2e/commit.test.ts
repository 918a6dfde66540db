import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeBlog } from '../support/blog.ts';
import { useDatabase } from '../support/database.ts';
import { type MutationResult, mutationText } from '../support/mutation.ts';
import { type Treatment, useProxy } from '../support/proxy.ts';
import { type Answer, post, useService } from '../support/service.ts';

/* A connection that is lost during COMMIT: what was written, what is answered. */

const database = useDatabase();
const proxy = useProxy(database);
const service = useService(proxy);

beforeEach(() => writeBlog(database));
afterEach(() => {
  proxy.open = true;
  proxy.toDatabase = () => 'pass';
  proxy.toService = () => 'pass';
});

const build = (idempotencyKey: string | null): Promise<Answer<{ result: MutationResult }>> =>
  post(service.url, mutationText('buildPostComment'), {
    postId: '1',
    input: { body: 'Lost?' },
    options: { idempotencyKey },
  });

/** What is done with the first COMMIT; after that, all is well. */
function treatCommit(treatment: () => Treatment): void {
  let seen = false;
  proxy.toDatabase = (bytes) => {
    if (seen || !bytes.includes('COMMIT')) return 'pass';
    seen = true;
    return treatment();
  };
}

/** COMMIT arrives, its answer does not. */
function cutAnswer(): Treatment {
  proxy.toService = () => {
    proxy.toService = () => 'pass';
    return 'cut';
  };
  return 'pass';
}

async function written(): Promise<number> {
  const rows = await database.sql(`SELECT FROM comments WHERE body = 'Lost?' AND post_id = 1`);
  return rows.length;
}

describe('lost after COMMIT', () => {
  test('the answer is OUTCOME_UNKNOWN, and nothing is repeated', async () => {
    treatCommit(cutAnswer);
    const { status, data, errors } = await build(null);
    expect({ status, data }).toEqual({ status: 200, data: null });
    expect(errors).toMatchObject([{ path: ['result'], extensions: { code: 'OUTCOME_UNKNOWN' } }]);
    expect(await written()).toBe(1);
  });

  test('with an idempotency key the outcome is looked up', async () => {
    treatCommit(cutAnswer);
    const { data } = await build('k1');
    expect(data.result.__typename).toBe('BuildPostCommentSuccess');
    expect(await written()).toBe(1);
    expect((await build('k1')).data).toEqual(data);
  });

  test('where it cannot be looked up it is OUTCOME_UNKNOWN; the key finds it later', async () => {
    treatCommit(() => {
      proxy.open = false;
      return cutAnswer();
    });
    const { errors } = await build('k1');
    expect(errors).toMatchObject([{ extensions: { code: 'OUTCOME_UNKNOWN' } }]);
    proxy.open = true;
    const { data } = await build('k1');
    expect(data.result.__typename).toBe('BuildPostCommentSuccess');
    expect(await written()).toBe(1);
  });

  test('what was kept but cannot be read any more is OUTCOME_UNKNOWN too', async () => {
    proxy.toService = (bytes) => {
      if (bytes.includes('COMMIT')) {
        proxy.open = false;
        proxy.toService = () => 'cut';
      }
      return 'pass';
    };
    const { status, errors } = await post(
      service.url,
      `mutation { buildPostComment(postId: 1, input: { body: "Lost?" }) {
        ... on BuildPostCommentSuccess { comment { post { title } } } } }`,
    );
    expect(status).toBe(200);
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining('The write was kept'),
        extensions: { code: 'OUTCOME_UNKNOWN' },
      },
    ]);
    expect(await written()).toBe(1);
  });
});

describe('lost before COMMIT arrives', () => {
  test('the answer is OUTCOME_UNKNOWN: the service cannot tell', async () => {
    treatCommit(() => 'cut');
    const { errors } = await build(null);
    expect(errors).toMatchObject([{ extensions: { code: 'OUTCOME_UNKNOWN' } }]);
    expect(await written()).toBe(0);
  });

  test('with an idempotency key it is written then', async () => {
    treatCommit(() => 'cut');
    const { data } = await build('k1');
    expect(data.result.__typename).toBe('BuildPostCommentSuccess');
    expect(await written()).toBe(1);
  });
});

describe('killed while it commits', () => {
  beforeEach(() =>
    database.sql(`
      CREATE SEQUENCE tries;
      CREATE FUNCTION wait_at_commit() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF nextval('tries') = 1 THEN PERFORM pg_sleep(3600); END IF; RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER wait_at_commit AFTER INSERT ON comments
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.body = 'Lost?') EXECUTE FUNCTION wait_at_commit()`),
  );
  afterEach(() =>
    database.sql(`
      DROP TRIGGER wait_at_commit ON comments;
      DROP FUNCTION wait_at_commit;
      DROP SEQUENCE tries`),
  );

  const killAtCommit = async () => {
    for (let killed = 0; killed === 0; await sleep(5)) {
      const rows = await database.sql(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND query = 'COMMIT' AND wait_event = 'PgSleep'`,
      );
      killed = rows.length;
    }
  };

  test('the answer is OUTCOME_UNKNOWN', async () => {
    const [{ errors }] = await Promise.all([build(null), killAtCommit()]);
    expect(errors).toMatchObject([{ extensions: { code: 'OUTCOME_UNKNOWN' } }]);
    expect(await written()).toBe(0);
  });

  test('with an idempotency key it is written then', async () => {
    const [{ data }] = await Promise.all([build('k1'), killAtCommit()]);
    expect(data.result.__typename).toBe('BuildPostCommentSuccess');
    expect(await written()).toBe(1);
  });
});
