import { Suspense } from 'react';
import { Route, Switch } from 'wouter';
import { ResetPassword } from '../features/account/ResetPassword.tsx';
import { SignIn } from '../features/account/SignIn.tsx';
import { SignUp } from '../features/account/SignUp.tsx';
import { useSession } from '../session/SessionContext.ts';
import { useReadable } from '../session/useReadable.ts';
import { Skeleton } from '../ui/Skeleton.tsx';
import { Shell } from './Shell.tsx';
import type { Updates } from './updates.ts';

export function App({ updates }: { updates: Updates }) {
  const { kind } = useReadable(useSession().state);
  if (kind === 'opening') return <Skeleton rows={6} />;
  return (
    <Suspense fallback={<Skeleton rows={6} />}>
      <Switch>
        <Route path="/sign-up" component={SignUp} />
        <Route path="/reset-password" component={ResetPassword} />
        <Route path="/sign-in" component={SignIn} />
        {/* The address stays: after signing in, it is what is shown. */}
        <Route>{kind === 'nobody' ? <SignIn /> : <Shell updates={updates} />}</Route>
      </Switch>
    </Suspense>
  );
}
