import type { Value } from '../../src/model/value.ts';
import type { Preload, PreloadQuery } from '../../src/repo/read/preload.ts';
import type { CasePreload, CaseQuery } from './operation.ts';
import { textOf } from './json.ts';

/** The repo's words for what a case preloads. */
export function toPreload(preload: CasePreload): Preload {
  if (typeof preload === 'string') return preload;
  const { assoc, query, preload: below = [] } = preload;
  return {
    assoc,
    ...(query && { query: toQuery(query) }),
    preload: below.map(toPreload),
  };
}

function toQuery(query: CaseQuery): PreloadQuery {
  const { where = [], order_by = [], limit, preload = [] } = query;
  return {
    where: { AND: where.map(toCondition) },
    orderBy: order_by.map(([way, field]) => ({ [field]: way })),
    ...(limit !== undefined && { limit }),
    preload: preload.map(toPreload),
  };
}

type Condition = readonly [field: string, operator: string, value: Value];

const operators: Readonly<Record<string, string>> = {
  '==': 'equals',
  '!=': 'not',
  '>': 'gt',
  '>=': 'gte',
  '<': 'lt',
  '<=': 'lte',
  in: 'in',
};

function toCondition([field, operator, value]: Condition): object {
  const word = operators[operator];
  if (word !== undefined) return { [field]: { [word]: value } };
  if (operator !== 'like' && operator !== 'ilike') {
    throw new Error(`no condition is known as "${operator}"`);
  }
  const mode = operator === 'ilike' ? { mode: 'insensitive' } : {};
  const parts = likeParts(textOf(value));
  return { AND: parts.map((part) => ({ [field]: { ...part, ...mode } })) };
}

/** Prisma hands a pattern's own `%` and `_` on as they are; it only adds the one at an end. */
function likeParts(pattern: string): readonly object[] {
  if (pattern.endsWith('%')) return [{ startsWith: pattern.slice(0, -1) }];
  if (pattern.startsWith('%')) return [{ endsWith: pattern.slice(1) }];
  if (!/[%_\\]/.test(pattern)) return [{ equals: pattern }];
  return [{ startsWith: pattern }, { endsWith: pattern }];
}
