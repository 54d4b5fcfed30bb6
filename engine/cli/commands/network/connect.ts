import { command } from '../../command.ts'
import { text, words } from '../../parse/flags.ts'

export const networkConnect = command({
  summary: 'Add container to a network',
  description: 'Connects a container to a network: at once where it runs, else from its next start on.',
  usage: 'NETWORK CONTAINER',
  examples: ['berth network connect shop web', 'berth network connect --alias db --ip 10.32.0.9 shop database'],
  flags: {
    alias: words('', 'Network scoped alias for container'),
    ip: text('', 'Set a static ipv4 address for this container network'),
    ip6: text('', 'Set a static ipv6 address for this container network'),
    'mac-address': text('', 'Set a static mac address for this container network'),
  },
  args: { min: 2, max: 2 },
  async run({ args: [name = '', container = ''], flags, engine }) {
    const static_ips = [flags.ip, flags.ip6].filter((address) => address !== undefined)
    const aliases = flags.alias.flatMap((each) => each.split(','))
    const mac = flags['mac-address']
    await (
      await engine()
    )['network.connect']({
      name,
      body: { container, aliases, static_ips, ...(mac === undefined ? {} : { static_mac: mac }) },
    })
  },
})
