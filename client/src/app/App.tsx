import { lazy, Suspense } from 'react';
import { Route, Switch } from 'wouter';
import { useSession } from '../session/SessionContext.ts';
import { useReadable } from '../session/useReadable.ts';
import { Skeleton } from '../ui/Skeleton.tsx';
import { Shell } from './Shell.tsx';
import type { Updates } from './updates.ts';

// Somebody who is signed in does not load them.
const SignIn = lazy(async () => {
  const { SignIn: screen } = await import('../features/account/SignIn.tsx');
  return { default: screen };
});
const SignUp = lazy(async () => {
  const { SignUp: screen } = await import('../features/account/SignUp.tsx');
  return { default: screen };
});
const ResetPassword = lazy(async () => {
  const { ResetPassword: screen } = await import('../features/account/ResetPassword.tsx');
  return { default: screen };
});

export function App({ updates }: { updates: Updates }) {
  const { kind } = useReadable(useSession().state);
  if (kind === 'opening') return <Skeleton rows={6} />;
  return (
    <Suspense fallback={<Skeleton rows={6} />}>
      <Switch>
        <Route path="/sign-up">
          <SignUp />
        </Route>
        <Route path="/reset-password">
          <ResetPassword />
        </Route>
        <Route path="/sign-in">
          <SignIn />
        </Route>
        {/* The address stays: after signing in, it is what is shown. */}
        <Route>{kind === 'nobody' ? <SignIn /> : <Shell updates={updates} />}</Route>
      </Switch>
    </Suspense>
  );
}
