import { defineConfig } from 'orval';

export default defineConfig({
  icr: {
    input: process.env.ICR_DOCUMENT ?? '',
    output: {
      target: 'client/client.ts',
      client: 'fetch',
      override: { mutator: { path: 'transport.ts', name: 'send' } },
    },
  },
});
