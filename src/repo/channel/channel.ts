/** What a subscriber hears: a message, or that some may have been lost while nobody listened. */
export type News = { readonly kind: 'message'; readonly data: unknown } | { readonly kind: 'lost' };

/** One who hears what is sent to a topic, in the order of COMMIT. */
export interface Subscriber {
  /**
   * Waits for the next news; null once it has left.
   * @throws SlowSubscriberError where more waits for it than is kept.
   */
  next(): Promise<News | null>;
  /** Ends it, also while it waits. */
  leave(): void;
}

/** What all processes on one database hear of each other. */
export interface Channel {
  /** Its name in the database. */
  readonly name: string;
  /** Hears what is sent to a topic by transactions that commit from now on. */
  join(topic: string): Promise<Subscriber>;
}

/** A subscriber takes its news more slowly than they come. */
export class SlowSubscriberError extends Error {
  override readonly name = 'SlowSubscriberError';
}
