/** Hocuspocus drops a socket after 60 s of silence. */
const EVERY_MS = 20_000;

/** Sends something now and then, spread over the clients; returns its end. */
export function keepAlive(send: () => void): () => void {
  const timer = setInterval(send, EVERY_MS * (0.75 + Math.random() / 2));
  return () => {
    clearInterval(timer);
  };
}
