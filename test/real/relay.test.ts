import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { root } from '../readme/readme.ts';

/*
 * Relay's compiler reads schema.graphql and documents as a Relay client has them: it wants ids that
 * are unique over all types, and types that agree under every interface and union.
 */

const require = createRequire(import.meta.url);
/** The path of its program; null where it has none for this platform. */
const program: unknown = require('relay-compiler');
const isTried = program !== null || process.env['CI'] !== undefined;
if (!isTried) console.warn('NOT TRIED: relay-compiler has no program for this platform');

const config = {
  src: '.',
  schema: 'schema.graphql',
  language: 'typescript',
  schemaConfig: { nodeInterfaceIdField: 'nodeId', nodeInterfaceIdVariableName: 'nodeId' },
};

const documents = `
  graphql\`
    mutation PostWorkedExampleMutation {
      updatePost(id: 7, input: { comments: { cast: { entries: [
        { id: 11, body: "What happened next?" }
        { id: 12, body: "Thank you for the post" }
        { body: "Interesting" }
      ] } } }) {
        __typename
        ... on UpdatePostSuccess {
          post { ...Post_page }
          changeset { ...Post_changeset }
        }
        ... on DryRun { changeset { ...Post_changeset } }
        ... on InvalidChangeset { issues { code message template params path } }
        ... on StaleEntry { path type recordId }
        ... on NotFound { type recordId }
        ... on Forbidden { path }
        ... on LimitExceeded { path limit actual }
        ... on WriteError { message }
      }
    }
  \`;
  graphql\`
    fragment Post_changeset on Changeset {
      operations {
        action type recordId recordNodeId path reason
        changes { field from to }
        post { id title lockVersion }
        comment { id body lockVersion post { id } }
        author { id name }
        tag { id name }
        permalink { id url post { id } }
      }
      counts { inserted updated deleted linked unlinked unchanged }
    }
  \`;
  graphql\`
    fragment Post_page on Post
    @refetchable(queryName: "PostPageQuery")
    @argumentDefinitions(count: { type: "Int", defaultValue: 10 }, cursor: { type: "String" }) {
      id title lockVersion
      commentsConnection(first: $count, after: $cursor) @connection(key: "Post_commentsConnection") {
        edges { node { id body } }
      }
    }
  \`;
`;

test.runIf(isTried)(
  'relay-compiler takes the worked example, a @refetchable fragment and a @connection',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'relay-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await copyFile(join(root, 'schema.graphql'), join(folder, 'schema.graphql'));
    await writeFile(join(folder, 'relay.config.json'), JSON.stringify(config));
    await writeFile(join(folder, 'Post.ts'), documents);
    await promisify(execFile)(String(program), ['relay.config.json'], { cwd: folder });
    const artifact = (name: string) =>
      readFile(join(folder, '__generated__', `${name}.graphql.ts`), 'utf8');
    expect(await artifact('PostWorkedExampleMutation')).toContain('recordNodeId');
    expect(await artifact('PostPageQuery')).toContain('node(nodeId: $nodeId)');
    expect(await artifact('Post_page')).toContain('__Post_commentsConnection_connection');
  },
);
