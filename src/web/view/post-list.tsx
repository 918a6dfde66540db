import { useEffect, useState } from 'preact/hooks';
import { ask } from '../api/ask.ts';
import { NEW_ID } from '../form/draft.ts';
import { PostsDocument, type PostsQuery } from '../generated/graphql.ts';
import { addressOf, usePaused } from './hooks.ts';

type Item = PostsQuery['posts']['edges'][number]['node'];

/** The posts, the newest first, found by their titles. `edition` changes when one has been saved. */
export function PostList({
  selected,
  edition,
}: {
  readonly selected: string | null;
  readonly edition: number;
}) {
  const [search, setSearch] = useState('');
  const { items, next, problem, more } = usePosts(usePaused(search, 200), edition);
  return (
    <section class="posts" aria-labelledby="posts-title">
      <div class="begin">
        <h1 id="posts-title">All posts</h1>
        <a href={addressOf(NEW_ID)} aria-current={selected === NEW_ID ? 'page' : undefined}>
          New post
        </a>
      </div>
      <search>
        <label for="search" class="hidden">
          Search by title
        </label>
        <input
          id="search"
          type="search"
          placeholder="Search by title"
          value={search}
          onInput={({ currentTarget }) => setSearch(currentTarget.value)}
        />
      </search>
      {problem !== null && <p role="alert">{problem}</p>}
      <ul>
        {items?.map(({ id, title, author, commentCount }) => (
          <li key={id}>
            <a href={addressOf(id)} aria-current={id === selected ? 'page' : undefined}>
              <strong>{title}</strong>
              <small>
                {author ? `${author.name} · ` : ''}
                {commentCount === 1 ? '1 comment' : `${commentCount} comments`}
              </small>
            </a>
          </li>
        ))}
      </ul>
      {items?.length === 0 && <p class="none">No post has such a title.</p>}
      {next !== null && (
        <button type="button" onClick={more}>
          More posts
        </button>
      )}
    </section>
  );
}

function usePosts(search: string, edition: number) {
  const [items, setItems] = useState<readonly Item[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const load = async (after: string | null, isWanted: () => boolean) => {
    const where =
      search === '' ? {} : { title: { contains: search, mode: 'Insensitive' as const } };
    const answer = await ask(PostsDocument, { where, after });
    if (!isWanted()) return;
    if (answer.kind === 'failed') return setProblem(answer.message);
    const { edges, pageInfo } = answer.data.posts;
    const page = edges.map(({ node }) => node);
    setItems((before) => (after === null ? page : [...(before ?? []), ...page]));
    setNext(pageInfo.hasNextPage ? pageInfo.endCursor : null);
    setProblem(null);
  };
  useEffect(() => {
    let isWanted = true;
    void load(null, () => isWanted);
    return () => {
      isWanted = false;
    };
  }, [search, edition]);
  return { items, next, problem, more: () => void load(next, () => true) };
}
