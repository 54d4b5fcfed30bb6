/** The value of `--creds`: prompts for the password of a user name alone, as podman does. @throws ExitError without a terminal */
export async function withPassword(credentials: string | undefined): Promise<string | undefined> {
  if (credentials === undefined || credentials === '' || credentials.includes(':')) return credentials
  const { promptSecret } = await import('./ask.ts')
  return `${credentials}:${(await promptSecret('Password: ')) ?? ''}`
}
