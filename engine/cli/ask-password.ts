/** The value of `--creds`: of a user name alone the password is asked for, as podman does. @throws ExitError without a terminal */
export async function withPassword(credentials: string | undefined): Promise<string | undefined> {
  if (credentials === undefined || credentials === '' || credentials.includes(':')) return credentials
  const { askSecret } = await import('./ask.ts')
  return `${credentials}:${(await askSecret('Password: ')) ?? ''}`
}
