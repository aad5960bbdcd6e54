import * as z from 'zod/mini';
import { SessionId, UserId } from '../ids.ts';

/** 2 to 32 of a-z, 0-9 and _; unique without case, stored in lower case. */
export const Handle = z.string().check(z.toLowerCase(), z.regex(/^[a-z0-9_]{2,32}$/));
export const Email = z.string().check(z.trim(), z.maxLength(254), z.email());
/** 8 to 128 characters, no other rule. */
export const Password = z.string().check(z.minLength(8), z.maxLength(128));
export const DisplayName = z
  .string()
  .check(z.trim(), z.minLength(1), z.maxLength(64), z.regex(/^\P{Cc}*$/u));
/** One of the fixed hues, in degrees, as a string: the avatar's colour. */
export const AvatarColour = z.string().check(z.regex(/^(0|[1-9][0-9]?|[12][0-9]{2}|3[0-5][0-9])$/));
export const About = z.string().check(z.trim(), z.maxLength(500), z.regex(/^[\P{Cc}\n\t]*$/u));

export const AccountRole = z.enum(['member', 'admin']);

/** What a person sees of their own account. */
export const OwnUser = z.object({
  id: UserId,
  handle: z.string(),
  email: z.string(),
  emailVerified: z.boolean(),
  displayName: z.string(),
  avatar: z.string(),
  about: z.string(),
  role: AccountRole,
  createdAt: z.int(),
});
export type OwnUser = z.infer<typeof OwnUser>;

/** POST /api/accounts → 201 */
export const SignUpBody = z.object({
  handle: Handle,
  email: Email,
  displayName: DisplayName,
  password: Password,
});
export type SignUpBody = z.infer<typeof SignUpBody>;

export const UserAnswer = z.object({ user: OwnUser });
export type UserAnswer = z.infer<typeof UserAnswer>;

/** PATCH /api/me → 200 UserAnswer */
export const EditProfileBody = z.object({
  displayName: z.optional(DisplayName),
  avatar: z.optional(AvatarColour),
  about: z.optional(About),
});
export type EditProfileBody = z.infer<typeof EditProfileBody>;

/** POST /api/sessions → 201. `token` only for the bearer transport. */
export const SignInBody = z.object({
  login: z.string().check(z.trim(), z.minLength(1), z.maxLength(254)),
  password: z.string().check(z.maxLength(128)),
  remember: z._default(z.optional(z.boolean()), false),
  transport: z._default(z.optional(z.enum(['cookie', 'bearer'])), 'cookie'),
});
export type SignInBody = z.input<typeof SignInBody>;

export const SignInAnswer = z.object({ user: OwnUser, token: z.optional(z.string()) });
export type SignInAnswer = z.infer<typeof SignInAnswer>;

/** GET /api/sessions → 200 { items } */
export const SessionView = z.object({
  id: SessionId,
  deviceName: z.string(),
  createdAt: z.int(),
  lastSeenAt: z.int(),
  current: z.boolean(),
});
export type SessionView = z.infer<typeof SessionView>;
export const SessionsAnswer = z.object({ items: z.array(SessionView) });

/** PUT /api/me/password → 204, ends all other sessions. */
export const ChangePasswordBody = z.object({
  currentPassword: z.string().check(z.maxLength(128)),
  newPassword: Password,
});
export type ChangePasswordBody = z.infer<typeof ChangePasswordBody>;

/** POST /api/password-resets/use → 204, with the token of a one-time link; ends all sessions. */
export const UsePasswordResetBody = z.object({
  token: z.string().check(z.minLength(1), z.maxLength(200)),
  newPassword: Password,
});
export type UsePasswordResetBody = z.infer<typeof UsePasswordResetBody>;
