/** What Node takes to run the sources: as `npm run` runs them, the library by its own name too. */
export const tsx = ['--import', 'tsx', '--conditions=prisma-assoc-source'] as const;
