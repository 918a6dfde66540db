import { withSafeIds } from 'prisma-assoc/pothos';
import { builder } from './builder.ts';
import './post.ts';
import './comment.ts';
import './author.ts';
import './tag.ts';
import './permalink.ts';

/** The schema of the service. */
export const schema = withSafeIds(builder.toSchema({ sortSchema: false }));
