import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compileRelay, hasRelayCompiler } from './compile-relay.ts';

/*
 * Relay's compiler reads schema.graphql and documents as a Relay client has them: it wants ids that
 * are unique over all types, and types that agree under every interface and union.
 */

const documents = [
  `
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
  `,
  `
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
  `,
  `
    fragment Post_page on Post
    @refetchable(queryName: "PostPageQuery")
    @argumentDefinitions(count: { type: "Int", defaultValue: 10 }, cursor: { type: "String" }) {
      id title lockVersion
      commentsConnection(first: $count, after: $cursor) @connection(key: "Post_commentsConnection") {
        edges { node { id body } }
      }
    }
  `,
];

test.runIf(hasRelayCompiler)(
  'relay-compiler takes the worked example, a @refetchable fragment and a @connection',
  async () => {
    const folder = await compileRelay('Post', documents);
    const artifact = (name: string) => readFile(join(folder, `${name}.graphql.ts`), 'utf8');
    expect(await artifact('PostWorkedExampleMutation')).toContain('recordNodeId');
    expect(await artifact('PostPageQuery')).toContain('node(nodeId: $nodeId)');
    expect(await artifact('Post_page')).toContain('__Post_commentsConnection_connection');
  },
);
