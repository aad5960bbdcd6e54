/** A person writes so many messages in a row before somebody else does. */
export const MESSAGES_PER_TURN = 3;

/** Text of a stored message: 56 characters, like the live ones. */
export function fillText(number: number): string {
  return `${number} the tide is out and the path to the island lies dry`
    .padEnd(56, '.')
    .slice(0, 56);
}
