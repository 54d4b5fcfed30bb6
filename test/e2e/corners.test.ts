import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { anyone, berthAs, clear, pullImages } from '../support/berth.ts'

// What scripts see of verbs' flags at their edges: exit code, output, the reason. Taken from podman 5.4.2 with the same arguments.

const { images } = inject('stage')

interface Corner {
  line: string
  code?: number
  says?: string | RegExp
  error?: RegExp
}

const corners: Corner[] = [
  { line: 'stop made', says: 'made\n' },
  { line: 'stop --ignore nobody', says: '' },
  { line: 'stop --ignore --cidfile /nowhere/id', says: '' },
  { line: 'stop --cidfile /nowhere/id', code: 125, error: /\/nowhere\/id.*no such file/ },
  { line: 'rm -f nobody', says: '' },
  { line: 'rm --ignore nobody', says: '' },
  { line: 'rm --ignore --cidfile /nowhere/id', says: '' },
  { line: 'rm nobody', code: 1, error: /no container with ID or name "nobody" found: no such container/ },
  { line: 'rm made nobody', code: 1, says: '', error: /nobody/ },
  { line: 'start over nobody', code: 125, says: '', error: /no container with name or ID "nobody" found/ },
  { line: 'start --filter name=zz over', says: '' },
  { line: 'restart --time 0 lives nobody', code: 125, says: '', error: /nobody/ },
  { line: 'port lives 80', says: '' },
  { line: 'port lives x', code: 125, error: /parsing "x": invalid syntax/ },
  { line: 'container inspect nobody', code: 125, says: '[]\n', error: /^Error: no such container nobody\n$/ },
  { line: 'wait --condition soon over', code: 125, error: /^Error: unknown container state: soon: invalid argument\n$/ },
  { line: 'top nobody', code: 125, error: /unable to look up requested container: no container with name/ },
  { line: 'inspect --format {{.State.Status}}{{"\\n"}} lives over', says: 'running\nexited\n' },
  { line: 'rm --time 1 made', code: 125, error: /--force/ },
  { line: 'rm --all --latest', code: 125, error: /--all and --latest/ },
  { line: 'kill --all --latest', code: 125, error: /--all and --latest/ },
  { line: 'ps --size --namespace', code: 125, error: /^Error: size and namespace options conflict\n$/ },
  { line: 'ps --watch 1 --latest', code: 125, error: /watch and latest flags cannot be used together/ },
  { line: 'start -a over nobody', code: 125, error: /cannot start and attach multiple containers at once/ },
  { line: 'ps -l -n 1', code: 125, error: /last and latest/ },
  { line: 'ps -a --filter status=stopped --format {{.Names}}', says: 'over\n' },
  { line: 'ps -a --filter name=over --format {{.Label"is"}}', says: 'there\n' },
  { line: 'ps --ns --noheading', says: /^[0-9a-f]{12} +lives +\d+( +\d{10}){7} *\n$/ },
  { line: 'ps --format {{.MNT}}', says: '\n' },
  { line: 'wait -i 5 over', says: '3\n' },
  { line: 'wait -i soon over', code: 125, error: /invalid duration "soon"/ },
  { line: 'wait --ignore nobody', says: '-1\n' },
  { line: 'wait --condition configured made', code: 125, error: /configured/ },
  { line: 'logs --names over', says: 'one\n' },
  { line: 'logs --color over', says: '\u001b[37mone\u001b[0m\n' },
  { line: 'logs --color --names made over', says: '\u001b[31mover one\u001b[0m\n' },
  { line: 'logs over nobody', code: 125, says: '', error: /nobody/ },
  { line: 'logs -l over', code: 125, error: /--latest/ },
  { line: 'stats --no-stream --all lives', code: 125, error: /cannot be used together/ },
  { line: 'container exists --external over', says: '' },
  { line: 'ps --external -a --filter name=over --format {{.Names}}', says: 'over\n' },
  {
    line: 'stats --no-stream nobody',
    code: 125,
    error: /^Error: unable to get list of containers: unable to look up container nobody: /,
  },
  {
    line: 'start broken',
    code: 125,
    error: /unable to start container "[0-9a-f]{64}": \w+: .*: executable file not found in \$PATH/,
  },
  {
    line: 'start -a broken',
    code: 125,
    error: /unable to start container [0-9a-f]{64}: \w+: .*: executable file not found in \$PATH/,
  },
  { line: 'start unnamed', code: 125, error: /exec: "": executable file not found in \$PATH/ },
  { line: 'rm needed', code: 125, error: /has dependent containers which must be removed before it/ },
  { line: 'ps --log-level foo', code: 1, error: /^Log Level "foo" is not supported, choose from: trace, debug, / },
  { line: 'inspect --size --format {{.SizeRootFs}} over', says: /^[1-9]\d+\n$/ },
  { line: 'inspect --format {{.SizeRw}} over', says: '<nil>\n' },
]

describe.each(anyone)('corners of the verbs, as %s', (name) => {
  const berth = berthAs(name)

  beforeAll(async () => {
    await pullImages(berth, images.busybox)
    await berth('create', '--name', 'made', '--network', 'none', images.busybox, 'true')
    await berth('create', '--name', 'broken', '--network', 'none', images.busybox, 'nothing')
    await berth('create', '--name', 'unnamed', '--network', 'none', '--entrypoint', '', images.busybox)
    await berth('create', '--name', 'needed', '--network', 'none', images.busybox)
    await berth('create', '--name', 'needing', '--network', 'none', '--requires', 'needed', images.busybox)
    const script = ['sh', '-c', 'echo one; exit 3']
    await berth.try(['run', '--name', 'over', '--label', 'is=there', '--network', 'none', images.busybox, ...script])
    await berth('run', '-d', '--name', 'lives', '--network', 'none', images.busybox, 'sleep', '1000')
  })
  afterAll(() => clear(berth))

  test.each(corners)('$line', async ({ line, code = 0, says, error }) => {
    const result = await berth.try(line.split(' ').map((word) => word.replace('.Label"', '.Label "')))
    expect(result.code, result.stderr).toBe(code)
    if (says !== undefined) expect(result.stdout).toEqual(typeof says === 'string' ? says : expect.stringMatching(says))
    if (error) expect(result.stderr).toMatch(error)
    else expect(result.stderr).toBe('')
  })
})
