import { useRef, useState } from 'preact/hooks';
import { keepToken, readToken } from '../api/token.ts';
import type { Draft } from '../form/draft.ts';
import { Editor } from './editor.tsx';
import { useLeaveWarning, usePostId } from './hooks.ts';
import { PostList } from './post-list.tsx';
import { SignIn } from './sign-in.tsx';

/** Drafts of posts that somebody has left without saving, by the posts' ids. */
export type Drafts = Map<string, Draft>;

/** The whole page: the posts, and the one that is being edited. */
export function App() {
  const id = usePostId();
  const [token, setToken] = useState(readToken);
  const [edition, setEdition] = useState(0);
  const drafts = useRef<Drafts>(new Map());
  const reload = () => setEdition((count) => count + 1);
  const takeToken = (given: string) => {
    keepToken(given);
    setToken(readToken());
    reload();
  };
  useLeaveWarning(() => drafts.current.size > 0);
  return (
    <>
      <header class="top">
        <a class="brand" href="#/">
          Posts
        </a>
        {id !== null && (
          <a class="back" href="#/">
            ‹ All posts
          </a>
        )}
        <nav aria-label="Service">
          <a href="/graphql">GraphiQL</a>
        </nav>
        <SignIn token={token} onToken={takeToken} />
      </header>
      <main class={id === null ? 'choosing' : 'editing'}>
        <PostList selected={id} edition={edition} />
        {id === null ? (
          <p class="welcome">Choose a post to edit.</p>
        ) : (
          <Editor key={`${id} ${token ?? ''}`} id={id} drafts={drafts.current} onSaved={reload} />
        )}
      </main>
    </>
  );
}
