import type { Random } from '../soak/random.ts';
import type { Focus } from './focus.ts';
import type { Family, Habit, Stock } from './stock.ts';

/** How far what is made strays from what the schema and the rows allow. */
export type Mood = 'valid' | 'near' | 'hostile';

/** What makes one request. */
export type Maker = {
  readonly random: Random;
  readonly mood: Mood;
  readonly stock: Stock;
  readonly habit: Habit;
  /** The rows that the request is mostly about. */
  readonly home: Family;
  /** How many values of a hostile request may still be large. */
  large: number;
  /** Of the root field that is being made. */
  focus: Focus;
};

/** Makes the maker of one request. */
export function makeMaker(random: Random, stock: Stock, habit: Habit): Maker {
  return {
    random,
    mood: moodOf(random),
    stock,
    habit,
    home: random.pick(random.chance(0.8) ? habit.families : stock.families) ?? {},
    large: 1,
    focus: new Set(),
  };
}

/** Whether the next value is to be an odd one. */
export function isOdd({ random, mood }: Maker): boolean {
  return random.chance({ valid: 0, near: 0.06, hostile: 0.15 }[mood]);
}

function moodOf({ chance }: Random): Mood {
  if (chance(0.7)) return 'valid';
  return chance(0.65) ? 'near' : 'hostile';
}
