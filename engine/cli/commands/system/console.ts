import { command } from '../../command.ts'
import { bool, number, text, texts } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'

/** A copy of bridge/login's, which is not loaded for help. */
const rootLogins = ['yes', 'loopback', 'no'] as const

export const consoleCommand = command({
  summary: 'Serve the web console',
  description:
    'Serves the web console. As root every user of the host can log in; as an ordinary user it is a session of your own at a one-time address.',
  flags: {
    address: text('', 'Address to listen on; 127.0.0.1 unless given'),
    port: number('p', 'Port to listen on; 9090 unless given'),
    'no-tls': bool('', 'Serve without encryption, for tests'),
    'login-socket': text('', 'Socket of the login service, as root; /run/berth/login.sock unless given'),
    'permit-root-login': text(
      '',
      'Whether root may log in with a password, as root: yes, loopback (from this host only, so that a proxy on it lets everyone try) or no; loopback unless given',
      { choices: rootLogins },
    ),
    origin: text('', 'Another origin that pages may come from, such as a proxy: https://host'),
    'host-name': texts('', 'Another name that browsers may reach it by, as in a Host header; *.example.org is any one label'),
    'bind-address': bool('', 'Let a session be used only from the address it was made from'),
    'max-sessions-per-user': number('', 'Sessions that one user may have at once, as root; 16 unless given', { value: 'uint' }),
  },
  args: { max: 0 },
  local: true,
  async run({ flags }) {
    const limit = flags['max-sessions-per-user']
    if (limit === 0) throw new UsageError('--max-sessions-per-user is 1 or more')
    for (const name of flags['host-name'])
      if (!/^(\*\.)?[a-zA-Z0-9_.-]{1,253}$/.test(name))
        throw new UsageError(`--host-name is a name such as console.example.org, without scheme and port, not ${name}`)
    const { runConsole } = await import('../../../console/console.ts')
    return runConsole({
      address: flags.address,
      port: flags.port,
      tls: !flags['no-tls'],
      loginSocket: flags['login-socket'],
      rootLogin: rootLogins.find((word) => word === flags['permit-root-login']),
      origins: flags.origin === undefined ? undefined : [flags.origin],
      hostNames: flags['host-name'],
      bindAddress: flags['bind-address'],
      maxSessionsPerUser: limit,
    })
  },
})
