import {
  buildStruct,
  cast,
  castAssoc,
  change,
  type Changeset,
  putAction,
  putAssoc,
} from 'prisma-assoc/changeset';
import { blog } from '../../blog/domain.ts';
import { type Draft, isNew, type TagDraft } from './draft.ts';

/**
 * The changeset of a draft, made by the code that the service runs: what is wrong with the form,
 * and, by `planWrite`, what saving it would do. `postInput` says the same in the words of the API.
 */
export function changesetOf(draft: Draft): Changeset {
  const { base, title, body, url } = draft;
  const post = isNew(draft) ? buildStruct(blog.model('Post')) : blog.record('Post', base);
  let changeset = blog.changeset('Post')(post, { title, body });
  changeset = cast(changeset, { comments: draft.comments.map(entryOf) }, []);
  changeset = castAssoc(changeset, 'comments', { with: castComment });
  changeset = putAssoc(changeset, 'tags', tagsOf(draft).map(putTag), { onReplace: 'delete' });
  if (url === '') return putAssoc(changeset, 'permalink', null, { onReplace: 'delete' });
  changeset = cast(changeset, { permalink: { url } }, []);
  return castAssoc(changeset, 'permalink', {
    with: blog.changeset('Permalink'),
    onReplace: 'update',
  });
}

/** The tags that the post is to have. */
export function tagsOf({ tags }: Draft): readonly TagDraft[] {
  return tags.filter(({ removed }) => !removed);
}

function entryOf({ id, body, removed }: Draft['comments'][number]) {
  return { ...(id !== null && { id }), ...(removed ? { delete: true } : { body }) };
}

const castComment: Parameters<typeof castAssoc>[2]['with'] = (comment, params) =>
  params['delete'] === true
    ? putAction(change(comment), 'delete')
    : blog.changeset('Comment')(comment, { body: params['body'] });

function putTag({ id, name }: TagDraft) {
  return id === null
    ? blog.changeset('Tag')(buildStruct(blog.model('Tag')), { name })
    : blog.record('Tag', { id, name });
}
