import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import * as z from 'zod/mini';
import { createSession } from '../session/session.ts';
import { SessionContext } from '../session/SessionContext.ts';
import { applyAppearance, readAppearance } from '../ui/appearance.ts';
import '../ui/tokens.css';
import { App } from './App.tsx';
import { followUnread } from './badge.ts';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { followUpdates } from './updates.ts';
import { followViewport } from './viewport.ts';

// The content security policy forbids `new Function`, which zod would try.
z.config({ jitless: true });

applyAppearance(readAppearance());
followViewport();
const updates = followUpdates();
const session = createSession(`${location.origin.replace(/^http/, 'ws')}/sync`);
followUnread(session);
void session.start();

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <ErrorBoundary>
      <SessionContext value={session}>
        <App updates={updates} />
      </SessionContext>
    </ErrorBoundary>
  </StrictMode>,
);
