import { useRef } from 'preact/hooks';
import { subjectOf } from '../api/token.ts';

/** Shows who asks, and takes a token. */
export function SignIn({
  token,
  onSignIn,
}: {
  readonly token: string | null;
  readonly onSignIn: (token: string) => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const keep = (pasted: string) => {
    onSignIn(pasted);
    if (field.current) field.current.value = '';
    dialog.current?.close();
  };
  return (
    <div class="who">
      <button type="button" class="quiet" onClick={() => dialog.current?.showModal()}>
        {token === null ? 'Sign in' : `Signed in as ${subjectOf(token)}`}
      </button>
      <dialog ref={dialog} aria-labelledby="sign-in-title">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            keep(field.current?.value.trim() ?? '');
          }}
        >
          <h2 id="sign-in-title">Sign in</h2>
          <p>
            Paste a token of this service. It is kept until you close the tab. A service that is
            open needs none.
          </p>
          <label for="token">Token</label>
          <input id="token" ref={field} type="password" autocomplete="off" />
          <div class="buttons">
            <button type="submit" class="primary">
              Sign in
            </button>
            {token !== null && (
              <button type="button" onClick={() => keep('')}>
                Sign out
              </button>
            )}
            <button type="button" class="quiet" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
          </div>
        </form>
      </dialog>
    </div>
  );
}
