/**
 * What the page of GraphiQL runs, as text: opens it with examples, whose places it fills from the
 * data, with a post that has a few comments if there is one. An example is left out where there is
 * nothing to put in.
 */
export const START = `
async function openGraphiql(options, examples) {
  const ask = async (query, variables = {}) => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ query, variables });
    const response = await fetch(options.endpoint, { method: 'POST', headers, body });
    return (await response.json()).data;
  };
  const findPost = async () => {
    const { posts } = await ask(\`query FindPosts {
      posts(first: 50, orderBy: [{ id: Asc }]) { edges { node { id commentCount } } }
    }\`);
    const short = posts.edges.map(({ node }) => node).filter((node) => node.commentCount < 20);
    const found = short.find(({ commentCount }) => commentCount > 1) ?? short[0];
    const { post } = await ask(\`query FindPost($id: ID!) {
      post(id: $id) { id comments { id body } tags(first: 1) { name } }
    }\`, { id: found.id });
    return post;
  };
  const text = (value) => JSON.stringify(value);
  const valuesOf = ({ id, comments, tags }) => {
    const kept = comments.slice(comments.length > 1 ? 1 : 0);
    const entries = kept.map((comment, index) => {
      const body = index === kept.length - 1 ? 'Thank you for the post' : comment.body;
      return \`{ id: \${text(comment.id)}, body: \${text(body)} }\`;
    });
    entries.push('{ body: "Interesting" }');
    return {
      id: text(id),
      entries: entries.map((entry) => \`\\n        \${entry}\`).join('') + '\\n      ',
      tag: text(tags[0]?.name ?? 'ecto'),
      comment: text(comments.at(-1)?.id ?? '1'),
    };
  };
  const values = await findPost().then(valuesOf).catch(() => ({}));
  const tabs = examples
    .map((example) => example.replace(/<(\\w+)>/g, (place, name) => values[name] ?? place))
    .filter((query) => !/<\\w+>/.test(query))
    .map((query) => ({ query }));
  YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), {
    ...options,
    defaultTabs: tabs,
    defaultQuery: tabs[0].query,
  });
}
`;
