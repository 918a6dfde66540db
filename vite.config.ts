import { defineConfig } from 'vite';

/** The page that the service shows at `/`. */
export default defineConfig({
  root: 'src/web',
  // The sources of the library by its own name, as everywhere in the project.
  resolve: { conditions: ['prisma-assoc-source', 'module', 'browser', 'production'] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    // A picture or font within the page would need an exception in what it may load.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
});
