import { builder } from './builder.ts';
import './post.ts';
import './comment.ts';
import './author.ts';
import './tag.ts';
import './permalink.ts';
import './node.ts';

/** The schema of the service. */
export const schema = Object.assign(builder.toSchema({ sortSchema: false }), {
  description: `Posts with their comments, authors, tags and permalinks.

A mutation takes the state that is wanted of a record and of its associations: by cast, put, build or a foreign key. It writes the fewest changes in one transaction, and answers with what it did; \`dryRun\` shows that and keeps nothing.`,
});
