import { blog } from '../../src/blog/domain.ts';
import { cast } from '../../src/changeset/cast.ts';
import type { Changeset, Params } from '../../src/changeset/changeset.ts';
import { validated } from '../../src/domain/aggregate.ts';
import { getModel } from '../../src/model/datamodel/read-models.ts';
import { loadStruct, type Loaded, type Struct } from '../../src/model/struct.ts';
import type { Values } from '../../src/model/value.ts';

/** A stored record of the blog, as far as a test says what it holds. */
export function stored(
  model: string,
  fields: Values,
  assocs: { readonly [name: string]: Loaded } = {},
): Struct {
  return loadStruct(getModel(blog.models, model), fields, assocs);
}

/** A stored comment of a post. */
export function storedComment(id: bigint, postId: bigint, body: string): Struct {
  return stored('Comment', { id, body, postId, lockVersion: 1 });
}

/** The changeset function of a comment in a list. */
export function castComment(child: Struct, params: Params): Changeset {
  return validated(blog.aggregate('Comment'), cast(child, params, ['body']), null);
}
