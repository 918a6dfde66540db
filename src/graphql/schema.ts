import '../pothos/scalars.ts';
import './query.ts';
import './mutation.ts';
import './post.ts';
import './comment.ts';
import './author.ts';
import './tag.ts';
import './permalink.ts';
import { builder } from './builder.ts';

/** The schema of the service. */
export const schema = builder.toSchema({ sortSchema: false });
