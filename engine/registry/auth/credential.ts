/** How to log in to a registry. Never logged, never stored by us. */
export type Credentials = { username: string; password: string } | { identityToken: string }
