export const app = {
  'app.cancel': 'Cancel',
  'app.close': 'Close',
} as const;
