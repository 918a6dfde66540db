import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { keepToken, readToken, SIGNED_OUT } from '../api/token.ts';

/** A value as it has been for so many ms: what somebody types, once they pause. */
export function usePaused<T>(value: T, ms: number): T {
  const [paused, setPaused] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return paused;
}

/**
 * Gives what moves the focus to the element of an id, once the page shows what has been changed; to
 * that of `first` at the beginning.
 */
export function useFocusNext(first: string | null): (id: string) => void {
  const [next, setNext] = useState(first === null ? null : { id: first });
  useLayoutEffect(() => {
    if (next) document.getElementById(next.id)?.focus();
  }, [next]);
  return (id) => setNext({ id });
}

/** The token that is kept, whether the last one has been refused, and what takes another one. */
export function useToken() {
  const [token, setToken] = useState(readToken);
  const [isRefused, setRefused] = useState(false);
  const follow = (refused: boolean) => {
    setToken(readToken());
    setRefused(refused);
  };
  useEffect(() => {
    const forget = () => follow(true);
    addEventListener(SIGNED_OUT, forget);
    return () => removeEventListener(SIGNED_OUT, forget);
  }, []);
  const takeToken = (given: string) => {
    keepToken(given);
    follow(false);
  };
  return { token, isRefused, takeToken };
}

/** The address of the page where a post is edited. */
export function addressOf(id: string): string {
  return `#/posts/${id}`;
}

/** The id of the post that the page's address names; null where it names none. */
export function usePostId(): string | null {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = () => setHash(location.hash);
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return /^#\/posts\/(\d+|new)$/.exec(hash)?.[1] ?? null;
}

/** Has the browser ask before it closes the tab while something would be lost. */
export function useLeaveWarning(isUnsaved: () => boolean): void {
  useEffect(() => {
    const warn = (event: Event) => {
      if (isUnsaved()) event.preventDefault();
    };
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, []);
}
