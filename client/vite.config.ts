import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';

/** Where `npm run dev` finds the server. */
const SERVER = process.env['SKERRY_SERVER'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [
    react(),
    tailwindcss(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'src/sw',
      filename: 'serviceWorker.ts',
      // The app registers it itself: a new version waits for the person's yes.
      injectRegister: null,
      injectManifest: { globPatterns: ['**/*.{js,css,html,svg,png}'] },
      manifest: {
        id: '/',
        name: 'Skerry',
        short_name: 'Skerry',
        description: 'A team chat that keeps working where the network does not.',
        start_url: '/',
        scope: '/',
        display: 'standalone',
        background_color: '#eef2f3',
        theme_color: '#0b6470',
        icons: [
          { src: '/icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: '/icon-512.png', sizes: '512x512', type: 'image/png' },
          {
            src: '/icon-maskable-512.png',
            sizes: '512x512',
            type: 'image/png',
            purpose: 'maskable',
          },
        ],
      },
    }),
  ],
  build: {
    // scripts/bundleSize.ts reads it.
    manifest: true,
    // The browsers below know module preloading.
    modulePreload: { polyfill: false },
    // The first that know `light-dark()`.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    // What the first screen needs comes in two files, not in many: they compress better, and the
    // libraries stay in people's caches when the app changes.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'libraries', tags: ['$initial'], test: /node_modules/, priority: 1 },
            { name: 'first', tags: ['$initial'] },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      '/api': SERVER,
      '/sync': { target: SERVER, ws: true },
      '/yjs': { target: SERVER, ws: true },
    },
  },
});
