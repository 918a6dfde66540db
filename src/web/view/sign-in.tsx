import { useRef, useState } from 'preact/hooks';
import { refusalOf } from '../api/ask.ts';
import { subjectOf } from '../api/token.ts';

/** Shows who asks, and takes a token that the service takes. */
export function SignIn({
  token,
  onToken,
}: {
  readonly token: string | null;
  /** An empty one is to be forgotten. */
  readonly onToken: (token: string) => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const signIn = async () => {
    const pasted = field.current?.value.trim() ?? '';
    const refusal = pasted === '' ? 'Paste a token first.' : await refusalOf(pasted);
    setProblem(refusal);
    if (refusal !== null) return field.current?.focus();
    onToken(pasted);
    dialog.current?.close();
  };
  return (
    <div class="who">
      <button type="button" id="sign-in" class="quiet" onClick={() => dialog.current?.showModal()}>
        {token === null ? 'Sign in' : `Signed in as ${subjectOf(token)}`}
      </button>
      <dialog
        ref={dialog}
        aria-labelledby="sign-in-title"
        onClose={() => {
          if (field.current) field.current.value = '';
          setProblem(null);
        }}
      >
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void signIn();
          }}
        >
          <h2 id="sign-in-title">
            {token === null ? 'Sign in' : `Signed in as ${subjectOf(token)}`}
          </h2>
          <p>
            Paste a token of this service. It is kept until you close the tab. A service that is
            open needs none.
          </p>
          <div>
            <label for="token">{token === null ? 'Token' : 'Another token'}</label>
            <input
              id="token"
              ref={field}
              type="password"
              autocomplete="off"
              aria-invalid={problem !== null}
              aria-describedby="token-notes"
            />
            <div class="notes" id="token-notes" role="alert">
              {problem !== null && <span class="issue">{problem}</span>}
            </div>
          </div>
          <div class="buttons">
            <button type="submit" class="primary">
              Sign in
            </button>
            {token !== null && (
              <button
                type="button"
                onClick={() => {
                  onToken('');
                  dialog.current?.close();
                }}
              >
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
