import { builder } from './builder.ts';
import './post.ts';
import './comment.ts';
import './author.ts';
import './tag.ts';
import './permalink.ts';
import './node.ts';

/** The schema of the service. */
export const schema = builder.toSchema({ sortSchema: false });
