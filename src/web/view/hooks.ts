import { useEffect, useLayoutEffect, useState } from 'preact/hooks';

/** A value as it has been for so many ms: what somebody types, once they pause. */
export function usePaused<T>(value: T, ms: number): T {
  const [paused, setPaused] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return paused;
}

/** Gives what moves the focus to the element of an id, once the page shows what has been changed. */
export function useFocusNext(): (id: string) => void {
  const [next, setNext] = useState<{ readonly id: string } | null>(null);
  useLayoutEffect(() => {
    if (next) document.getElementById(next.id)?.focus();
  }, [next]);
  return (id) => setNext({ id });
}

/** The id of the post in the address of the page, `#/posts/7`; null where there is none. */
export function usePostId(): string | null {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = () => setHash(location.hash);
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return /^#\/posts\/(\d+)$/.exec(hash)?.[1] ?? null;
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
