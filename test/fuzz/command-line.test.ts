import { test } from 'vitest'

import { parseDetachKeys } from '../../engine/cli/terminal/detach-keys.ts'
import { renderRows, renderValue } from '../../engine/cli/output/report.ts'
import { parseFlags } from '../../engine/cli/parse/parse-flags.ts'
import { createFlags } from '../../engine/cli/spec/flags.ts'
import { parseLimits, parseUlimits } from '../../engine/cli/spec/limits.ts'
import { parseNetworks } from '../../engine/cli/spec/networks.ts'
import { parseSecurity } from '../../engine/spec/security-option.ts'
import { parseCpus } from '../../engine/spec/limit.ts'
import { parseDuration } from '../../engine/spec/duration.ts'
import { parseTmpfs, parseVolume } from '../../engine/spec/mount.ts'
import { parseMount } from '../../engine/spec/mount-keys.ts'
import { checkHostname, checkName } from '../../engine/spec/name.ts'
import { parsePairs, parseVariable } from '../../engine/spec/pair.ts'
import { parseExposed, parsePort } from '../../engine/spec/port.ts'
import { parseRestartPolicy } from '../../engine/spec/restart-policy.ts'
import { signalNumber } from '../../engine/spec/signal.ts'
import { parseSize } from '../../engine/spec/size.ts'
import { feed } from './feed.ts'
import { mutateText, oddText } from './mutate.ts'
import { type Random, seed } from './random.ts'

test(`flags of create and run, seed ${seed}`, async () => {
  const names = Object.keys(createFlags)
  const word = (random: Random): string => {
    switch (random.below(5)) {
      case 0:
        return `--${random.pick(names)}`
      case 1:
        return `--${random.pick(names)}=${oddText(random)}`
      case 2:
        return mutateText(random, random.pick(['-it', '-e', '-p8080:80', '--', '-', '-v/a:/b']))
      default:
        return oddText(random)
    }
  }
  const make = (random: Random): string[] => Array.from({ length: random.below(8) }, () => word(random))
  await feed('flags', { count: 3000 }, make, (argv) => {
    const { values } = parseFlags(createFlags, argv, { program: 'berth run' })
    parseLimits(values as Parameters<typeof parseLimits>[0])
  })
})

const texts: Readonly<Record<string, { seeds: string[]; read: (text: string) => unknown }>> = {
  ports: { seeds: ['127.0.0.1:8080:80/tcp', '[::1]:80-90:80-90', '80/udp,tcp'], read: parsePort },
  exposed: { seeds: ['80/tcp', '1-65535', '8000-8010/udp'], read: parseExposed },
  sizes: { seeds: ['512m', '1.5g', '100'], read: parseSize },
  durations: { seeds: ['1m30s', '5', '1.5h'], read: parseDuration },
  pairs: { seeds: ['a=b', '__proto__=x', 'a'], read: (text) => parsePairs([text], 'label') },
  volumes: { seeds: ['/a:/b:ro,z', 'v:/x', '/x'], read: (text) => parseVolume(text, (path) => path) },
  mounts: {
    seeds: ['type=bind,source=/a,target=/b,ro=true', 'type=tmpfs,dst=/x,size=1m'],
    read: (text) => parseMount(text, (path) => path),
  },
  'mounts in memory': { seeds: ['/t:size=1m,mode=700', '/t'], read: parseTmpfs },
  cpus: { seeds: ['1.5', '.5', '1e2'], read: parseCpus },
  variables: { seeds: ['A=b', 'A'], read: parseVariable },
  signals: { seeds: ['SIGTERM', 'rtmin+3', '-9'], read: signalNumber },
  policies: { seeds: ['on-failure:3', 'always'], read: parseRestartPolicy },
  names: { seeds: ['a.b-c_d'], read: checkName },
  'host names': { seeds: ['a.b', 'é'], read: checkHostname },
  networks: {
    seeds: ['podman:ip=10.88.0.5,mac=00:11:22:33:44:55', 'container:x', 'none', 'a,b'],
    read: (text) => parseNetworks({ network: [text], 'network-alias': [] }),
  },
  security: {
    seeds: ['seccomp=unconfined', 'label=disable', 'mask=/a:/b', 'no-new-privileges'],
    read: (text) => parseSecurity([text]),
  },
  ulimits: { seeds: ['nofile=1024:2048', 'core=-1', 'host'], read: (text) => parseUlimits([text]) },
  'detach keys': { seeds: ['ctrl-p,ctrl-q', 'a,b', ''], read: parseDetachKeys },
}

test.each(Object.entries(texts))(`%s, seed ${seed}`, async (what, { seeds, read }) => {
  await feed(what, { count: 1000 }, (random) => mutateText(random, random.pick(seeds)), read)
})

test(`templates, seed ${seed}`, async () => {
  const seeds = [
    '{{.Names}} {{json .}}',
    '{{range $i, $x := .Ports}}{{if $x}}{{$i}}{{else}}{{end}}{{end}}',
    'table {{.ID}}\t{{.Names}}',
    '{{printf "%-10s|%5d" .Names 3 | len}}',
    '{{index .Labels "a"}}{{with .Labels}}{{.a}}{{end}}{{and true (not false)}}',
  ]
  const row = { ID: 'abc', Names: 'shop', Ports: [{ port: 80 }], Labels: { a: 'b' }, Size: 12 }
  const make = (random: Random): string => mutateText(random, random.pick(seeds))
  await feed('values', { count: 3000 }, make, (format) => renderValue('x', 'Value', format, row))
  await feed('rows', { count: 3000 }, make, (format) => renderRows([row, row], { name: 'ps', format } as never))
})
