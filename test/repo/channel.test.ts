import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type News, SlowSubscriberError } from '../../src/repo/channel/channel.ts';
import { makeAssembler, type Message, toParts } from '../../src/repo/channel/message.ts';
import { makeSubscribers } from '../../src/repo/channel/subscribers.ts';
import { anyText } from '../support/any-text.ts';
import { holds } from '../support/holds.ts';

const assembled = (parts: readonly string[]): readonly (readonly [string, Message])[] => {
  const messages: [string, Message][] = [];
  const assemble = makeAssembler((id, message) => messages.push([id, message]));
  parts.forEach(assemble);
  return messages;
};

describe('a message', () => {
  test('comes as it was sent, in parts that PostgreSQL takes', async () => {
    const text = anyText({ maxLength: 300 });
    const repeated = fc.tuple(text, fc.nat(100)).map(([piece, times]) => piece.repeat(times));
    await holds(fc.tuple(fc.array(text), repeated), ([topics, data]) => {
      const message = { topics, data: { data } };
      const parts = toParts('id', message);
      for (const part of parts) expect(Buffer.byteLength(part)).toBeLessThan(8_000);
      expect(new Set(parts).size).toBe(parts.length);
      expect(assembled(parts)).toEqual([['id', message]]);
    });
  });

  const [first = '', second = '', third = ''] = toParts('long', {
    topics: [],
    data: 'x'.repeat(20_000),
  });
  const [short = ''] = toParts('short', { topics: ['a'], data: null });

  test.each([
    ['its first part', [second, third, short]],
    ['its last part', [first, second, short]],
    ['a part within', [first, third, short]],
  ])('that lacks %s is left out, and the next one comes', (_what, parts) => {
    expect(assembled(parts)).toEqual([['short', { topics: ['a'], data: null }]]);
  });

  test('is not what somebody else sends over the channel', () => {
    expect(assembled(['', 'reload', 'a 0', short])).toHaveLength(1);
  });
});

describe('a subscriber', () => {
  const message = (data: unknown): Message => ({ topics: ['a'], data });
  const news = (data: unknown): News => ({ kind: 'message', data });
  const subscribe = (most = 10) => {
    const subscribers = makeSubscribers(most);
    return { subscribers, ...subscribers.add('a') };
  };

  test('hears what is sent to its topic once it is open, in order', async () => {
    const { subscribers, subscriber, open } = subscribe();
    subscribers.tell(message('before'));
    open();
    subscribers.tell(message(1));
    subscribers.tell({ topics: ['b'], data: 'of another topic' });
    subscribers.tell({ topics: ['b', 'a'], data: 2 });
    subscribers.tellLoss();
    expect(await subscriber.next()).toEqual(news(1));
    expect(await subscriber.next()).toEqual(news(2));
    expect(await subscriber.next()).toEqual({ kind: 'lost' });
    const next = subscriber.next();
    subscribers.tell(message(3));
    expect(await next).toEqual(news(3));
  });

  test.each([
    ['it leaves', (of: ReturnType<typeof subscribe>) => of.subscriber.leave()],
    ['the channel is closed', (of: ReturnType<typeof subscribe>) => of.subscribers.end()],
  ])('hears nothing more once %s, also while it waits', async (_how, end) => {
    const subscribed = subscribe();
    subscribed.open();
    const next = subscribed.subscriber.next();
    end(subscribed);
    subscribed.subscribers.tell(message(1));
    expect(await next).toBeNull();
    expect(await subscribed.subscriber.next()).toBeNull();
  });

  test('who lets more wait than is kept is ended, and no other', async () => {
    const { subscribers, subscriber, open } = subscribe(2);
    const other = subscribers.add('a');
    open();
    other.open();
    subscribers.tell(message(1));
    expect(await other.subscriber.next()).toEqual(news(1));
    subscribers.tell(message(2));
    subscribers.tell(message(3));
    await expect(subscriber.next()).rejects.toThrow(SlowSubscriberError);
    expect(await other.subscriber.next()).toEqual(news(2));
    expect(await other.subscriber.next()).toEqual(news(3));
  });
});
