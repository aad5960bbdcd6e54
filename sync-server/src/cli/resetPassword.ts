import { createPasswordReset, RESET_LINK_HOURS } from '../accounts/passwordResets.ts';
import { createUserStore } from '../accounts/userStore.ts';
import { systemClock } from '../platform/clock.ts';
import { openDatabase } from '../platform/database.ts';
import { runCommand } from './command.ts';

// npm run reset-password -- <handle or e-mail address>
runCommand(async ({ database, http }, [login]) => {
  if (login === undefined) throw new Error('Usage: npm run reset-password -- <handle>');
  const db = await openDatabase(database);
  try {
    const deps = { db, users: createUserStore(db), clock: systemClock };
    const made = await createPasswordReset(deps, login);
    if (!made.ok) throw new Error(`Nobody here is called ${login}.`);
    const { handle, token } = made.value;
    const base = http.publicUrl ?? `http://${http.host}:${http.port}`;
    console.log(`For ${handle}, once, within ${RESET_LINK_HOURS} hours:`);
    // After "#": what follows it is sent to no server and stands in no log.
    console.log(`${base.replace(/\/$/, '')}/reset-password#token=${token}`);
  } finally {
    await db.close();
  }
});
