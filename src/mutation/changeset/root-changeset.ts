import type { Changeset } from '../../changeset/changeset.ts';
import { putAction } from '../../changeset/changeset.ts';
import { expectVersion } from '../../changeset/optimistic-lock.ts';
import type { Gathered } from '../load/load-input.ts';
import type { Request } from '../request.ts';
import { toChangeset } from './input-changeset.ts';
import { unchanged } from './unchanged.ts';

/** The changeset of a request, with the action that it asks for. */
export function rootChangeset(gathered: Gathered, request: Request): Changeset {
  switch (request.kind) {
    case 'create':
    case 'build':
      return putAction(toChangeset(gathered), 'insert');
    case 'update':
      return putAction(toChangeset(gathered), 'update');
    case 'delete': {
      const start = unchanged(request.aggregate, gathered.struct);
      const guarded =
        request.lockVersion === null ? start : expectVersion(start, request.lockVersion);
      return putAction(guarded, 'delete');
    }
    default:
      return request satisfies never;
  }
}
