import { command } from '../command.ts'
import { bool, number, text } from '../parse/flags.ts'

export const consoleCommand = command({
  summary: 'Serve the web console',
  description:
    'Serves the web console. As root every user of the host can log in; as an ordinary user it is a session of your own at a one-time address.',
  flags: {
    address: text('', 'Address to listen on; 127.0.0.1 unless given'),
    port: number('p', 'Port to listen on; 9090 unless given'),
    'no-tls': bool('', 'Serve without encryption, for tests'),
    'login-socket': text('', 'Socket of the login service, as root; /run/berth/login.sock unless given'),
    origin: text('', 'Another origin that pages may come from, such as a proxy: https://host'),
  },
  args: { max: 0 },
  local: true,
  async run({ flags }) {
    const { runConsole } = await import('../../agent/console.ts')
    return runConsole({
      address: flags.address,
      port: flags.port,
      tls: !flags['no-tls'],
      loginSocket: flags['login-socket'],
      origins: flags.origin === undefined ? undefined : [flags.origin],
    })
  },
})
