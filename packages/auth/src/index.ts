export { createKey, hashKey } from './api-key.js';
export { createKeyAdmin } from './key-admin.js';
export { createKeyAuthenticator } from './key-authenticator.js';
export { isNetwork, toBlockList } from './key-rights.js';
export { createKeyInput, createdKeyView, keyView, rotateKeyInput, toKeyView } from './key-schemas.js';
export { createSignIn } from './oidc/sign-in.js';
export { PERMISSIONS, ROLES, assertMay, isForCallers, may, sees, visibleTenant } from './permissions.js';
export { ADMIN, toPrincipal } from './principal.js';
export { readCredential } from './read-credential.js';
export { authSettings } from './settings.js';
export { toPublicKey, toSecret } from './token-verifier.js';
export { createTenancyAdmin } from './tenancy-admin.js';
export {
  changeOrgInput,
  changeTeamInput,
  changeUserInput,
  createOrgInput,
  createTeamInput,
  createUserInput,
  orgView,
  teamView,
  toTenancyView,
  userView,
} from './tenancy-schemas.js';
export type { CreatedKey, KeyAdmin, KeyAdminDeps } from './key-admin.js';
export type { KeyAuthenticator, KeyAuthenticatorOptions } from './key-authenticator.js';
export type { CreateKeyInput, KeyView, RotateKeyInput } from './key-schemas.js';
export type { Permission, PermissionRow } from './permissions.js';
export type { AuthSettings } from './settings.js';
export type { OidcSettings } from './oidc/oidc-settings.js';
export type { SignIn } from './oidc/sign-in.js';
export type { OpenedSession, Session, Sessions } from './sessions.js';
export type { IssuerSettings } from './token-settings.js';
export type { TokenVerifierDeps } from './token-verifier.js';
export type { RecordAdmin, TenancyAdmin, TenancyAdminDeps } from './tenancy-admin.js';
