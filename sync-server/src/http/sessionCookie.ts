import type { FastifyReply, FastifyRequest } from 'fastify';
import { SESSION_COOKIE } from '../accounts/sessionReader.ts';

/** A remembered session's cookie outlives the browser; any other ends with it. */
export function setSessionCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  cookie: { token: string; expiresAt: Date; remember: boolean },
): void {
  reply.setCookie(SESSION_COOKIE, cookie.token, {
    ...attributesOf(request),
    ...(cookie.remember && { expires: cookie.expiresAt }),
  });
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  reply.clearCookie(SESSION_COOKIE, attributesOf(request));
}

function attributesOf(request: FastifyRequest) {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: request.overTls } as const;
}
