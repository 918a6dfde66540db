import { rowKeyText } from '../../model/key.ts';
import type { Struct } from '../../model/struct.ts';
import {
  childrenOf,
  type LoadedInput,
  type LoadedTool,
  takenIn,
  withLoaded,
} from '../load/load-input.ts';

/**
 * A loaded input in which no list holds what another one takes in: such a record moves, so the list
 * that leaves it out does not lose it, and its onReplace is not asked.
 */
export function withoutMoved(loaded: LoadedInput): LoadedInput {
  const moved = new Set(movedIn(loaded));
  return moved.size === 0 ? loaded : release(loaded, moved);
}

/** The records that lists take in. A link of a many_to_many takes nothing from another list. */
function movedIn({ tools }: LoadedInput): readonly string[] {
  return tools.flatMap((tool) => {
    const { kind } = tool.association;
    const taken = kind === 'hasOne' || kind === 'hasMany' ? takenIn(tool).map(textOf) : [];
    return [...taken, ...childrenOf(tool).flatMap(movedIn)];
  });
}

function release(loaded: LoadedInput, moved: ReadonlySet<string>): LoadedInput {
  const tools = loaded.tools.map((tool) => releaseOf(tool, moved));
  return { ...loaded, tools, struct: tools.reduce(withLoaded, loaded.struct) };
}

function releaseOf(tool: LoadedTool, moved: ReadonlySet<string>): LoadedTool {
  const below = (item: LoadedInput) => release(item, moved);
  const leaves = (record: Struct) => moved.has(textOf(record));
  switch (tool.kind) {
    case 'cast': {
      if (tool.pairs === null) return tool;
      const left = tool.pairs.left.filter((record) => !leaves(record));
      const gone = new Set(tool.pairs.left.filter(leaves));
      const current = tool.current.filter((record) => !gone.has(record));
      const pairs = tool.pairs.pairs.map((pair) => ({ ...pair, item: below(pair.item) }));
      return { ...tool, current, pairs: { pairs, left } };
    }
    case 'put': {
      const named = new Set(takenIn(tool).map(textOf));
      const stays = (record: Struct) => named.has(textOf(record)) || !leaves(record);
      return { ...tool, current: tool.current.filter(stays) };
    }
    case 'build':
      return { ...tool, items: tool.items.map(below) };
    case 'null':
      return tool;
    default:
      return tool satisfies never;
  }
}

const textOf = ({ model, fields }: Struct) => rowKeyText(model, fields);
