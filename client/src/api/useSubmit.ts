import { useRef, useState } from 'react';
import { v4 as uuidv4 } from 'uuid';

interface Submit<B> {
  submit: (body: B) => void;
  /** Why the last try did not succeed. */
  failure: Error | undefined;
  isSending: boolean;
}

/** Sends a form. The same content sent again carries the same key: a lost answer does no harm. */
export function useSubmit<B, T>(
  send: (body: B, idempotencyKey: string) => Promise<T>,
  onDone: (value: T) => void | Promise<void>,
): Submit<B> {
  const last = useRef({ content: '', key: '' });
  const [failure, setFailure] = useState<Error>();
  const [isSending, setIsSending] = useState(false);

  async function submit(body: B): Promise<void> {
    if (isSending) return;
    const content = JSON.stringify(body);
    if (last.current.content !== content) last.current = { content, key: uuidv4() };
    setIsSending(true);
    setFailure(undefined);
    try {
      await onDone(await send(body, last.current.key));
      last.current = { content: '', key: '' };
    } catch (error) {
      setFailure(error instanceof Error ? error : new Error('could not send', { cause: error }));
    } finally {
      setIsSending(false);
    }
  }
  return { submit: (body) => void submit(body), failure, isSending };
}
