import { type News, SlowSubscriberError, type Subscriber } from './channel.ts';
import type { Message } from './message.ts';

/** Those in one process who hear a channel. */
export interface Subscribers {
  /** One more; it hears nothing until `open` is called. */
  add(topic: string): { readonly subscriber: Subscriber; readonly open: () => void };
  /** Tells those of its topics. */
  tell(message: Message): void;
  /** Tells all that messages may have been lost. */
  tellLoss(): void;
  /** Ends all. */
  end(): void;
}

/** Makes the subscribers of a channel; `most` news at most wait for one of them. */
export function makeSubscribers(most: number): Subscribers {
  const byTopic = new Map<string, Set<Waiting>>();
  const all = () => [...byTopic.values()].flatMap((set) => [...set]);
  return {
    add(topic) {
      const set = byTopic.get(topic) ?? new Set();
      byTopic.set(topic, set);
      const waiting = makeWaiting(most, () => {
        set.delete(waiting);
        if (set.size === 0 && byTopic.get(topic) === set) byTopic.delete(topic);
      });
      set.add(waiting);
      return waiting;
    },
    tell({ topics, data }) {
      for (const topic of topics) {
        byTopic.get(topic)?.forEach(({ tell }) => tell({ kind: 'message', data }));
      }
    },
    tellLoss() {
      for (const { tell } of all()) tell({ kind: 'lost' });
    },
    end() {
      for (const { subscriber } of all()) subscriber.leave();
    },
  };
}

interface Waiting {
  readonly subscriber: Subscriber;
  readonly open: () => void;
  readonly tell: (news: News) => void;
}

function makeWaiting(most: number, onLeave: () => void): Waiting {
  const waiting: News[] = [];
  let state: 'closed' | 'open' | 'slow' | 'left' = 'closed';
  let wake = () => {};
  const end = (how: 'slow' | 'left') => {
    state = how;
    waiting.length = 0;
    onLeave();
    wake();
  };
  return {
    open() {
      if (state === 'closed') state = 'open';
    },
    tell(news) {
      if (state !== 'open') return;
      waiting.push(news);
      if (waiting.length > most) end('slow');
      else wake();
    },
    subscriber: {
      async next() {
        for (;;) {
          const news = waiting.shift();
          if (news) return news;
          if (state === 'left') return null;
          if (state === 'slow') throw new SlowSubscriberError(`more than ${most} news wait`);
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      },
      leave() {
        if (state !== 'left') end('left');
      },
    },
  };
}
