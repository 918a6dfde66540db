import { useRef, useState } from 'preact/hooks';
import { type Draft, NEW_ID, type Post } from '../form/draft.ts';
import { Editor } from './editor.tsx';
import { addressOf, useLeaveWarning, usePostId, useToken } from './hooks.ts';
import { PostList } from './post-list.tsx';
import { SignIn } from './sign-in.tsx';

/** Drafts of posts that somebody has left without saving, by the posts' ids. */
export type Drafts = Map<string, Draft>;

/** The whole page: the posts, and the one that is being edited. */
export function App() {
  const id = usePostId();
  const { token, isRefused, takeToken } = useToken();
  const [edition, setEdition] = useState(0);
  const drafts = useRef<Drafts>(new Map());
  const created = useRef<string | null>(null);
  const takeWritten = (post: Post | null) => {
    setEdition((count) => count + 1);
    if (!post || location.hash !== addressOf(NEW_ID)) return;
    created.current = post.id;
    location.replace(addressOf(post.id));
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
      <div role="alert">
        {isRefused && (
          <p class="told">
            You are signed out: your token is not valid any more. What you have typed is still here.
          </p>
        )}
      </div>
      <main class={id === null ? 'choosing' : 'editing'}>
        <PostList selected={id} edition={edition} />
        {id === null ? (
          <p class="welcome">Choose a post to edit, or begin a new one.</p>
        ) : (
          <Editor
            key={id}
            id={id}
            token={token}
            isCreated={id === created.current}
            drafts={drafts.current}
            onWritten={takeWritten}
          />
        )}
      </main>
    </>
  );
}
