import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `npm run dev` finds the gateway. */
const GATEWAY = 'http://127.0.0.1:4000';

// A default export, because Vite wants one.
export default defineConfig({
  plugins: [react()],
  // Relative, so that the pages may be served below any path.
  base: './',
  build: {
    outDir: '../../dist/dashboard',
    emptyOutDir: true,
    // Inlined files would need `data:` in the content-security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: ['index.html', 'watch.html'] },
  },
  server: { proxy: { '/graphql': { target: GATEWAY, ws: true } } },
});
