import { defineDomain } from 'prisma-assoc/changeset';
import { datamodel } from '../generated/datamodel.ts';
import { author } from './author.ts';
import { comment } from './comment.ts';
import { permalink } from './permalink.ts';
import { post } from './post.ts';
import { tag } from './tag.ts';

/** The blog: what clients write of each model, an owner before what it owns. */
export const blog = defineDomain(datamodel, {
  Author: author,
  Post: post,
  Comment: comment,
  Tag: tag,
  Permalink: permalink,
});
