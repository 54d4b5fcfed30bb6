import { command } from '../../command.ts'
import { print } from '../../output/print.ts'

const sentences = {
  host: 'The host records the resource use of all containers.',
  service: 'A service of yours records the resource use of your containers.',
  session: 'The resource use of your containers is recorded only while you use Berth.',
  none: 'Nobody records the resource use of your containers.',
} as const

const ways = {
  possible: 'To record it while you are away, run: berth usage enable\n',
  'no-systemd': 'Users have no services on this host, since systemd does not run here.\n',
  'not-needed': 'To record it from boot on, run: systemctl enable --now berth-usage.service\n',
} as const

export const usageStatus = command({
  summary: 'Show who records resource use',
  args: { max: 0 },
  flags: {},
  async run({ engine }) {
    const { recorder, service } = await (await engine())['usage.status']({})
    print(`${sentences[recorder]}\n`)
    if (recorder === 'session' || recorder === 'none') print(ways[service])
  },
})
